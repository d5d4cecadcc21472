"""Questions: what was asked, how it was decided, what it cost, and what can be made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input

from retrieval.review import Explained
from storage.errors import KnowbotError
from storage.interactions import NoSuchInteractionError
from storage.records import Interaction, Verdict
from tui.admin_data import AdminData
from tui.data.questions import PAGE, QuestionPage
from tui.dialogs.answer import AnswerDialog
from tui.dialogs.gaps import GapsDialog
from tui.export import Record
from tui.screens.base import ConsoleScreen
from tui.widgets.filter_line import FilterLine
from tui.widgets.live_table import LiveTable
from tui.widgets.panel import TablePanel, TextPanel
from tui.widgets.question_detail import question_reckoned, question_said
from tui.widgets.question_list import (
    COLUMNS,
    NO_MATCH,
    NONE,
    Narrowing,
    page_title,
    question_record,
    question_row,
    thought_of,
)
from tui.words import DECISIONS


class QuestionsScreen(ConsoleScreen):
    """A page of questions, and the chosen one in full. Beyond either end of the page is the next one."""

    NAME = "questions"
    PURPOSE = (
        "What was asked, what was found at every stage, what decided, and what it cost. Mark an answer right or wrong, "
        "write one where it was missing, and make questions golden: those tune the bot."
    )
    AUTO_FOCUS = "LiveTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "mark('right')", "Right"),
        Binding("w", "mark('wrong')", "Wrong"),
        Binding("a", "write_answer", "Answer it"),
        Binding("g", "golden", "Golden"),
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

    def __init__(self, data: AdminData) -> None:
        super().__init__(data)
        self._narrowing = Narrowing(data.space)
        self._page: QuestionPage | None = None
        self._before: list[Interaction] = []

    def body(self) -> ComposeResult:
        """What narrows them down, the list, and the question beside it."""
        yield FilterLine()
        yield Input(placeholder="words of the question or the answer, then Enter", id="words", compact=True)
        yield TablePanel("Questions", COLUMNS, id="question-table")
        with Horizontal(id="question-full"):
            yield TextPanel("What was said", id="question-detail")
            yield TextPanel("How it came about", id="question-reckoning")

    async def load(self) -> None:
        """See ConsoleScreen."""
        wanted = self._narrowing.filter(self._page.now if self._page else 0.0)
        self._page = page = await self.data.questions.page(wanted, self._before[-1] if self._before else None)
        panel = self.query_one(TablePanel)
        panel.border_title = page_title(page, len(self._before) * PAGE)
        note = NO_MATCH if self._narrowing.given else NONE
        panel.show([question_row(each, page.now) for each in page.questions], note)
        self.query_one(FilterLine).show(self._narrowing.choices())
        self._show_chosen()

    def arrive(self, what: str) -> None:
        """A decision, or what was thought of an answer, narrows the list down to the last seven days of it."""
        if what:
            week = Narrowing(self.data.space, days=7.0, shadow=False)
            self._narrow(replace(week, decision=what) if what in DECISIONS else replace(week, thought=thought_of(what)))

    async def records(self, table: LiveTable) -> Sequence[Record]:
        """Every question that matches, with all that is kept of it."""
        wanted = self._narrowing.filter(self._page.now if self._page else 0.0)
        return [question_record(each) for each in await self.data.questions.all_matching(wanted)]

    def action_next(self, what: str) -> None:
        """The next choice of what the list is narrowed down by."""
        self._narrow(self._narrowing.next(what, self._page.channels if self._page else ()))

    def action_clear(self) -> None:
        """Every question of the space, and back to the list."""
        self._narrow(Narrowing(self.data.space))

    def action_search(self) -> None:
        """Puts the cursor into the box for words."""
        words = self.query_one("#words", Input)
        words.display = True
        words.focus()

    @on(Input.Submitted, "#words")
    def _searched(self, submitted: Input.Submitted) -> None:
        self._narrow(replace(self._narrowing, words=submitted.value.strip()))

    @work
    async def action_mark(self, verdict: Verdict) -> None:
        """Says whether the chosen answer was right; the same once more takes it back."""
        if chosen := self._chosen():
            with self.sentences():
                said = None if chosen.verdict == verdict else verdict
                await self.data.questions.mark(chosen.id, said)
                self.notify(f"marked {said}" if said else "the mark was taken back")
                self.reload()

    @work
    async def action_write_answer(self) -> None:
        """Asks for the answer, and makes a document of it."""
        chosen = self._chosen()
        if chosen is None:
            return
        await self._write_answer(chosen.question, chosen.answer)

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
                self._narrow(Narrowing(self.data.space, gap=gap.name, numbers=gap.questions))
                if chosen.what == "answer":
                    await self._write_answer(gap.examples[0] if gap.examples else gap.name, "")

    async def _write_answer(self, question: str, answer: str) -> None:
        written = await self.app.push_screen_wait(AnswerDialog(question, answer))
        if written is not None:
            with self.sentences():
                self.notify("the answer is being taken in …")
                location = await self.data.questions.write_answer(written.question, written.answer)
                self.notify(f"the next who asks is answered from {location}", markup=False)
                self.reload()

    @work
    async def action_golden(self) -> None:
        """Makes the chosen question golden, or takes that back."""
        if chosen := self._chosen():
            with self.sentences():
                if (await self.data.questions.explain(chosen.id)).golden:
                    await self.data.questions.unmake_golden(chosen.id)
                    self.notify("it is no golden question any more")
                else:
                    location = await self.data.questions.make_golden(chosen.id)
                    self.notify(f"golden: {location} answers it", markup=False)
                self.reload()

    @on(LiveTable.Edge)
    async def _turn(self, edge: LiveTable.Edge) -> None:
        if self._page is None or self._reading:
            return
        if edge.pages > 0 and len(self._page.questions) == PAGE:
            await self._show_page([*self._before, self._page.questions[-1]], first=True)
        elif edge.pages < 0 and self._before:
            await self._show_page(self._before[:-1], first=False)

    async def _show_page(self, before: list[Interaction], first: bool) -> None:
        former, self._before = self._before, before
        try:
            await self.load()
        except KnowbotError as error:
            self._before = former
            self.notify(str(error), severity="error", markup=False)
            return
        table = self.query_one(LiveTable)
        table.move_cursor(row=0 if first else table.row_count - 1)

    @work(group="narrow", exclusive=True)
    async def _narrow(self, narrowing: Narrowing) -> None:
        self._narrowing, self._before = narrowing, []
        self._tidy(narrowing.words)
        self.query_one(FilterLine).show(narrowing.choices())
        await self._show_page([], first=True)

    def _tidy(self, words: str) -> None:
        """The box for words takes room only while it is used."""
        box = self.query_one("#words", Input)
        box.value = words
        if box.has_focus:
            self.query_one(LiveTable).focus()
        box.display = bool(words)

    @on(LiveTable.RowHighlighted)
    def _show_chosen(self) -> None:
        self._detail()

    @work(group="detail", exclusive=True)
    async def _detail(self) -> None:
        chosen = self._chosen()
        self.query_one("#question-full").display = chosen is not None
        if chosen is None:
            return
        try:
            self._show_in_full(await self.data.questions.explain(chosen.id))
        except NoSuchInteractionError as gone:
            self.query_one("#question-detail", TextPanel).show(Content(str(gone)))
        except KnowbotError:
            self.reload()  # the banner says what is wrong

    def _show_in_full(self, explained: Explained) -> None:
        """In two panels, or where there is little room in one."""
        said, reckoned = question_said(explained), question_reckoned(explained)
        narrow = self.has_class("-narrow")
        self.query_one("#question-reckoning").display = not narrow
        self.query_one("#question-detail", TextPanel).show(Content("\n\n").join([said, reckoned]) if narrow else said)
        self.query_one("#question-reckoning", TextPanel).show(reckoned)

    def _chosen(self) -> Interaction | None:
        key = self.query_one(TablePanel).table.current
        return next((each for each in (self._page.questions if self._page else ()) if str(each.id) == key), None)
