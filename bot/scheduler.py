"""The clock: puts upkeep into the queue when it is due. The queue remembers when that last was, the clock nothing.

So a downtime is caught up by one run, whose row says how many it stands for; and nothing is kept twice.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from storage.jobs import Jobs
from storage.schedule import Schedule

logger = logging.getLogger(__name__)

ORIGIN = "schedule"

_LONGEST_GRACE = 60.0
_RETRY_SECONDS = 30.0
_ALL_SPACES = ""


class Scheduler:
    """Queues each name of ``intervals`` (seconds between two runs) when it is due, off the event loop.

    A database that is locked costs a run only some time: it is tried again soon.
    """

    def __init__(
        self,
        jobs: Jobs,
        schedule: Schedule,
        intervals: Mapping[str, float],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._jobs, self._schedule, self._intervals, self._clock = jobs, schedule, dict(intervals), clock
        self._scheduler = AsyncIOScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(1)})
        self._turn = threading.Lock()
        self._stopped = False

    async def start(self) -> None:
        """Begins; what came due while nobody was here, or never was done, is queued at once."""
        for name, interval in self._intervals.items():
            self._scheduler.add_job(
                self._queue,
                "interval",
                args=[name],
                id=name,
                seconds=interval,
                next_run_time=await asyncio.to_thread(self._next_run, name),
                misfire_grace_time=max(1, int(grace(interval))),
                coalesce=True,
                max_instances=1,
            )
        self._scheduler.add_listener(self._make_up, EVENT_JOB_MISSED | EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES)
        self._scheduler.start()

    async def stop(self) -> None:
        """Ends; a run that is being queued just now is waited for, and none comes after it."""
        self._stopped = True
        await asyncio.to_thread(self._turn.acquire)
        self._turn.release()
        self._scheduler.shutdown()

    def _next_run(self, name: str) -> datetime:
        now = self._clock()
        last = self._schedule.last_due(name)
        # A run in the future is from before the clock was set back.
        wait = 0.0 if last is None else max(min(last, now) + self._intervals[name] - now, 0.0)
        return datetime.now(UTC) + timedelta(seconds=wait)

    def _queue(self, name: str) -> None:
        with self._turn:
            if self._stopped:
                return
            if name in self._schedule.resting():
                logger.info("%s is due and rests: the console or `knowbot jobs run %s` asks for it", name, name)
                return
            now = self._clock()
            last = self._last_wanted(name)
            missed = 0 if last is None else missed_runs(now - last, self._intervals[name])
            if missed:
                logger.warning("%s was not run when it was due, %d times: it is made up for now", name, missed)
            self._jobs.add(name, _ALL_SPACES, now, origin=ORIGIN, missed=missed)

    def _last_wanted(self, name: str) -> float | None:
        """When it was last queued, or was to be queued again: a run that somebody did not want was not missed."""
        last = self._schedule.last_due(name)
        resumed = self._schedule.resumed_at(name)
        return last if last is None or resumed is None else max(last, resumed)

    def _make_up(self, event: JobEvent) -> None:
        """Runs late what was not run: at once where its moment has passed, soon where it failed."""
        if event.code == EVENT_JOB_MAX_INSTANCES:
            logger.warning("%s is due again and its last run is not queued yet", event.job_id)
            return
        failed = event.code == EVENT_JOB_ERROR
        if failed:
            logger.warning("%s could not be queued and is tried again soon: %s", event.job_id, event.exception)
        wait = min(_RETRY_SECONDS, self._intervals[event.job_id]) if failed else 0.0
        if not self._stopped:
            self._scheduler.modify_job(event.job_id, next_run_time=datetime.now(UTC) + timedelta(seconds=wait))


def grace(interval: float) -> float:
    """How many seconds late a run may be and still count as on time."""
    return min(interval / 2, _LONGEST_GRACE)


def missed_runs(since_last: float, interval: float) -> int:
    """How many runs of a schedule did not happen at their time, when the last one was ``since_last`` seconds ago.

    A run that is about to be queued is on time within its grace; else it too was missed, and is made up for.
    """
    due = int(since_last // interval)
    is_on_time = since_last - due * interval <= grace(interval)
    return max(due - 1 if is_on_time else due, 0)
