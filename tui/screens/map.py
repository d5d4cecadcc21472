"""Map: the whole space in two dimensions, what it is about, what is missing, double or strange, how texts relate."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import DataTable, Input

from tui.admin_data import AdminData
from tui.data.exploring import Explored
from tui.screens.base import ConsoleScreen
from tui.times import short_time
from tui.widgets.live_table import LiveTable
from tui.widgets.map_chart import MapChart
from tui.widgets.panel import TablePanel, TextPanel
from tui.widgets.survey_text import (
    LISTS,
    NONE,
    SURVEY_COLUMNS,
    TITLES,
    analogy_text,
    similarity_text,
    survey_detail,
    survey_rows,
)

_HOW = "king - man + woman for an analogy, or texts and addresses with | between them to compare"


class MapScreen(ConsoleScreen):
    """The map beside a list; what the list's line means below."""

    NAME = "map"
    PURPOSE = (
        "The documents as a map with the questions of the last day; topics, what was asked in vain, what is said twice "
        "and what is unlike the rest, as the worker found them; and how texts relate."
    )
    AUTO_FOCUS = "LiveTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "next_list", "Topics / gaps / twice / unlike"),
        Binding("s", "survey", "Look again"),
        Binding("slash", "relate", "Compare texts", key_display="/"),
        Binding("escape", "leave_line", "Leave the line", show=False),
    ]

    def __init__(self, data: AdminData) -> None:
        super().__init__(data)
        self._explored: Explored | None = None
        self._list = LISTS[0]

    def body(self) -> ComposeResult:
        """The map, the list and its detail, and a line to ask in."""
        with Container(id="map-body"):
            yield MapChart()
            with Vertical(id="map-side"):
                yield TablePanel(TITLES[self._list], SURVEY_COLUMNS, id="found")
                yield TextPanel("", id="found-detail")
        yield Input(placeholder=_HOW, id="relate", compact=True)

    async def load(self) -> None:
        """See ConsoleScreen."""
        before, self._explored = self._explored, await self.data.exploring.view()
        # What was asked of texts stays to be read until the survey is another one.
        if before is None or (before.survey, before.map) != (self._explored.survey, self._explored.map):
            self._show()

    def action_next_list(self) -> None:
        """The next of topics, gaps, duplicates and outliers."""
        self._list = LISTS[(LISTS.index(self._list) + 1) % len(LISTS)]
        self._show()

    @work
    async def action_survey(self) -> None:
        """Has the worker look at the whole space again."""
        with self.sentences():
            await self.data.jobs.queue("survey")
            self.notify("queued: survey")

    def action_relate(self) -> None:
        """Into the line; Escape leads out of it."""
        self.query_one(Input).focus()

    def action_leave_line(self) -> None:
        """Back to the list."""
        self.query_one(LiveTable).focus()

    @on(DataTable.RowHighlighted)
    def _choose(self) -> None:
        self._tell()

    @on(Input.Submitted, "#relate")
    def _asked(self, submitted: Input.Submitted) -> None:
        self._relate(submitted.value)

    @work(exclusive=True, group="relate")
    async def _relate(self, line: str) -> None:
        texts = [part.strip() for part in line.split("|") if part.strip()]
        with self.sentences():
            if len(texts) == 1 and (terms := _terms(line)):
                text = analogy_text(line.strip(), await self.data.exploring.analogy(*terms))
            else:
                text = similarity_text(await self.data.exploring.similar(texts))
            self._say("How texts relate", text)

    def _show(self) -> None:
        found = self._explored
        if found is None:
            return
        panel = self.query_one("#found", TablePanel)
        panel.border_title = TITLES[self._list]
        panel.border_subtitle = f"as of {short_time(found.survey.made_at, found.now)}" if found.survey else ""
        panel.show(survey_rows(found.survey, self._list) if found.survey else [], self._nothing(found))
        self._tell()

    def _tell(self) -> None:
        found, place = self._explored, self._place()
        if found is None or found.survey is None or place is None:
            self.query_one(MapChart).show(found.map if found else None)
            self._say("", Content(""))
            return
        self.query_one(MapChart).show(found.map, place if self._list == "topics" else None)
        key = survey_rows(found.survey, self._list)[place].cells[1]
        self._say(key, survey_detail(found.survey, self._list, place))

    def _place(self) -> int | None:
        """Of the line under the cursor, in the list."""
        table = self.query_one("#found", TablePanel).table
        return table.cursor_row if 0 <= table.cursor_row < table.row_count else None

    def _nothing(self, found: Explored) -> str:
        return NONE[self._list] if found.survey else NONE["topics"]

    def _say(self, title: str, text: Content) -> None:
        panel = self.query_one("#found-detail", TextPanel)
        panel.border_title = title
        panel.show(text)


def _terms(line: str) -> tuple[str, str, str] | None:
    """a, b and c of ``a - b + c``, with blanks around both signs."""
    first, minus, rest = line.partition(" - ")
    second, plus, third = rest.partition(" + ")
    terms = (first.strip(), second.strip(), third.strip())
    return terms if minus and plus and all(terms) else None
