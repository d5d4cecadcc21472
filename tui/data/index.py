"""The generations of the space: what they hold and find, and the work that builds, rests, switches and deletes them."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.engine import Engine
from retrieval.indexes import IndexOverview
from retrieval.planning.dimensions import SizeReport
from retrieval.planning.plan import ReindexPlan
from storage.jobs import Job
from storage.records import Generation
from tui.data.desk import Desk
from tui.data.jobs import SHOWN_JOBS, JobsData


@dataclass(frozen=True)
class IndexView:
    """The generations at ``now``, newest first, and the queue."""

    now: float
    indexes: tuple[IndexOverview, ...]
    jobs: tuple[Job, ...]

    @property
    def active(self) -> IndexOverview | None:
        """The one that answers."""
        return next((each for each in self.indexes if each.generation.state == "active"), None)

    @property
    def job(self) -> Job | None:
        """The reindex that runs, waits or rests; else whatever runs."""
        at_hand = [job for job in self.jobs if job.state in ("running", "queued")]
        building = [job for job in at_hand if job.name == "reindex"]
        return next(iter(building or [job for job in at_hand if job.state == "running"]), None)


class IndexData:
    """Looks, measures, and changes what answers."""

    def __init__(self, desk: Desk, jobs: JobsData) -> None:
        self._desk, self._jobs = desk, jobs

    async def view(self) -> IndexView:
        """What there is."""

        def read(engine: Engine) -> IndexView:
            jobs = tuple(engine.stores.jobs.recent(SHOWN_JOBS))
            return IndexView(self._desk.clock(), tuple(engine.indexes.overview(self._desk.space)), jobs)

        return await self._desk.threads.reading.run(read)

    async def plan(self, encoder: str | None, dimensions: int | None) -> ReindexPlan:
        """What encoding everything anew would take; loads a local model to time it. Raises what ``plan`` raises."""
        return await self._desk.threads.looking.run(
            lambda engine: engine.indexes.plan(self._desk.space, encoder, dimensions)
        )

    async def reindex(self, encoder: str | None, dimensions: int | None) -> Job:
        """Queues encoding everything anew; None keeps the encoder, or its own number of dimensions."""
        return await self._jobs.queue("reindex", {"encoder": encoder, "dimensions": dimensions})

    async def recall(self, generation_id: int) -> float:
        """The share of the nearest vectors that a generation's search finds; reads all of them."""
        return await self._desk.threads.looking.run(lambda engine: engine.indexes.recall(generation_id))

    async def sizes(self) -> list[SizeReport]:
        """What smaller vectors would do; raises NothingToCompareError, PaidQuestionsError."""
        return await self._desk.threads.looking.run(lambda engine: engine.indexes.sizes(self._desk.space))

    async def switch_to(self, generation_id: int) -> Generation:
        """Lets a generation answer from the next question on; what passed it by is encoded first."""
        return await self._desk.threads.acting.run(lambda engine: engine.indexes.switch_to(generation_id).generation)

    async def rollback(self) -> Generation:
        """Lets the generation that answered before answer again; raises NothingToRollBackToError."""
        return await self._desk.threads.acting.run(lambda engine: engine.library.rollback(self._desk.space).generation)

    async def drop(self, generation_id: int) -> None:
        """Deletes a generation with its files; raises GenerationInUseError."""
        await self._desk.threads.acting.run(lambda engine: engine.indexes.drop(generation_id))
