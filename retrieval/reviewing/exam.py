"""How good are the answers tonight? Questions whose document is known, every second one with that document withheld.

No model judges: the corpus's own questions, or golden ones, say which document is right, and a withheld document that
there is nothing to find. A night is held against the nights before it, so that a change of documents, thresholds or
encoder that makes answers worse is told before members notice.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from retrieval.fitting.fit import kept_fit, kept_ranking
from retrieval.fitting.rehearsal import Basis, questions_with_answers, rehearse
from retrieval.gate import kept_thresholds
from retrieval.reading import confidence
from retrieval.space import Clock, Spaces
from storage.stores import Stores

QUESTIONS = 150
FEWEST = 40
"""Questions without which nothing is said of a change."""

BEFORE = 7
"""Exams that the last one is held against: their median."""

FEWEST_BEFORE = 3


@dataclass(frozen=True)
class Exam:
    """What became of ``questions`` of a kind in a space at ``taken_at``, seconds since the epoch; shares are 0-1.

    ``right``: of the questions whose document is there, those where it was found first. ``silent``: those of them that
    got no answer. ``refused``: of those whose document was withheld, the ones that got none, as it should be.
    """

    space: str
    taken_at: float
    basis: Basis
    questions: int
    right: float
    silent: float
    refused: float

    @property
    def outcome(self) -> str:
        """One sentence for the list of jobs."""
        if not self.questions:
            return f"{self.space}: there are no questions to ask, since there are too few documents"
        kind = "golden questions" if self.basis == "golden" else "questions made from the documents"
        return (
            f"{self.space}: of {self.questions} {kind} the right document came first for {self.right:.0%} and "
            f"{self.silent:.0%} got no answer; with the document withheld {self.refused:.0%} got none, as it should be"
        )


class Exams:
    """Takes exams, and keeps them without a word of any question."""

    def __init__(self, stores: Stores, spaces: Spaces, clock: Clock) -> None:
        self._stores, self._spaces, self._clock = stores, spaces, clock

    def take(self, space: str) -> Exam:
        """Asks the active index as members would be answered, and keeps what came of it; raises NothingIndexedError."""
        now, opened = self._clock(), self._spaces.active(space)
        basis, asked = questions_with_answers(self._stores, opened, now, QUESTIONS)
        ranking = kept_ranking(self._stores, opened.generation)
        rehearsed = rehearse(self._stores, opened, asked, ranking, now, "exam")
        model = kept_fit(self._stores, opened.generation).confidence
        least = kept_thresholds(self._stores, space).answer
        there, lacking = rehearsed[::2], rehearsed[1::2]
        silent = [confidence(opened, model, each.vector, each.candidates) < least for each in there]
        refused = [confidence(opened, model, each.vector, each.withheld) < least for each in lacking]
        right = [each.is_right for each in there]
        taken = Exam(space, now, basis, len(asked), _share(right), _share(silent), _share(refused))
        self._stores.exams.add(space, asdict(taken), now)
        return taken

    def of_space(self, space: str, most: int = BEFORE + 1) -> list[Exam]:
        """The latest exams of a space, newest first."""
        return [Exam(**value) for value in self._stores.exams.of_space(space, most)]

    def worse(self, space: str) -> list[str]:
        """What the last exam says is worse than it was, a sentence each."""
        taken = [each for each in self.of_space(space) if each.questions >= FEWEST]
        alike = [each for each in taken if each.basis == taken[0].basis]
        return list(_fallen(*alike)) if len(alike) > FEWEST_BEFORE else []


def _fallen(last: Exam, *before: Exam) -> Iterator[str]:
    """Shares that fell by more than two exams of so many questions differ by chance."""
    chance = 2 * math.sqrt(2 * 0.25 / (last.questions / 2))
    for name, said in (
        (
            "right",
            "the right document comes first for {now:.0%} of the questions in the nightly exam, before {then:.0%}",
        ),
        (
            "refused",
            "without the document {now:.0%} of the questions are refused in the nightly exam, before {then:.0%}",
        ),
    ):
        now, then = getattr(last, name), statistics.median(getattr(each, name) for each in before)
        if now < then - chance:
            yield said.format(now=now, then=then)


def _share(outcomes: list[bool]) -> float:
    return round(sum(outcomes) / len(outcomes), 4) if outcomes else 0.0
