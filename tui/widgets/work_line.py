"""The work at hand in one line; what ends it may have changed how the files stand to the documents."""

from __future__ import annotations

from collections.abc import Sequence

from textual import work
from textual.message import Message
from textual.widgets import Static

from storage.errors import KnowbotError
from storage.jobs import Job
from tui.data.shelf import Looked, ShelfData
from tui.widgets.job_text import current_job

LOOK_AGAIN_SECONDS = 600.0
"""How often the files of all folders are looked at while the screen is open."""


FIRST_LOOK_SECONDS = 0.3
"""How long what is read first has the processors to itself."""


class WorkLine(Static):
    """Has the files looked at after every job, and now and then; the first time soon after the queue was read."""

    class FilesSeen(Message):
        """``found`` tells how the files are."""

    def __init__(self, data: ShelfData) -> None:
        super().__init__("", id="work", markup=False)
        self.found: Looked | None = None
        self._data = data
        self._ended: float | None = None

    def on_mount(self) -> None:
        """Looks at the files now and then."""
        self.set_interval(LOOK_AGAIN_SECONDS, self._look)

    def show_jobs(self, jobs: Sequence[Job], now: float) -> None:
        """Shows the queue as it is now."""
        self.update(current_job(jobs, now), layout=False)
        ended = max((job.ended_at for job in jobs if job.ended_at), default=0.0)
        if self._ended is None:
            self.set_timer(FIRST_LOOK_SECONDS, self._look)
        elif self._ended != ended:
            self._look()
        self._ended = ended

    @work(group="look", exclusive=True)
    async def _look(self) -> None:
        try:
            self.found = await self._data.look()
        except KnowbotError as error:
            self.notify(str(error), title="Not looked at", severity="warning", timeout=12, markup=False)
        self.post_message(self.FilesSeen())
