"""Is another index as good as the one that answers? Asked before a switch, with questions whose document is known."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from retrieval.embed import Purpose
from retrieval.fit import kept_weights
from retrieval.metrics import ndcg
from retrieval.pseudo_questions import pseudo_questions
from retrieval.query import prepare_query
from retrieval.search import SMALL_POOL, Query, Ranking, search
from retrieval.space import OpenSpace
from retrieval.types import Candidate
from storage.errors import KnowbotError
from storage.records import PUBLIC
from storage.stores import Stores

MOST_LOSS = 0.02
"""NDCG@10 that a new index may lose."""

FEWEST_QUESTIONS = 20
"""Fewer say nothing of either index, and refuse none."""

MOST_QUESTIONS = 150
_DEPTH = 10
_READERS = frozenset({PUBLIC})


class LowerQualityError(KnowbotError):
    """The new index finds less than the one that answers, which therefore goes on."""


@dataclass(frozen=True)
class Comparison:
    """Two indexes over the same ``questions``: nDCG@10 of the old (``before``) and the new one (``after``), 0-1.

    ``overlap`` is the mean share of the first ten passages that both find. ``basis`` says whether somebody wrote the
    questions down or the corpus made them itself.
    """

    questions: int
    basis: Literal["golden", "pseudo"]
    overlap: float
    before: float
    after: float

    @property
    def is_lower(self) -> bool:
        """True where enough questions say that the new index is worse."""
        return self.questions >= FEWEST_QUESTIONS and self.after < self.before - MOST_LOSS

    @property
    def sentence(self) -> str:
        """The figures in one line."""
        kind = "golden questions" if self.basis == "golden" else "questions made from the documents"
        if not self.questions:
            return f"there were no {kind} to compare the two with"
        few = "" if self.questions >= FEWEST_QUESTIONS else ", too few to tell"
        return (
            f"nDCG@10 {self.after:.3f} where the former index has {self.before:.3f}, overlap@10 {self.overlap:.2f} "
            f"({self.questions} {kind}{few})"
        )


def compare(stores: Stores, old: OpenSpace, new: OpenSpace, now: float) -> Comparison:
    """Asks both indexes the same questions; their vectors are cached, so that asking again encodes nothing."""
    basis, asked = _questions(stores, old, now)
    texts = [text for text, _ in asked]
    found = [[_passages(each) for each in _found(stores, index, texts, now)] for index in (old, new)]
    scores = [[_score(f, target) for f, (_, target) in zip(each, asked, strict=True)] for each in found]
    overlaps = [_overlap(*pair) for pair in zip(*found, strict=True)]
    return Comparison(len(asked), basis, _mean(overlaps), _mean(scores[0]), _mean(scores[1]))


def _questions(stores: Stores, old: OpenSpace, now: float) -> tuple[Literal["golden", "pseudo"], list[tuple[str, str]]]:
    """(question, address of its document): those that were written down where there are enough, else the corpus's."""
    golden = stores.known_questions.golden(old.generation.space, _READERS, now, MOST_QUESTIONS)
    written = [(text, location) for text, location in golden if location]
    if len(written) >= FEWEST_QUESTIONS:
        return "golden", written
    chunks = [chunk for chunk in stores.chunks.of_space(old.generation) if chunk.visibility == PUBLIC]
    addresses = {chunk.document_id: chunk.document_location for chunk in chunks}
    made = [(question.text, addresses[question.document_id]) for question in pseudo_questions(chunks)]
    return "pseudo", random.Random(0).sample(made, min(len(made), MOST_QUESTIONS))


def _found(stores: Stores, index: OpenSpace, texts: Sequence[str], now: float) -> list[Sequence[Candidate]]:
    encoder, space = index.embedder.encoder, index.generation.space
    queries = [prepare_query(text, encoder.tokenizer, encoder.max_tokens) for text in texts]
    vectors = index.embedder.embed([query.text for query in queries], Purpose("compare", space, "query", keep="query"))
    # An adapter is fitted to the new index once it answers, so that both are asked without one.
    ranking = Ranking(kept_weights(stores, space))
    return [
        search(stores, index, Query(vector, query.terms, _READERS), ranking, now, SMALL_POOL).candidates
        for query, vector in zip(queries, vectors, strict=True)
    ]


def _passages(candidates: Sequence[Candidate]) -> list[tuple[str, str]]:
    """(document, passage) addresses, best first."""
    return [(candidate.chunk.document_location, candidate.chunk.location) for candidate in candidates]


def _score(found: Sequence[tuple[str, str]], target: str) -> float:
    return ndcg(list(dict.fromkeys(document for document, _ in found)), {target: 1}, _DEPTH)


def _overlap(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> float:
    first, second = (set(dict.fromkeys(passage for _, passage in each[:_DEPTH])) for each in (old, new))
    return len(first & second) / max(len(first), len(second), 1)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0
