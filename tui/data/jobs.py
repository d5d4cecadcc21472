"""The queue and the clock: what runs, waits and has ended, what is due when, and whether anybody works at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from retrieval.engine import Engine
from storage.jobs import Job
from storage.schedule import LatestRuns
from tui.data.desk import BY, Desk

SHOWN_JOBS = 50
_ALL_SPACES = ""


@dataclass(frozen=True)
class Due:
    """A job of the clock: due ``every`` so many seconds, ``next_at`` for the next time, None where that is at once.

    ``latest`` is the latest run that ended. A job that ``rests`` is not queued by the clock.
    """

    name: str
    every: float
    latest: Job | None
    next_at: float | None
    rests: bool


@dataclass(frozen=True)
class Work:
    """The queue and the clock at ``now``."""

    now: float
    jobs: tuple[Job, ...]
    due: tuple[Due, ...]


class JobsData:
    """Reads the queue, adds to it, and has work rest; the worker process does the work.

    ``schedule`` says how often each job of the clock is due, in seconds.
    """

    def __init__(self, desk: Desk, schedule: Mapping[str, float]) -> None:
        self._desk, self._schedule = desk, schedule

    async def recent(self) -> list[Job]:
        """The latest jobs of all spaces: running, waiting, then ended ones, newest first."""
        return await self._desk.threads.reading.run(lambda engine: engine.stores.jobs.recent(SHOWN_JOBS))

    async def work(self) -> Work:
        """The latest jobs, and what the clock has to do."""
        return await self._desk.threads.reading.run(self._work)

    async def queue(self, name: str, arguments: Mapping[str, object] | None = None) -> Job:
        """Puts work for this space into the queue; where the same work waits already, that is returned."""
        return await self._add(name, self._desk.space, arguments)

    async def run_now(self, name: str) -> Job:
        """Puts a job of the clock into the queue, for all spaces as the clock would."""
        return await self._add(name, _ALL_SPACES, None)

    async def rest(self, name: str, rests: bool) -> None:
        """Has the clock leave a job out from now on, or no longer."""
        now = self._desk.clock()
        await self._desk.threads.acting.run(lambda engine: engine.stores.schedule.rest(name, rests, BY, now))

    async def pause(self, job: Job) -> bool:
        """Has a job rest, or go on where it rests; False where it has ended, or somebody did so, meanwhile."""
        now = self._desk.clock()

        def act(engine: Engine) -> bool:
            jobs = engine.stores.jobs
            return jobs.pause(job.id, now) if job.paused_at is None else jobs.resume(job.id)

        return await self._desk.threads.acting.run(act)

    async def cancel(self, job: Job) -> bool:
        """Takes a job out of the queue; False where it does not wait any more."""
        now = self._desk.clock()
        return await self._desk.threads.acting.run(lambda engine: engine.stores.jobs.cancel(job.id, BY, now))

    async def is_work_waiting(self) -> bool:
        """True where a worker would find something to do and none is at work."""
        return await self._desk.threads.reading.run(
            lambda engine: engine.stores.queue_watch.is_work_waiting(self._desk.clock())
        )

    async def _add(self, name: str, space: str, arguments: Mapping[str, object] | None) -> Job:
        def add(engine: Engine) -> Job:
            return engine.stores.jobs.add(name, space, self._desk.clock(), arguments, origin=BY)

        return await self._desk.threads.acting.run(add)

    def _work(self, engine: Engine) -> Work:
        runs, resting = engine.stores.schedule.runs(), engine.stores.schedule.resting()
        due = (_due(name, every, runs, name in resting) for name, every in self._schedule.items())
        return Work(self._desk.clock(), tuple(engine.stores.jobs.recent(SHOWN_JOBS)), tuple(due))


def _due(name: str, every: float, runs: LatestRuns, rests: bool) -> Due:
    last = runs.due.get(name)
    return Due(name, every, runs.ended.get(name), last + every if last is not None else None, rests)
