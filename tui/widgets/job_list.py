"""The queue as a table, and below it in full what came of the chosen job."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from storage.jobs import Job
from tui.widgets.job_text import JOB_COLUMNS, job_name, job_row, job_words
from tui.widgets.live_table import LiveTable
from tui.widgets.panel import TablePanel
from tui.words import one_line

_NONE = "Nothing has been worked at yet. The bot queues a refresh every hour; press 2, then r, for one now."


class JobList(TablePanel):
    """Jobs; a sentence that is too long for its column is read below."""

    def __init__(self) -> None:
        super().__init__("Work", JOB_COLUMNS, id="jobs")
        self.jobs: tuple[Job, ...] = ()
        self._now = 0.0

    def compose(self) -> ComposeResult:
        """The table and the sentence."""
        yield from super().compose()
        yield Static("", id="job-sentence", markup=False)

    @property
    def chosen(self) -> Job | None:
        """The one under the cursor."""
        return next((job for job in self.jobs if str(job.id) == self.table.current), None)

    def show_jobs(self, jobs: Sequence[Job], now: float) -> None:
        """Shows the queue as it is now."""
        self.jobs, self._now = tuple(jobs), now
        self.show([job_row(job, now) for job in jobs], _NONE)
        self._show_sentence()

    @on(LiveTable.RowHighlighted)
    def _show_sentence(self) -> None:
        job = self.chosen
        sentence = f"{job_name(job)}: {job_words(job, self._now)}" if job else ""
        self.query_one("#job-sentence", Static).update(one_line(sentence))
