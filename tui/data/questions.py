"""What members asked and what became of it: by the page, one in full, and what an operator makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.engine import Engine
from retrieval.exploring.gaps import Gap
from retrieval.freshness.recall import Change
from retrieval.reviewing.review import Explained
from storage.asked import QuestionFilter
from storage.records import Interaction, Verdict
from tui.data.desk import BY, Desk

PAGE = 100
MOST_COUNTED = 10_000
"""Where counting the matches stops: nobody reads on the way there what the exact number is."""

MOST_EXPORTED = 100_000
_CHANNELS = 200


@dataclass(frozen=True)
class QuestionPage:
    """Some of the questions that match, newest first; ``matching`` is how many do, as far as MOST_COUNTED."""

    now: float
    questions: tuple[Interaction, ...]
    matching: int
    channels: tuple[int, ...]


@dataclass(frozen=True)
class Gaps:
    """What the last survey, of ``made_at``, found unanswered, the most asked first; None before the first survey."""

    now: float
    made_at: float | None
    gaps: tuple[Gap, ...]


class QuestionsData:
    """Reads questions; the last six methods change what their names say."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def page(self, wanted: QuestionFilter, before: Interaction | None) -> QuestionPage:
        """At most PAGE questions: the latest, or those that follow ``before``."""

        def read(engine: Engine) -> QuestionPage:
            asked = engine.stores.asked
            return QuestionPage(
                self._desk.clock(),
                tuple(asked.page(wanted, PAGE, before)),
                asked.count(wanted, MOST_COUNTED),
                tuple(asked.channels(self._desk.space, _CHANNELS)),
            )

        return await self._desk.threads.reading.run(read)

    async def all_matching(self, wanted: QuestionFilter) -> list[Interaction]:
        """Every question that matches, newest first, as far as MOST_EXPORTED."""
        return await self._desk.threads.looking.run(lambda engine: engine.stores.asked.page(wanted, MOST_EXPORTED))

    async def explain(self, question_id: int) -> Explained:
        """One question with how it was decided; raises NoSuchInteractionError."""
        return await self._desk.threads.reading.run(lambda engine: engine.review.explain(question_id))

    async def gaps(self) -> Gaps:
        """Topics of the unanswered questions, as the last survey found them."""

        def read(engine: Engine) -> Gaps:
            found = engine.explorer.kept(self._desk.space)
            if found is None:
                return Gaps(self._desk.clock(), None, ())
            return Gaps(
                self._desk.clock(), found.made_at, tuple(sorted(found.gaps, key=lambda gap: -len(gap.questions)))
            )

        return await self._desk.threads.reading.run(read)

    async def changed(self) -> tuple[int, ...]:
        """The numbers of answers whose sources have changed or gone since, and that nobody found still right."""

        def read(engine: Engine) -> tuple[int, ...]:
            return tuple(each.interaction_id for each in engine.conversations.recalled(self._desk.space))

        return await self._desk.threads.looking.run(read)

    async def still_right(self, question_id: int, changes: Sequence[Change]) -> None:
        """Says that an answer holds whatever changed, as far as it was seen; raises NoSuchInteractionError."""
        await self._desk.threads.acting.run(lambda engine: engine.review.still_right(question_id, changes))

    async def withdraw(self, question_id: int) -> bool:
        """Takes an answer back, on Discord as soon as the bot runs; False where it was already.

        Raises NoSuchInteractionError.
        """
        return await self._desk.threads.acting.run(lambda engine: engine.review.withdraw(question_id, BY))

    async def mark(self, question_id: int, verdict: Verdict | None) -> None:
        """Says whether an answer was right; raises NoSuchInteractionError."""
        await self._desk.threads.acting.run(lambda engine: engine.review.mark(question_id, verdict))

    async def write_answer(self, question: str, answer: str) -> str:
        """Makes a document of an answer, at once; its location."""
        space = self._desk.space
        return await self._desk.threads.acting.run(lambda engine: engine.review.write_answer(space, question, answer))

    async def make_golden(self, question_id: int) -> str:
        """Keeps a question with the document that answers it; raises NothingAnswersError, NoSuchInteractionError."""
        return await self._desk.threads.acting.run(lambda engine: engine.review.make_golden(question_id, BY))

    async def unmake_golden(self, question_id: int) -> None:
        """Takes that back; raises NoSuchInteractionError."""
        await self._desk.threads.acting.run(lambda engine: engine.review.unmake_golden(question_id))
