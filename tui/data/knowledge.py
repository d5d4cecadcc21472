"""The documents of the space, searching them as a member would, and having them looked at or encoded anew."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from retrieval.engine import Engine
from retrieval.types import Answer, Question
from storage.jobs import Job
from storage.records import DocumentSummary, Generation
from tui.data.desk import Desk
from tui.data.jobs import SHOWN_JOBS, JobsData


@dataclass(frozen=True)
class Knowledge:
    """The documents of the space at ``now``, the index that answers, and the queue."""

    now: float
    documents: tuple[DocumentSummary, ...]
    generation: Generation | None
    passages: int
    jobs: tuple[Job, ...]


class KnowledgeData:
    """Reads, searches, and queues the work that changes what the bot knows."""

    def __init__(self, desk: Desk, jobs: JobsData) -> None:
        self._desk, self._jobs = desk, jobs

    async def view(self) -> Knowledge:
        """All documents, without their texts."""
        return await self._desk.threads.reading.run(self._view)

    async def search(self, text: str) -> Answer:
        """What a member would be answered, with the scores of every stage; it is not recorded as a question.

        Raises EmptyQuestionError, NothingIndexedError, FingerprintMismatchError.
        """
        question = Question(text, space=self._desk.space)
        return await self._desk.threads.acting.run(lambda engine: engine.answers.answer(question))

    async def refresh(self) -> Job:
        """Queues a look at every source, now."""
        return await self._jobs.queue("refresh")

    async def reindex(self, encoder: str | None, dimensions: int | None) -> Job:
        """Queues encoding everything anew; None keeps the encoder, or its own number of dimensions."""
        return await self._jobs.queue("reindex", {"encoder": encoder, "dimensions": dimensions})

    async def count_files(self, path: Path) -> int:
        """How many documents a folder offers; raises SourceMissingError or NothingToIngestError."""
        return await self._desk.threads.looking.run(
            lambda engine: len(engine.library.offer(path.expanduser(), self._desk.space).documents)
        )

    async def add_folder(self, path: Path) -> Job:
        """Queues taking a folder or a file in; it is remembered for every later refresh."""
        # The worker may run elsewhere than where the path was typed.
        return await self._jobs.queue("ingest", {"path": str(path.expanduser().resolve())})

    def _view(self, engine: Engine) -> Knowledge:
        stores, space = engine.stores, self._desk.space
        generation = stores.generations.active(space)
        return Knowledge(
            self._desk.clock(),
            tuple(stores.documents.list(space)),
            generation,
            engine.upkeep.counts(generation).chunks if generation else 0,
            tuple(stores.jobs.recent(SHOWN_JOBS)),
        )
