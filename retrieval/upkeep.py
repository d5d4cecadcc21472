"""Is all well? What there is, what is wrong with it, and mending what can be mended without losing anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from retrieval.migrate import fill
from retrieval.space import Clock, Spaces
from storage.documents import SpaceCounts
from storage.errors import KnowbotError
from storage.generations import GenerationCounts
from storage.ledger import LedgerDay
from storage.records import Generation, Source
from storage.stores import Stores


@dataclass(frozen=True)
class SpaceOverview:
    """What one space holds."""

    space: str
    counts: SpaceCounts
    active: Generation | None
    sources: tuple[Source, ...]


class Upkeep:
    """Looks at everything; changes only what ``mend`` says."""

    def __init__(self, stores: Stores, spaces: Spaces, clock: Clock) -> None:
        self._stores, self._spaces, self._clock = stores, spaces, clock

    def overview(self) -> list[SpaceOverview]:
        """Every space with its documents, its sources and the generation that answers."""
        return [
            SpaceOverview(
                space,
                self._stores.documents.counts(space),
                self._stores.generations.active(space),
                tuple(self._stores.documents.sources(space)),
            )
            for space in self._stores.documents.spaces()
        ]

    def generations(self, space: str) -> list[tuple[Generation, GenerationCounts]]:
        """The space's generations, oldest first, and how complete each is."""
        return [(g, self._stores.generations.counts(g.id)) for g in self._stores.generations.live(space)]

    def counts(self, generation: Generation) -> GenerationCounts:
        """How much of a generation there is: also what encoding it anew would take."""
        return self._stores.generations.counts(generation.id)

    def costs(self, since: float) -> list[LedgerDay]:
        """The ledger from ``since`` (seconds since the epoch) on, by day, model and operation."""
        return self._stores.ledger.by_day_and_model(since)

    def verify(self, space: str) -> list[str]:
        """What is wrong with the active generation's index, one sentence each."""
        opened = self._spaces.active(space)
        return [*self._incomplete(opened.generation), *opened.index.verify()]

    def problems(self) -> list[str]:
        """Everything that is wrong, each with its remedy: database, sources, encoders, indexes."""
        found = self._stores.integrity_problems()
        for space in self._stores.documents.spaces():
            found += self._missing_sources(space)
            try:
                found += self.verify(space)
            except KnowbotError as error:
                found.append(str(error))
        return found

    def mend(self) -> None:
        """Rebuilds the full-text index, encodes what lacks a vector, and writes the index files anew."""
        self._stores.chunks.rebuild_full_text()
        for space in self._stores.documents.spaces():
            for opened in self._spaces.live(space):
                fill(self._stores, opened)
                opened.index.save()

    def _incomplete(self, generation: Generation) -> list[str]:
        missing = self._stores.generations.counts(generation.id).missing
        if not missing:
            return []
        return [f"{missing} passages of space '{generation.space}' have no vector: run `knowbot doctor --fix`"]

    def _missing_sources(self, space: str) -> list[str]:
        return [
            f"source {source.id} ({source.location}) is not there any more: bring it back, or ingest from elsewhere"
            for source in self._stores.documents.sources(space)
            if source.kind == "folder" and not Path(source.location).exists()
        ]
