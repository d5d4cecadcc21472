"""The queue: what runs, waits and has ended, and whether anybody works at it."""

from __future__ import annotations

from collections.abc import Mapping

from retrieval.engine import Engine
from storage.jobs import Job
from tui.data.desk import BY, Desk

SHOWN_JOBS = 50


class JobsData:
    """Reads the queue and adds to it; the worker process does the work."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def recent(self) -> list[Job]:
        """The latest jobs of all spaces: running, waiting, then ended ones, newest first."""
        return await self._desk.threads.reading.run(lambda engine: engine.stores.jobs.recent(SHOWN_JOBS))

    async def queue(self, name: str, arguments: Mapping[str, object] | None = None) -> Job:
        """Puts work for this space into the queue; where the same work waits already, that is returned."""

        def add(engine: Engine) -> Job:
            return engine.stores.jobs.add(name, self._desk.space, self._desk.clock(), arguments, origin=BY)

        return await self._desk.threads.acting.run(add)

    async def is_work_waiting(self) -> bool:
        """True where a worker would find something to do and none is at work."""
        return await self._desk.threads.reading.run(
            lambda engine: engine.stores.jobs.is_work_waiting(self._desk.clock())
        )
