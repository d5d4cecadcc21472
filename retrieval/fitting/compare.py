"""Is another index as good as the one that answers? Asked before a switch, with questions whose document is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.calibrate import confidence_features, scaled
from retrieval.fitting.fit import kept_weights
from retrieval.fitting.metrics import auroc, ndcg
from retrieval.fitting.rehearsal import Basis, Rehearsed, questions_with_answers, rehearse
from retrieval.search import SMALL_POOL, Ranking
from retrieval.space import OpenSpace
from retrieval.types import Candidate
from storage.errors import KnowbotError
from storage.stores import Stores

MOST_LOSS = 0.02
"""NDCG@10 that a new index may lose."""

MOST_REFUSAL_LOSS = 0.1
"""Area under the curve of refusals that it may lose: of 150 questions, half of that may be chance."""

FEWEST_QUESTIONS = 20
"""Fewer say nothing of either index, and refuse none."""

MOST_QUESTIONS = 150
_DEPTH = 10


class LowerQualityError(KnowbotError):
    """The new index finds less than the one that answers, which therefore goes on."""


@dataclass(frozen=True)
class Comparison:
    """Two indexes over the same ``questions``: nDCG@10 of the old (``before``) and the new one (``after``), 0-1.

    ``overlap`` is the mean share of the first ten passages that both find. ``basis`` says whether somebody wrote the
    questions down or the corpus made them itself. ``refusal_before`` and ``refusal_after`` say how well low confidence
    tells the questions whose document was withheld, every second one, from the others (AUROC, 0.5 is chance).
    """

    questions: int
    basis: Basis
    overlap: float
    before: float
    after: float
    refusal_before: float = 0.5
    refusal_after: float = 0.5

    @property
    def is_lower(self) -> bool:
        """True where enough questions say that the new index finds less, or knows less well when it found nothing."""
        lower = self.after < self.before - MOST_LOSS or self.refusal_after < self.refusal_before - MOST_REFUSAL_LOSS
        return self.questions >= FEWEST_QUESTIONS and lower

    @property
    def sentence(self) -> str:
        """The figures in one line."""
        kind = "golden questions" if self.basis == "golden" else "questions made from the documents"
        if not self.questions:
            return f"there were no {kind} to compare the two with"
        few = "" if self.questions >= FEWEST_QUESTIONS else ", too few to tell"
        return (
            f"nDCG@10 {self.after:.3f} where the former index has {self.before:.3f}, overlap@10 {self.overlap:.2f}, "
            f"withheld documents noticed {self.refusal_after:.2f} where it has {self.refusal_before:.2f} "
            f"({self.questions} {kind}{few})"
        )


def compare(stores: Stores, old: OpenSpace, new: OpenSpace, now: float) -> Comparison:
    """Asks both indexes the same questions; their vectors are cached, so that asking again encodes nothing."""
    basis, asked = questions_with_answers(stores, old, now, MOST_QUESTIONS)
    # An adapter is fitted to the new index once it answers, so that both are asked without one.
    ranking = Ranking(kept_weights(stores, old.generation.space))
    rehearsed = [rehearse(stores, index, asked, ranking, now, "compare", SMALL_POOL) for index in (old, new)]
    found = [[_passages(each.candidates) for each in of_index] for of_index in rehearsed]
    scores = [_mean([_score(f, target) for f, (_, target) in zip(each, asked, strict=True)]) for each in found]
    overlaps = [_overlap(*pair) for pair in zip(*found, strict=True)]
    return Comparison(len(asked), basis, _mean(overlaps), *scores, *map(_refusal, rehearsed))


def _passages(candidates: Sequence[Candidate]) -> list[tuple[str, str]]:
    """(document, passage) addresses, best first."""
    return [(candidate.chunk.document_location, candidate.chunk.location) for candidate in candidates]


def _score(found: Sequence[tuple[str, str]], target: str) -> float:
    return ndcg(list(dict.fromkeys(document for document, _ in found)), {target: 1}, _DEPTH)


def _refusal(rehearsed: Sequence[Rehearsed]) -> float:
    """See Comparison. The confidence is what a fit on these questions would make of it, since a new index has none."""
    asked = [confidence_features(each.candidates) for each in rehearsed]
    lacking = [confidence_features(each.withheld) for each in rehearsed]
    confidence = scaled(asked, lacking)
    doubts = [-confidence.probability(each) for each in [*asked[::2], *lacking[1::2]]]
    noticed = auroc(doubts, [False] * len(asked[::2]) + [True] * len(lacking[1::2]))
    return 0.5 if noticed is None else noticed


def _overlap(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> float:
    first, second = (set(dict.fromkeys(passage for _, passage in each[:_DEPTH])) for each in (old, new))
    return len(first & second) / max(len(first), len(second), 1)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0
