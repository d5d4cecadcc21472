"""Jobs: what the clock does and when, the queue, and the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.data.jobs import Due
from tui.dialogs.confirm import confirmed
from tui.export import Record
from tui.screens.base import ConsoleScreen
from tui.widgets.clock_panel import ClockPanel
from tui.widgets.job_list import JobList
from tui.widgets.job_text import cancelling, job_name, turned
from tui.widgets.live_table import LiveTable
from tui.widgets.log_panel import LogPanel
from tui.words import plain


class JobsScreen(ConsoleScreen):
    """Three tables; the keys act on the line that has the cursor."""

    NAME = "jobs"
    PURPOSE = "What the clock does and when, what is being worked at, and what the bot and the worker say of it."
    AUTO_FOCUS = "#clock LiveTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run_now", "Run now"),
        Binding("p", "pause", "Pause/go on"),
        Binding("delete", "cancel", "Cancel", key_display="del"),
        Binding("slash", "search", "Search", key_display="/"),
        Binding("l", "grave", "Warnings"),
        Binding("escape", "clear", "The whole log", show=False),
    ]

    def body(self) -> ComposeResult:
        """The clock, the queue, the log."""
        yield ClockPanel()
        yield JobList()
        yield LogPanel(self.data.log)

    async def load(self) -> None:
        """See ConsoleScreen."""
        view = await self.data.jobs.work()
        self.query_one(ClockPanel).show_due(view.due, view.now)
        self.query_one(JobList).show_jobs(view.jobs, view.now)
        await self.query_one(LogPanel).read(view.now)

    async def records(self, table: LiveTable) -> Sequence[Record]:
        """Jobs with all that is kept of them; the other tables as they are shown."""
        queue = self.query_one(JobList)
        return [vars(job) for job in queue.jobs] if table is queue.table else table.records()

    @work
    async def action_run_now(self) -> None:
        """Queues the chosen job of the clock, or the chosen one of the queue once more."""
        with self.sentences():
            if due := self._due:
                job = await self.data.jobs.run_now(due.name)
            elif chosen := self.query_one(JobList).chosen:
                job = await self.data.jobs.queue(chosen.name, chosen.arguments)
            else:
                return
            self._tell(f"queued: {job_name(job)}, job {job.id}")

    @work
    async def action_pause(self) -> None:
        """Has the chosen job rest, or go on: one of the clock for good, one of the queue until it is resumed."""
        with self.sentences():
            if due := self._due:
                await self.data.jobs.rest(due.name, not due.rests)
                named = plain(due.name)
                self._tell(f"{named} is queued by the clock again" if due.rests else f"{named} rests")
            elif job := self.query_one(JobList).chosen:
                self._tell(turned(job, await self.data.jobs.pause(job)))

    @work
    async def action_cancel(self) -> None:
        """Asks, then takes the chosen job out of the queue for good."""
        queue = self.query_one(JobList)
        job = queue.chosen if queue.table.has_focus else None
        if job is None or job.state != "queued":
            self.notify("choose a job of the queue that waits or rests; one that is being worked at rests with p first")
        elif await confirmed(self.app, "Cancel this job?", cancelling(job), "Cancel it"):
            with self.sentences():
                gone = await self.data.jobs.cancel(job)
                self._tell(f"cancelled: {job_name(job)}" if gone else f"{job_name(job)} does not wait any more")

    def action_search(self) -> None:
        """Puts the cursor into the box for words of the log."""
        self.query_one(LogPanel).start_search()

    def action_grave(self) -> None:
        """Warnings and errors only, or everything."""
        self.query_one(LogPanel).turn_grave()

    @on(LogPanel.Narrowed)
    def _read_log(self) -> None:
        self.reload()

    def action_clear(self) -> None:
        """Every line of the log."""
        self.query_one(LogPanel).clear()

    @property
    def _due(self) -> Due | None:
        """The line of the clock under the cursor, unless the queue has the focus."""
        return None if self.query_one(JobList).table.has_focus else self.query_one(ClockPanel).chosen

    def _tell(self, what: str) -> None:
        self.notify(what, markup=False)
        self.reload()
