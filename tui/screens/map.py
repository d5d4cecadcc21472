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
from tui.dialogs.confirm import confirmed
from tui.screens.base import ConsoleScreen
from tui.widgets.index_text import money_words
from tui.widgets.live_table import LiveTable
from tui.widgets.map_chart import MapChart
from tui.widgets.panel import TextPanel
from tui.widgets.survey_list import SurveyList
from tui.widgets.survey_text import analogy_text, similarity_text
from tui.words import count

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

    def body(self) -> ComposeResult:
        """The map, the list and its detail, and a line to ask in."""
        with Container(id="map-body"):
            yield MapChart()
            with Vertical(id="map-side"):
                yield SurveyList()
                yield TextPanel("", id="found-detail")
        yield Input(placeholder=_HOW, id="relate", compact=True)

    async def load(self) -> None:
        """See ConsoleScreen."""
        before, self._explored = self._explored, await self.data.exploring.view()
        # What was asked of texts stays to be read until the survey is another one.
        if before is None or (before.survey, before.map) != (self._explored.survey, self._explored.map):
            self.query_one(SurveyList).show_found(self._explored)
            self._tell()

    def action_next_list(self) -> None:
        """The next of topics, gaps, duplicates and outliers."""
        self.query_one(SurveyList).turn()
        self._tell()

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
    def _tell(self) -> None:
        found = self.query_one(SurveyList)
        self.query_one(MapChart).show(self._explored.map if self._explored else None, found.topic)
        self._say(*found.detail)

    @on(Input.Submitted, "#relate")
    @work(exclusive=True, group="relate")
    async def _relate(self, submitted: Input.Submitted) -> None:
        line = submitted.value.strip()
        texts = [part.strip() for part in line.split("|") if part.strip()]
        terms = _terms(line) if len(texts) == 1 else None
        with self.sentences():
            if terms is None:
                self._say("How texts relate", similarity_text(await self.data.exploring.similar(texts)))
            elif await self._may_encode(terms):
                found = await self.data.exploring.analogy(*terms)
                self._say("How texts relate", analogy_text(line, found))

    async def _may_encode(self, terms: tuple[str, str, str]) -> bool:
        """Asks where the words of the space have to be encoded for money first."""
        estimate = await self.data.exploring.analogy_estimate(*terms)
        if not estimate.costs_money:
            return True
        what = (
            f"{count(estimate.texts, 'word and heading', 'words and headings')} of the space, "
            f"{estimate.tokens:,} tokens, have to be encoded by {estimate.model} first.\n\nMoney: "
            f"{money_words(estimate)}. The next analogy finds them known."
        )
        return await confirmed(self.app, "Encode the words of this space?", what, "Encode them")

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
