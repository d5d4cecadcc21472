"""The questions as a table, a page at a time: beyond either end of it is the next one."""

from __future__ import annotations

from textual import on, work
from textual.message import Message

from storage.errors import KnowbotError
from storage.records import Interaction
from tui.data.questions import PAGE, QuestionPage, QuestionsData
from tui.widgets.live_table import LiveTable
from tui.widgets.panel import TablePanel
from tui.widgets.question_list import COLUMNS, NO_MATCH, NONE, Narrowing, page_title, question_row


class QuestionPages(TablePanel):
    """What matches a narrowing, newest first."""

    class Narrowed(Message):
        """The list is another one."""

    def __init__(self, data: QuestionsData, narrowing: Narrowing) -> None:
        super().__init__("Questions", COLUMNS, id="question-table")
        self.narrowing = narrowing
        self._data = data
        self._page: QuestionPage | None = None
        self._before: list[Interaction] = []

    @property
    def chosen(self) -> Interaction | None:
        """The one under the cursor."""
        shown = self._page.questions if self._page else ()
        return next((each for each in shown if str(each.id) == self.table.current), None)

    async def read(self) -> None:
        """Reads the page anew and shows it; raises KnowbotError."""
        wanted, before = self.narrowing.filter(self._page.now if self._page else 0.0), self._before
        self._page = page = await self._data.page(wanted, before[-1] if before else None)
        self.border_title = page_title(page, len(before) * PAGE)
        note = NO_MATCH if self.narrowing.given else NONE
        self.show([question_row(each, page.now) for each in page.questions], note)

    async def every_match(self) -> list[Interaction]:
        """All that match, not only the page."""
        return await self._data.all_matching(self.narrowing.filter(self._page.now if self._page else 0.0))

    def narrow_further(self, what: str) -> None:
        """The next choice of ``what`` the list is narrowed down by."""
        self.narrow(self.narrowing.next(what, self._page.channels if self._page else ()))

    @work(group="narrow", exclusive=True)
    async def narrow(self, narrowing: Narrowing) -> None:
        """Shows what matches that, from its first page on."""
        self.narrowing, self._before = narrowing, []
        self.post_message(self.Narrowed())
        await self._show_page([], first=True)

    @on(LiveTable.Edge)
    async def _turn(self, edge: LiveTable.Edge) -> None:
        if self._page is None:
            return
        if edge.pages > 0 and len(self._page.questions) == PAGE:
            await self._show_page([*self._before, self._page.questions[-1]], first=True)
        elif edge.pages < 0 and self._before:
            await self._show_page(self._before[:-1], first=False)

    async def _show_page(self, before: list[Interaction], first: bool) -> None:
        former, self._before = self._before, before
        try:
            await self.read()
        except KnowbotError as error:
            self._before = former
            self.notify(str(error), severity="error", markup=False)
        else:
            self.table.move_cursor(row=0 if first else self.table.row_count - 1)
