"""The documents of the space as one looks through them: sources, pages of documents, and one of them in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from retrieval.engine import Engine
from retrieval.exploring.duplicates import DuplicateGroup
from retrieval.exploring.outliers import Outlier
from storage.jobs import Job
from storage.records import Chunk, Document, Generation, Source
from storage.shelf import Quoted, ShelfCounts, ShelfLine
from tui.data.desk import Desk
from tui.data.jobs import SHOWN_JOBS
from tui.words import STALE

PAGE = 100
"""Documents of an opened source that are read at a time."""

SHOWN_PROBLEMS = 100
_QUOTED_BY = 5
_NO_CHUNKING = 0


@dataclass(frozen=True)
class Wanted:
    """What is to be seen: how many documents of each opened source, and the word that narrows them down.

    ``lone``: a source that is the only one is opened, too.
    """

    opened: Mapping[int | None, int] = field(default_factory=dict)
    word: str = ""
    lone: bool = False

    def of(self, source_id: int | None) -> int:
        """How many documents of a source are wanted; whoever looks for a word looks into every source."""
        return self.opened.get(source_id, PAGE if self.word else 0)


@dataclass(frozen=True)
class Looked:
    """What a look at the files found out of date: why, by location, and of which source each document is."""

    reasons: Mapping[str, str]
    source_of: Mapping[str, int | None]

    def of(self, source_id: int | None) -> list[str]:
        """The documents of a source that are out of date."""
        return [location for location, owner in self.source_of.items() if owner == source_id]


@dataclass(frozen=True)
class SourceShelf:
    """A source with as much of its documents as was wanted; ``source`` is None for documents without one.

    ``matching`` documents have the wanted word; ``unread`` says why, by location; ``excluded`` were forgotten on
    purpose.
    """

    source: Source | None
    counts: ShelfCounts
    matching: int
    lines: tuple[ShelfLine, ...]
    unread: Mapping[str, str]
    excluded: tuple[str, ...]


@dataclass(frozen=True)
class Shelf:
    """The sources of the space at ``now``, the index that answers, and the queue."""

    now: float
    sources: tuple[SourceShelf, ...]
    generation: Generation | None
    jobs: tuple[Job, ...]

    @property
    def documents(self) -> int:
        """In all sources."""
        return sum(each.counts.documents for each in self.sources)


@dataclass(frozen=True)
class Preview:
    """One document in full, cut as the index that answers cuts it, and where it was quoted."""

    now: float
    document: Document
    passages: tuple[Chunk, ...]
    quoted: Quoted


@dataclass(frozen=True)
class Oddities:
    """Places that say the same, and documents unlike all others, as they were found at ``made_at``."""

    now: float
    made_at: float
    duplicates: tuple[DuplicateGroup, ...]
    outliers: tuple[Outlier, ...]


class ShelfData:
    """Looks, and changes nothing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def view(self, wanted: Wanted, looked: Looked | None = None) -> Shelf:
        """The sources, and of the opened ones their documents, those that are out of date in any case."""
        return await self._desk.threads.reading.run(lambda engine: self._view(engine, wanted, looked))

    async def look(self) -> Looked:
        """What is out of date: looks at every file of every folder."""
        return await self._desk.threads.checking.run(self._look)

    async def preview(self, location: str) -> Preview | None:
        """One document; None where it is gone."""
        return await self._desk.threads.reading.run(lambda engine: self._preview(engine, location))

    async def oddities(self) -> Oddities | None:
        """What is double or strange, as the last survey found it; None before the first one."""
        return await self._desk.threads.reading.run(self._oddities)

    async def survey(self) -> Oddities:
        """Looks at every passage, unless there are too many to wait for; raises SurveyMissingError then."""

        def look(engine: Engine) -> Oddities:
            found = engine.explorer.present(self._desk.space)
            return Oddities(self._desk.clock(), found.made_at, found.duplicates, found.outliers)

        return await self._desk.threads.looking.run(look)

    def _oddities(self, engine: Engine) -> Oddities | None:
        found = engine.explorer.kept(self._desk.space)
        return Oddities(self._desk.clock(), found.made_at, found.duplicates, found.outliers) if found else None

    def _look(self, engine: Engine) -> Looked:
        reasons = {each.location: STALE[each.reason] for each in engine.upkeep.stale(self._desk.space)}
        owners = {each.location: each.source_id for each in engine.stores.documents.list(self._desk.space)}
        return Looked(reasons, {location: owners[location] for location in reasons if location in owners})

    def _view(self, engine: Engine, wanted: Wanted, looked: Looked | None) -> Shelf:
        stores, space = engine.stores, self._desk.space
        generation = stores.generations.active(space)
        sources: dict[int | None, Source] = {source.id: source for source in stores.sources.list(space)}
        counted = stores.shelf.counts(space)
        if wanted.lone and len(counted) == 1:
            wanted = replace(wanted, opened=dict.fromkeys(counted, PAGE))
        shelves = (
            self._shelf(engine, sources.get(number), (number, counts), wanted, looked)
            for number, counts in counted.items()
        )
        ordered = sorted(shelves, key=lambda each: (each.source is None, each.source.location if each.source else ""))
        return Shelf(self._desk.clock(), tuple(ordered), generation, tuple(stores.jobs.recent(SHOWN_JOBS)))

    def _shelf(
        self,
        engine: Engine,
        source: Source | None,
        counted: tuple[int | None, ShelfCounts],
        wanted: Wanted,
        looked: Looked | None,
    ) -> SourceShelf:
        number, counts = counted
        stores, space, limit = engine.stores, self._desk.space, wanted.of(number)
        generation = stores.generations.active(space)
        chunking = generation.chunking_id if generation else _NO_CHUNKING
        matching = stores.shelf.matching(space, number, wanted.word) if wanted.word else counts.documents
        lines = stores.shelf.page(space, number, chunking, limit, wanted.word) if limit else []
        if limit and looked and not wanted.word:
            shown = {line.location for line in lines}
            behind = [location for location in looked.of(number) if location not in shown]
            found = (stores.shelf.line(space, location, chunking) for location in behind[:SHOWN_PROBLEMS])
            lines += [line for line in found if line]
        # Why a source cannot be looked at is told of the source, opened or not.
        unread = stores.unread.of(source.id, SHOWN_PROBLEMS) if source and counts.unread else {}
        excluded = stores.excluded.of(space) if limit and counts.excluded else {}
        kept_away = [location for location, owner in excluded.items() if owner == number and wanted.word in location]
        return SourceShelf(source, counts, matching, tuple(lines), unread, tuple(kept_away[:SHOWN_PROBLEMS]))

    def _preview(self, engine: Engine, location: str) -> Preview | None:
        stores, space = engine.stores, self._desk.space
        document = stores.documents.get(space, location)
        if document is None:
            return None
        generation = stores.generations.active(space)
        chunks = stores.chunks.of_document(document.id, generation.chunking_id) if generation else []
        quoted = stores.shelf.quoted(space, location, _QUOTED_BY)
        return Preview(self._desk.clock(), document, tuple(chunks), quoted)
