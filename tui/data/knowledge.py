"""Searching the documents as a member would, and everything that changes what the bot knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from retrieval.engine import Engine
from retrieval.forget import Forgotten
from retrieval.handed_in.editor import Editable
from retrieval.ingest import IngestReport
from retrieval.types import Answer, Question
from retrieval.why_not import WhyNot
from storage.jobs import Job
from storage.records import Source
from tui.data.desk import Desk
from tui.data.jobs import JobsData


@dataclass(frozen=True)
class Searched:
    """What a member would be answered, and by document id how likely each would answer if those before it were not."""

    answer: Answer
    confidences: Mapping[int, float]


class KnowledgeData:
    """Searches and edits; what takes long goes into the queue."""

    def __init__(self, desk: Desk, jobs: JobsData) -> None:
        self._desk, self._jobs = desk, jobs

    async def search(self, text: str) -> Searched:
        """What a member would be answered, with the scores of every stage; it is not recorded as a question.

        Raises EmptyQuestionError, NothingIndexedError, FingerprintMismatchError.
        """
        question = Question(text, space=self._desk.space)

        def ask(engine: Engine) -> Searched:
            answer = engine.answers.answer(question, most=None)  # what was not among the first is what one asks about
            return Searched(answer, engine.why_nots.confidences(answer))

        return await self._desk.threads.acting.run(ask)

    async def why_not(self, answer: Answer, location: str) -> WhyNot:
        """Why a document was not first in a search."""
        return await self._desk.threads.acting.run(lambda engine: engine.why_nots.explain(answer, location))

    async def refresh(self, source_id: int | None = None) -> Job:
        """Queues a look at one source, or at all, now."""
        return await self._jobs.queue("refresh", {"source": source_id} if source_id is not None else None)

    async def count_offered(self, location: str) -> int:
        """How many documents a folder, a file or an address offers; raises what ``library.offer`` raises."""
        return await self._desk.threads.looking.run(
            lambda engine: len(engine.library.offer(_absolute(location), self._desk.space).documents)
        )

    async def add(self, location: str) -> Job:
        """Queues taking a folder, a file or an address in; it is remembered for every later refresh."""
        return await self._jobs.queue("ingest", {"path": _absolute(location)})

    async def open(self, location: str) -> Editable:
        """A document to be edited; raises NotEditableError."""
        return await self._desk.threads.looking.run(lambda engine: engine.editor.open(self._desk.space, location))

    async def save(self, edited: Editable, title: str, text: str) -> IngestReport:
        """Stores an edited document and takes it in; loads the model where that has not been done yet."""
        return await self._desk.threads.acting.run(lambda engine: engine.editor.save(edited, text, title))

    async def forget(self, location: str) -> Forgotten:
        """Takes a document out of every file and keeps it away; raises NoSuchDocumentError."""
        return await self._desk.threads.acting.run(
            lambda engine: engine.forgetting.document(self._desk.space, location)
        )

    async def let_in_again(self, location: str) -> Job:
        """Has a forgotten document taken in again by a refresh, which is queued; raises NoSuchDocumentError."""
        await self._desk.threads.acting.run(lambda engine: engine.forgetting.let_in_again(self._desk.space, location))
        return await self.refresh()

    async def drop_source(self, source: Source) -> int:
        """Forgets a source with its documents; how many went."""
        return await self._desk.threads.acting.run(lambda engine: engine.editor.drop_source(source))


def _absolute(location: str) -> str:
    """The worker may run elsewhere than where a path was typed."""
    location = location.strip()
    if location.lower().startswith(("http://", "https://")):
        return location
    return str(Path(location).expanduser().resolve())
