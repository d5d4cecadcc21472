"""Overview: is all well, how fresh is what the bot knows, what is being worked at, what was asked."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from storage.errors import KnowbotError
from tui.admin_data import AdminData
from tui.data.overview import Inspection, Overview
from tui.screens.base import ConsoleScreen
from tui.screens.first_steps import FirstSteps
from tui.widgets.health import state_text
from tui.widgets.job_list import JobList
from tui.widgets.needs import Needs
from tui.widgets.panel import TablePanel, TextPanel
from tui.widgets.source_text import SOURCE_COLUMNS, source_rows, sources_title
from tui.widgets.trend_table import TREND_COLUMNS, trend_rows

CHECK_SECONDS = 600.0
"""How often everything is checked while the console is open; it reads the whole database."""

FIRST_CHECK_SECONDS = 0.3
_NO_SOURCE = "Nothing has been taken in yet. Press 2 for Knowledge, then a to add a folder of documents."


class OverviewScreen(ConsoleScreen):
    """Shows; ``c`` checks everything once more."""

    NAME = "overview"
    PURPOSE = "Whether all is well, what is going on, and what needs you."
    AUTO_FOCUS = "#needs LiveTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "check", "Check everything"),
        Binding("f", "first_steps", "First steps", show=False),
    ]

    def __init__(self, data: AdminData) -> None:
        super().__init__(data)
        self._inspection: Inspection | None = None
        self._ended: float | None = None
        self._guides = data.surroundings.guides

    def body(self) -> ComposeResult:
        """Five panels."""
        yield Needs()
        yield TextPanel("How things stand", id="state")
        yield TablePanel("Two weeks", TREND_COLUMNS, id="trends")
        yield TablePanel("Sources", SOURCE_COLUMNS, id="sources")
        yield JobList()

    def on_mount(self) -> None:
        """Repeats the long look now and then."""
        super().on_mount()
        self.set_interval(CHECK_SECONDS, self._inspect)

    async def load(self) -> None:
        """See ConsoleScreen."""
        view = await self.data.overview.view()
        self._look_again_after_work(view)
        self.query_one(Needs).show_needs(view, self._inspection)
        self.query_one("#state", TextPanel).show(state_text(view, self._inspection))
        self.query_one("#trends", TablePanel).show(trend_rows(view.trends), "")
        self._guide(view)
        self._show_sources(view)
        self.query_one(JobList).show_jobs(view.jobs, view.now)

    def action_check(self) -> None:
        """Checks everything again, however long it takes."""
        self._inspection = None
        self._inspect()
        self.reload()

    def action_first_steps(self) -> None:
        """Documents, token and invitation, one after the other."""
        self.app.push_screen(FirstSteps(self.data))

    def _guide(self, view: Overview) -> None:
        """An empty folder is begun with the first steps, once."""
        if self._guides and not (view.counts.documents or view.sources or view.jobs):
            self.action_first_steps()
        self._guides = False

    def _inspect(self) -> None:
        self.run_worker(self._inspected(), group="inspect", exclusive=True)

    async def _inspected(self) -> None:
        try:
            self._inspection = await self.data.overview.inspect()
        except KnowbotError as error:
            self.notify(str(error), title="Not checked", severity="warning", timeout=12, markup=False)
        self.reload()

    def _look_again_after_work(self, view: Overview) -> None:
        """What was out of date may not be any more."""
        ended = max((job.ended_at for job in view.jobs if job.ended_at), default=0.0)
        if self._ended is None:
            # Not beside what is shown first: it keeps the disk and a processor busy.
            self.set_timer(FIRST_CHECK_SECONDS, self._inspect)
        elif self._ended != ended:
            self._inspect()
        self._ended = ended

    def _show_sources(self, view: Overview) -> None:
        panel = self.query_one("#sources", TablePanel)
        panel.border_title = sources_title(view, self._inspection)
        panel.show(source_rows(view, self._inspection), _NO_SOURCE)
