"""Jobs: what the clock does and when, the queue, and the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.admin_data import AdminData
from tui.data.jobs import Due, Work
from tui.export import Record
from tui.screens.base import ConsoleScreen
from tui.widgets.clock_text import DUE_COLUMNS, due_row, log_row
from tui.widgets.job_list import JobList
from tui.widgets.job_text import job_name
from tui.widgets.live_table import Column, LiveTable
from tui.widgets.panel import TablePanel
from tui.words import plain

_NO_CLOCK = "The clock belongs to the bot, and this console was started without its settings."
_NO_LOG = "Nothing was logged yet: the bot and the worker write here from their next start on."
_NO_MATCH = "No line of the log is like that. Escape shows all."
_LOG_COLUMNS = (Column("when", 8), Column("level", 8), Column("part", 12, wide_only=True), Column("what"))


class JobsScreen(ConsoleScreen):
    """Three tables; the keys act on the line that has the cursor."""

    NAME = "jobs"
    PURPOSE = "What the clock does and when, what is being worked at, and what the bot and the worker say of it."
    AUTO_FOCUS = "#clock LiveTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run_now", "Run now"),
        Binding("p", "pause", "Pause / go on"),
        Binding("slash", "search", "Search", key_display="/"),
        Binding("l", "grave", "Warnings only"),
        Binding("escape", "clear", "The whole log", show=False),
    ]

    def __init__(self, data: AdminData) -> None:
        super().__init__(data)
        self._work: Work | None = None
        self._grave_only = False
        self._wanted = ""

    def body(self) -> ComposeResult:
        """The clock, the queue, the log."""
        yield TablePanel("The clock", DUE_COLUMNS, id="clock")
        yield JobList()
        yield Input(placeholder="words of the log, then Enter", id="log-words", compact=True)
        yield TablePanel("Log", _LOG_COLUMNS, id="log")

    async def load(self) -> None:
        """See ConsoleScreen."""
        self._work = view = await self.data.jobs.work()
        self.query_one("#clock", TablePanel).show([due_row(due, view.now) for due in view.due], _NO_CLOCK)
        self.query_one(JobList).show_jobs(view.jobs, view.now)
        lines = await self.data.log.latest(self._grave_only, self._wanted)
        panel = self.query_one("#log", TablePanel)
        panel.border_title = self._log_title(len(lines))
        empty = _NO_MATCH if self._grave_only or self._wanted else _NO_LOG
        panel.show([log_row(line, view.now) for line in lines], empty)

    async def records(self, table: LiveTable) -> Sequence[Record]:
        """Jobs with all that is kept of them; the other tables as they are shown."""
        if self._work is None or table is not self.query_one(JobList).table:
            return table.records()
        return [vars(job) for job in self._work.jobs]

    @work
    async def action_run_now(self) -> None:
        """Queues the chosen job of the clock, or the chosen one of the queue once more."""
        if self._work is None:
            return
        with self.sentences():
            due, key = self._chosen_due(), self.query_one(JobList).table.current
            if due is not None:
                job = await self.data.jobs.run_now(due.name)
            elif chosen := next((job for job in self._work.jobs if str(job.id) == key), None):
                job = await self.data.jobs.queue(chosen.name, chosen.arguments)
            else:
                return
            self.notify(f"queued: {job_name(job)}, job {job.id}", markup=False)
            self.reload()

    @work
    async def action_pause(self) -> None:
        """Has the chosen job rest, or go on: one of the clock for good, one of the queue until it is resumed."""
        with self.sentences():
            due = self._chosen_due()
            said = await self._rest(due) if due is not None else await self._pause()
            if said:
                self.notify(said, markup=False)
                self.reload()

    def action_search(self) -> None:
        """Puts the cursor into the box for words."""
        box = self.query_one("#log-words", Input)
        box.display = True
        box.focus()

    def action_grave(self) -> None:
        """Warnings and errors only, or everything."""
        self._grave_only = not self._grave_only
        self.reload()

    @on(Input.Submitted, "#log-words")
    def _searched(self, submitted: Input.Submitted) -> None:
        self._narrow(submitted.value.strip())

    def action_clear(self) -> None:
        """Every line of the log."""
        self._grave_only = False
        self._narrow("")

    def _narrow(self, wanted: str) -> None:
        self._wanted = wanted
        box = self.query_one("#log-words", Input)
        box.value = wanted
        if box.has_focus:
            self.query_one("#log", TablePanel).table.focus()
        box.display = bool(wanted)
        self.reload()

    async def _rest(self, due: Due) -> str:
        await self.data.jobs.rest(due.name, not due.rests)
        return f"{plain(due.name)} is queued by the clock again" if due.rests else f"{plain(due.name)} rests"

    async def _pause(self) -> str:
        table = self.query_one(JobList).table
        job = next((job for job in (self._work.jobs if self._work else ()) if str(job.id) == table.current), None)
        if job is None:
            return ""
        if not await self.data.jobs.pause(job):
            return f"{job_name(job)} has ended already"
        return f"{job_name(job)} {'rests' if job.paused_at is None else 'goes on'}"

    def _chosen_due(self) -> Due | None:
        """The line of the clock under the cursor, unless the queue has the focus."""
        if self._work is None or self.query_one(JobList).table.has_focus:
            return None
        key = self.query_one("#clock", TablePanel).table.current
        return next((due for due in self._work.due if due.name == key), None)

    def _log_title(self, lines: int) -> str:
        which = ", warnings and errors" if self._grave_only else ""
        return f"Log: {lines:,} lines{which}{f' with “{self._wanted}”' if self._wanted else ''}, newest first"
