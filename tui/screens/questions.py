"""Questions: what was asked, what became of it, and what members thought of it."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from storage.records import Interaction
from tui.admin_data import AdminData
from tui.data.conversations import Questions
from tui.screens.base import ConsoleScreen
from tui.times import short_time
from tui.widgets.live_table import Column, LiveTable, Row
from tui.widgets.panel import TablePanel, TextPanel
from tui.widgets.question_detail import question_text, votes
from tui.words import DECISIONS, count, decision_words, plain

_NONE = (
    "Nobody has asked anything yet.\n\n`knowbot ask`, `knowbot chat` and the Discord bot record what they are asked."
)
_NO_MATCH = "No recorded question came to that. Press d for the next decision."
_COLUMNS = (
    Column("when", 10),
    Column("from", 8),
    Column("question"),
    Column("decision", 12),
    Column("conf.", 5, "right"),
    Column("votes", 7, "right"),
)


class QuestionsScreen(ConsoleScreen):
    """A list, and the chosen question in full."""

    NAME = "questions"
    PURPOSE = "What was asked, what became of it, and what members thought of it."
    AUTO_FOCUS = "LiveTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "next_decision", "Decision"),
        Binding("n", "not_helpful_first", "Not helpful first"),
    ]

    def __init__(self, data: AdminData) -> None:
        super().__init__(data)
        self._view: Questions | None = None
        self._decision: str | None = None
        self._not_helpful_first = False

    def body(self) -> ComposeResult:
        """The list above, the question below."""
        yield TablePanel("Questions", _COLUMNS, id="question-table")
        yield TextPanel("The question in full", id="question-detail")

    async def load(self) -> None:
        """See ConsoleScreen."""
        self._view = await self.data.conversations.questions()
        self._show(self._view)

    def action_next_decision(self) -> None:
        """All, then each decision alone."""
        filters = (None, *DECISIONS)
        self._decision = filters[(filters.index(self._decision) + 1) % len(filters)]
        self._show_from_the_top()

    def action_not_helpful_first(self) -> None:
        """Those that members were unhappy with on top, or the latest."""
        self._not_helpful_first = not self._not_helpful_first
        self._show_from_the_top()

    def _show_from_the_top(self) -> None:
        if self._view:
            self._show(self._view)
            self.query_one(TablePanel).table.move_cursor(row=0)

    def _show(self, view: Questions) -> None:
        found = [each for each in view.questions if self._decision in (None, each.decision)]
        if self._not_helpful_first:
            found.sort(key=lambda each: -each.not_helpful)
        panel = self.query_one(TablePanel)
        panel.border_title = self._title(len(found))
        panel.show([_row(each, view.now) for each in found], _NO_MATCH if view.questions else _NONE)
        self._show_chosen()

    def _title(self, found: int) -> str:
        which = plain(self._decision) if self._decision else "all decisions"
        order = "not helpful first" if self._not_helpful_first else "latest first"
        return f"{count(found, 'question')}: {which}, {order}"

    @on(LiveTable.RowHighlighted)
    def _show_chosen(self) -> None:
        chosen = self.query_one(TablePanel).table.current
        questions = self._view.questions if self._view else ()
        found = [question_text(each) for each in questions if str(each.id) == chosen]
        detail = self.query_one("#question-detail", TextPanel)
        detail.display = bool(found)
        for text in found:
            detail.show(text)


def _row(question: Interaction, now: float) -> Row:
    decision = decision_words(question.decision) if question.withdrawn_at is None else "↶ withdrawn"
    return Row(
        str(question.id),
        (
            short_time(question.asked_at, now),
            question.origin,
            question.question,
            decision,
            f"{question.confidence:.2f}",
            votes(question),
        ),
        "dim" if question.withdrawn_at else "",
    )
