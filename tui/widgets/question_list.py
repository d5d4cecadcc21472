"""The list of questions: what it is narrowed down by, its title, its lines, and what an export of it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar, get_args

from storage.asked import QuestionFilter, VoteOrVerdict
from storage.records import Interaction
from tui.data.questions import MOST_COUNTED, QuestionPage
from tui.export import Record
from tui.times import short_time
from tui.widgets.filter_line import Choice
from tui.widgets.live_table import Column, Row
from tui.widgets.question_detail import votes
from tui.words import DECISIONS, decision_words, plain

NONE = "Nobody has asked anything yet.\n\n`knowbot ask`, `knowbot chat` and the Discord bot record what they are asked."
NO_MATCH = "No recorded question is like that. Escape shows all."
COLUMNS = (
    Column("when", 9),
    Column("question"),
    Column("decision", 12),
    Column("conf.", 5, "right"),
    Column("thought", 8, "right"),
)
CHANGED = "changed"
"""What somebody comes to the questions for who wants to look at such answers again."""

T = TypeVar("T")

_DAY = 86_400.0
_TRAFFIC = {None: "heard and asked", True: "only heard", False: "not only heard"}
_TIMES = {None: "any time", 1.0: "last 24 hours", 7.0: "last 7 days", 30.0: "last 30 days"}
_THOUGHT: tuple[VoteOrVerdict | None, ...] = (None, *get_args(VoteOrVerdict))


@dataclass(frozen=True)
class Narrowing:
    """What the list is narrowed down by; ``days`` back from now, None for any time.

    ``gap`` is the topic that questions with these ``numbers`` have in common, or they have ``changed``: their answers
    quote what is not there any more. ``shadow`` tells what was only
    heard from the rest, None shows both.
    """

    home: str
    everywhere: bool = False
    decision: str | None = None
    channel: int | None = None
    thought: VoteOrVerdict | None = None
    days: float | None = None
    words: str = ""
    gap: str = ""
    numbers: tuple[int, ...] | None = None
    shadow: bool | None = None
    changed: bool = False

    @property
    def given(self) -> bool:
        """True where it narrows anything down."""
        return self != Narrowing(self.home, self.everywhere)

    def filter(self, now: float) -> QuestionFilter:
        """For the storage."""
        since = None if self.days is None else now - self.days * _DAY
        space = None if self.everywhere else self.home
        narrowed = (self.decision, self.channel, self.thought, self.words, since, self.numbers, self.shadow)
        return QuestionFilter(space, *narrowed)

    def next(self, what: str, channels: Sequence[int]) -> Narrowing:
        """With the next choice of ``what``: decision, thought, channel, time, traffic or space."""
        match what:
            case "decision":
                return replace(self, decision=_after((None, *DECISIONS), self.decision))
            case "thought":
                return replace(self, thought=_after(_THOUGHT, self.thought))
            case "channel":
                return replace(self, channel=_after((None, *channels), self.channel))
            case "traffic":
                return replace(self, shadow=_after(tuple(_TRAFFIC), self.shadow))
            case "time":
                return replace(self, days=_after(tuple(_TIMES), self.days))
        return replace(self, everywhere=not self.everywhere)

    def choices(self) -> list[Choice]:
        """As they stand, with the keys that change them."""
        channel = "every channel" if self.channel is None else f"channel {self.channel}"
        named = [
            Choice("d", plain(self.decision or "every outcome"), "next('decision')", self.decision is not None),
            Choice("v", self.thought or "whatever was thought", "next('thought')", self.thought is not None),
            Choice("c", channel, "next('channel')", self.channel is not None),
            Choice("t", _TIMES[self.days], "next('time')", self.days is not None),
            Choice("s", "every space" if self.everywhere else "this space", "next('space')", self.everywhere),
        ]
        named += [Choice("l", _TRAFFIC[self.shadow], "next('traffic')", True)] if self.shadow is not None else []
        named += [Choice("u", f"gap: {self.gap}", "gaps", True)] if self.gap else []
        named += [Choice("o", "sources have changed", "changed", True)] if self.changed else []
        return [*named, Choice("/", f"“{self.words}”", "search", True)] if self.words else named


def thought_of(word: str) -> VoteOrVerdict | None:
    """A vote or a verdict by its word; None for any other word."""
    return next((thought for thought in _THOUGHT if thought == word), None)


def page_title(page: QuestionPage, before: int) -> str:
    """``Questions 101 to 200 of 10,000 and more``."""
    more = " and more" if page.matching >= MOST_COUNTED else ""
    if len(page.questions) == page.matching:
        return f"{page.matching:,} question{'' if page.matching == 1 else 's'}, newest first"
    return f"Questions {before + 1:,} to {before + len(page.questions):,} of {page.matching:,}{more}, newest first"


def question_row(question: Interaction, now: float) -> Row:
    """A line of a table with COLUMNS."""
    decision = decision_words(question.decision) if question.withdrawn_at is None else "↶ withdrawn"
    decision = f"◌{decision[1:]}" if question.shadow else decision
    cells = (short_time(question.asked_at, now), question.question, decision)
    return Row(
        str(question.id),
        (*cells, f"{question.confidence:.2f}", votes(question)),
        "dim" if question.withdrawn_at else "",
    )


def question_record(question: Interaction) -> Record:
    """A question with all that is kept of it, for an export."""
    return {
        "id": question.id,
        "asked_at": datetime.fromtimestamp(question.asked_at, UTC).isoformat(),
        "space": question.space,
        "origin": question.origin,
        "channel": question.channel_id or "",
        "addressed": question.addressed,
        "question": question.question,
        "decision": question.decision,
        "answer": question.answer,
        "confidence": question.confidence,
        "off_topic_score": question.off_topic_score,
        "sources": " ".join(source.location for source in question.sources),
        "helpful": question.helpful,
        "not_helpful": question.not_helpful,
        "verdict": question.verdict or "",
        "withdrawn": question.withdrawn_at is not None,
        "shadow": question.shadow,
    }


def _after(choices: Sequence[T], present: T) -> T:
    """The one that follows, around and around; the first where the present one is none of them."""
    place = choices.index(present) + 1 if present in choices else 0
    return choices[place % len(choices)]
