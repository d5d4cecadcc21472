"""What an operator is told of a single question, and what becomes of it: a verdict, an answer, a golden question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.freshness.recall import Change, changes_of
from retrieval.gate import GATE, GateThresholds, least_confidence
from retrieval.handed_in.saved_answers import SavedAnswers
from retrieval.space import Clock
from storage.errors import KnowbotError
from storage.interactions import NoSuchInteractionError
from storage.known_questions import PostedAnswer
from storage.ledger import ModelCall
from storage.records import Interaction, Retrieved, Verdict
from storage.stores import Stores

MOST_RETRIEVED = 8
"""Passages whose scores are kept with a question."""

_BEFORE, _AFTER = 1.0, 2.0
_WRITING_SECONDS = 35.0
_SLUG_LETTERS = 60


class NothingAnswersError(KnowbotError):
    """A question cannot be golden, since no document is known to answer it."""


@dataclass(frozen=True)
class Explained:
    """A question with everything that is kept of how it was decided.

    ``needed`` is the confidence that an answer took under the ``thresholds`` of that time. ``calls`` are the calls of
    models while it was answered, those for questions at the same moment among them; none once they are summed up.
    ``golden`` is the document that answers it, where it is a golden question. ``changes`` say which of its
    sources do not say so any more; ``owed``: it was withdrawn, and Discord still shows it.
    """

    question: Interaction
    retrieved: tuple[Retrieved, ...]
    thresholds: GateThresholds
    needed: float
    calls: tuple[ModelCall, ...]
    golden: str | None
    changes: tuple[Change, ...] = ()
    owed: bool = False


class Review:
    """Looks at one question at a time; the other methods change what their names say."""

    def __init__(self, stores: Stores, saved_answers: SavedAnswers, clock: Clock) -> None:
        self._stores, self._saved_answers, self._clock = stores, saved_answers, clock

    def explain(self, interaction_id: int) -> Explained:
        """How a question was decided; raises NoSuchInteractionError."""
        question = self._stores.interactions.get(interaction_id)
        thresholds = self._thresholds_at(question.space, question.asked_at)
        return Explained(
            question,
            tuple(self._stores.asked.retrieved(interaction_id)),
            thresholds,
            least_confidence(question.off_topic_score, question.addressed, thresholds),
            tuple(self._calls(question)),
            self._stores.golden.location_of(question.space, question.question),
            changes_of(self._stores, question),
            any(each.interaction_id == interaction_id for each in self._stores.second_looks.owed()),
        )

    def mark(self, interaction_id: int, verdict: Verdict | None) -> None:
        """Says whether an answer was right; None takes that back. Raises NoSuchInteractionError."""
        if not self._stores.asked.mark(interaction_id, verdict):
            raise NoSuchInteractionError(f"there is no question {interaction_id} any more: it was forgotten")

    def still_right(self, interaction_id: int, changes: Sequence[Change]) -> None:
        """Says that an answer holds although its sources changed: it is recalled no more, until they change again.

        ``changes`` are those that somebody has seen. Raises NoSuchInteractionError.
        """
        versions = {change.document_location: change.version for change in changes}
        with self._stores.write():
            self._stores.interactions.get(interaction_id)
            self._stores.second_looks.say_still_right(interaction_id, versions, self._clock())

    def withdraw(self, interaction_id: int, by: str) -> bool:
        """Takes an answer back; False where it was already. Raises NoSuchInteractionError.

        Where it was posted it is owed to Discord, from which the bot takes it off as soon as it runs.
        """
        with self._stores.write():
            given = self._stores.interactions.get(interaction_id)
            done = self._stores.interactions.withdraw(interaction_id, by, self._clock())
            if done and given.channel_id is not None and given.reply_id is not None:
                posted = PostedAnswer(interaction_id, given.channel_id, given.reply_id)
                self._stores.second_looks.owe(posted, self._clock())
            return done

    def write_answer(self, space: str, question: str, answer: str) -> str:
        """Makes a document of an answer, which every member may read and the next question finds; its location.

        The same question answered again takes the place of the former answer.
        """
        location = answer_location(question)
        self._saved_answers.write(space, location, question, answer)
        return location

    def make_golden(self, interaction_id: int, by: str) -> str:
        """Keeps a question with the document that answers it, and returns that one's location.

        It is the answer that an operator wrote, else the first source; raises NothingAnswersError where there is
        neither, or NoSuchInteractionError.
        """
        asked = self._stores.interactions.get(interaction_id)
        if not asked.question:
            raise NothingAnswersError("this member wants nothing to be kept: there is no question to make golden")
        written, source = answer_location(asked.question), next(iter(asked.sources), None)
        if self._stores.documents.get(asked.space, written):
            self._stores.golden.put(asked.space, asked.question, written, by, self._clock())
            return written
        if source is None or asked.decision != "answer":
            raise NothingAnswersError("no document is known to answer this question: write the answer first")
        passage = {"text_hash": source.text_hash, "answer": source.quote}
        self._stores.golden.put(asked.space, asked.question, source.document_location, by, self._clock(), **passage)
        return source.document_location

    def unmake_golden(self, interaction_id: int) -> None:
        """Takes that back; raises NoSuchInteractionError."""
        asked = self._stores.interactions.get(interaction_id)
        self._stores.golden.delete(asked.space, asked.question)

    def _thresholds_at(self, space: str, at: float) -> GateThresholds:
        changes = [line.value for line in self._stores.tunables.history(space, GATE) if line.set_at <= at]
        return GateThresholds(**(changes[-1] or {})) if changes else GateThresholds()

    def _calls(self, asked: Interaction) -> list[ModelCall]:
        took = sum(asked.milliseconds.values()) / 1000
        start, end = asked.asked_at - took - _BEFORE, asked.asked_at + _AFTER
        calls = self._stores.ledger.between(asked.space, start, end + _WRITING_SECONDS)
        return [call for call in calls if call.at <= end or call.operation == "write"]


def answer_location(question: str) -> str:
    """The address of the document that an operator's answer to ``question`` becomes: ``answers/how-do-i-pay``."""
    return "answers/" + re.sub(r"\W+", "-", question.casefold()).strip("-")[:_SLUG_LETTERS].strip("-")
