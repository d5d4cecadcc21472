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
        self._sentences: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """The table and the sentence."""
        yield from super().compose()
        yield Static("", id="job-sentence", markup=False)

    def show_jobs(self, jobs: Sequence[Job], now: float) -> None:
        """Shows the queue as it is now."""
        self._sentences = {str(job.id): f"{job_name(job)}: {job_words(job, now)}" for job in jobs}
        self.show([job_row(job, now) for job in jobs], _NONE)
        self._show_sentence()

    @on(LiveTable.RowHighlighted)
    def _show_sentence(self) -> None:
        sentence = self._sentences.get(self.table.current or "", "")
        self.query_one("#job-sentence", Static).update(one_line(sentence))
