"""Questions: what was asked, how it was decided, what it cost, and what can be made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.dialogs.gaps import GapsDialog
from tui.export import Record
from tui.screens.question_changes import QuestionChanges
from tui.widgets.filter_line import FilterLine
from tui.widgets.live_table import LiveTable
from tui.widgets.question_full import QuestionFull
from tui.widgets.question_list import CHANGED, Narrowing, question_record, thought_of
from tui.widgets.question_pages import QuestionPages
from tui.widgets.words_box import WordsBox
from tui.words import DECISIONS


class QuestionsScreen(QuestionChanges):
    """A page of questions, and the chosen one in full."""

    NAME = "questions"
    PURPOSE = (
        "What was asked, what was found at every stage, what decided, and what it cost. Mark an answer right or wrong, "
        "write one where it was missing, and make questions golden: those tune the bot."
    )
    AUTO_FOCUS = "LiveTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        *QuestionChanges.BINDINGS,
        Binding("u", "gaps", "Unanswered"),
        Binding("slash", "search", "Search", key_display="/"),
        Binding("d", "next('decision')", "Outcome", show=False),
        Binding("v", "next('thought')", "Vote or verdict", show=False),
        Binding("c", "next('channel')", "Channel", show=False),
        Binding("t", "next('time')", "Time", show=False),
        Binding("l", "next('traffic')", "Only heard (shadow), or not", show=False),
        Binding("s", "next('space')", "This space, or all", show=False),
        Binding("escape", "clear", "All questions", show=False),
    ]

    def body(self) -> ComposeResult:
        """What narrows them down, the list, and the chosen question below."""
        yield FilterLine()
        yield WordsBox("the question or the answer", "words")
        yield QuestionPages(self.data.questions, Narrowing(self.data.space))
        yield QuestionFull(self.data.questions)

    async def load(self) -> None:
        """See ConsoleScreen."""
        pages = self.query_one(QuestionPages)
        await pages.read()
        self.query_one(FilterLine).show(pages.narrowing.choices())
        self._show_chosen()

    def arrive(self, what: str) -> None:
        """A decision, or what was thought of an answer, narrows the list down to the last seven days of it.

        CHANGED to the answers whose sources have changed, whenever they were given.
        """
        if what == CHANGED:
            self.action_changed()
        elif what:
            week = Narrowing(self.data.space, days=7.0, shadow=False)
            found = replace(week, decision=what) if what in DECISIONS else replace(week, thought=thought_of(what))
            self.query_one(QuestionPages).narrow(found)

    async def records(self, table: LiveTable) -> Sequence[Record]:
        """Every question that matches, with all that is kept of it."""
        return [question_record(each) for each in await self.query_one(QuestionPages).every_match()]

    def action_next(self, what: str) -> None:
        """The next choice of what the list is narrowed down by."""
        self.query_one(QuestionPages).narrow_further(what)

    def action_clear(self) -> None:
        """Every question of the space, and back to the list."""
        self.query_one(QuestionPages).narrow(Narrowing(self.data.space))

    def action_search(self) -> None:
        """Puts the cursor into the box for words."""
        self.query_one(WordsBox).start()

    @on(Input.Submitted, "#words")
    def _searched(self, submitted: Input.Submitted) -> None:
        pages = self.query_one(QuestionPages)
        pages.narrow(replace(pages.narrowing, words=submitted.value.strip()))

    @on(QuestionPages.Narrowed)
    def _show_narrowing(self) -> None:
        pages = self.query_one(QuestionPages)
        self.query_one(WordsBox).settle(pages.narrowing.words, pages.table)
        self.query_one(FilterLine).show(pages.narrowing.choices())

    @work
    async def action_gaps(self) -> None:
        """Topics of the unanswered: their questions, an answer for them, or a new survey."""
        with self.sentences():
            chosen = await self.app.push_screen_wait(GapsDialog(await self.data.questions.gaps()))
            if chosen is not None and chosen.what == "survey":
                job = await self.data.jobs.queue("survey")
                self.notify(f"queued: survey, job {job.id}")
            elif chosen is not None and chosen.gap is not None:
                gap = chosen.gap
                narrowed = Narrowing(self.data.space, gap=gap.name, numbers=gap.questions)
                self.query_one(QuestionPages).narrow(narrowed)
                if chosen.what == "answer":
                    await self.write_answer(gap.examples[0] if gap.examples else gap.name, "")

    @on(LiveTable.RowHighlighted)
    def _show_chosen(self) -> None:
        self.query_one(QuestionFull).show(self.chosen)
