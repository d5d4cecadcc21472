"""A worker's hold on its job: a thread renews the lease while the work goes on, and sees when it must not go on."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable

from bot.work.limits import out_of_memory, used_mb
from storage.errors import KnowbotError
from storage.jobs import Job, Jobs

logger = logging.getLogger(__name__)

BEAT_SECONDS = 3.0
"""Between two renewals of the lease; a lease lasts five times as long."""

PATIENCE = 3.0
"""How long a worker that has to stop waits for the next step of its work before it leaves without one."""

_LOOK_SECONDS = 1.0
"""Between two looks at whether somebody has paused the job."""

_TICK = 0.1


class LeaseLostError(Exception):
    """Somebody else has the job now: whatever this worker would note about it is void."""


class StoppedError(Exception):
    """The worker was told to stop, or the job to rest; it goes back into the queue."""


class Heartbeat:
    """Holds the lease of one job as long as the block lasts. ``jobs`` is on a connection of its own.

    Work that takes long without telling of any progress loses neither its lease nor, once it has to stop or to rest,
    much time: whatever it does may be cut short anywhere, as by a kill.
    """

    def __init__(self, jobs: Jobs, job: Job, is_stopping: Callable[[], bool], memory_mb: int) -> None:
        """Work that comes to use more than ``memory_mb`` has failed, and the process is gone."""
        self._jobs, self._job, self._is_stopping, self._memory_mb = jobs, job, is_stopping, memory_mb
        self._done, self._total = 0, job.total_units
        self._begun: int | None = None
        self._lost = self._paused = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="heartbeat", daemon=True)

    def progress(self, done: int, total: int) -> None:
        """Notes how far the work is. Raises LeaseLostError or StoppedError where it must not go on."""
        self._done, self._total = done, total
        if self._begun is None:
            self._begun = done
        if self._lost:
            raise LeaseLostError
        if self._must_end():
            raise StoppedError

    def beat(self) -> None:
        """Renews the lease now and writes the progress down; where that fails, the next beat tries again."""
        self._try(self._renew)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _beat_on(self) -> None:
        try:
            self._watch()
        except Exception:
            # Work without a heartbeat would be given to another worker while this one goes on for ever.
            logger.exception("job %d: its heartbeat failed, and the worker with it", self._job.id)
            os._exit(1)

    def _watch(self) -> None:
        beaten = looked = time.monotonic()
        stopping_since: float | None = None
        while not self._ended.wait(_TICK):
            now = time.monotonic()
            if used_mb() > self._memory_mb:
                self._leave(lambda: self._jobs.end(self._job, "failed", out_of_memory(self._memory_mb), time.time()))
            if now - looked >= _LOOK_SECONDS:
                looked = now
                self._try(self._look)
            if self._must_end():
                stopping_since = stopping_since or now
                if now - stopping_since > PATIENCE:
                    self._leave(lambda: self._jobs.give_back(self._job))
            if now - beaten >= BEAT_SECONDS and not self._lost:
                beaten = now
                self.beat()

    def _must_end(self) -> bool:
        return self._paused or self._is_stopping()

    def _look(self) -> None:
        self._paused = self._jobs.get(self._job.id).paused_at is not None

    def _renew(self) -> None:
        self._lost = not self._jobs.renew(self._job, time.time(), self._done, self._total, self._begun or 0)

    def _leave(self, note: Callable[[], None]) -> None:
        self._try(note)
        os._exit(0)

    def _try(self, write: Callable[[], None]) -> None:
        try:
            write()
        except KnowbotError as error:
            logger.warning("job %d: its lease could not be written, and is tried again: %s", self._job.id, error)
