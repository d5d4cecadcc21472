"""Whether all is well: a quick look that repeats itself, and a long one at files and the whole database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from retrieval.engine import Engine
from storage.documents import SpaceCounts
from storage.generations import GenerationCounts
from storage.jobs import Job
from storage.records import Generation, Interaction, Source
from tui.data.desk import Desk
from tui.data.jobs import SHOWN_JOBS

DAY = 86_400.0


@dataclass(frozen=True)
class Overview:
    """The state of the space at ``now``. ``decisions`` counts the last 24 hours of all spaces."""

    now: float
    counts: SpaceCounts
    sources: tuple[Source, ...]
    generation: Generation | None
    passages: GenerationCounts | None
    decisions: Mapping[str, int]
    latest: Interaction | None
    open_flags: int
    jobs: tuple[Job, ...]


@dataclass(frozen=True)
class Inspection:
    """What a long look found, at ``at``: problems with their remedies, and what is out of date.

    ``stale`` says why, by the location of a document or a source; ``behind`` counts documents by their source's id.
    """

    at: float
    problems: tuple[str, ...]
    stale: Mapping[str, str]
    behind: Mapping[int | None, int]


class OverviewData:
    """Looks, and changes nothing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def view(self) -> Overview:
        """The quick look."""
        return await self._desk.threads.reading.run(self._view)

    async def inspect(self) -> Inspection:
        """The long look."""
        return await self._desk.threads.looking.run(self._inspect)

    def _inspect(self, engine: Engine) -> Inspection:
        space = self._desk.space
        stale = {each.location: each.reason for each in engine.upkeep.stale(space)}
        source_of = {document.location: document.source_id for document in engine.stores.documents.list(space)}
        behind = Counter(source_of[location] for location in stale if location in source_of)
        return Inspection(self._desk.clock(), tuple(engine.upkeep.problems()), stale, behind)

    def _view(self, engine: Engine) -> Overview:
        stores, space, now = engine.stores, self._desk.space, self._desk.clock()
        generation = stores.generations.active(space)
        return Overview(
            now,
            stores.documents.counts(space),
            tuple(stores.documents.sources(space)),
            generation,
            engine.upkeep.counts(generation) if generation else None,
            stores.interactions.tally(now - DAY),
            next(iter(stores.interactions.list(None, 1)), None),
            len(stores.flags.list(space, open_only=True)),
            tuple(stores.jobs.recent(SHOWN_JOBS)),
        )
