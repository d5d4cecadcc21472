"""Is all well? What there is, what is wrong or old, and mending what can be mended without losing anything."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from retrieval.embed import load_model
from retrieval.encoders.base import EncoderUnavailableError
from retrieval.freshness.staleness import Stale, stale_in
from retrieval.migrate import fill
from retrieval.sources.offers import FOLDER, TABLE
from retrieval.space import Clock, FingerprintMismatchError, NothingIndexedError, Spaces
from storage.documents import SpaceCounts
from storage.erasure import erase, unfinished_since
from storage.errors import KnowbotError
from storage.generations import GenerationCounts
from storage.records import Generation, Source
from storage.stores import Stores

_DAY = 86_400.0

QUERY_TTL = _DAY
"""Seconds after which the vector of a question that was not asked again is forgotten."""

MOST_CACHED = 50_000
"""Vectors of questions and references that are kept: 75 MB at 384 dimensions."""

LEDGER_LINES = 7 * _DAY
"""Seconds for which the ledger keeps a line a call; of older days it keeps the sums."""

SPENDING = 62 * _DAY
"""Seconds for which single amounts are kept: longer than any month that a budget may ask for."""

ENDED_JOBS = 30 * _DAY
"""Seconds for which a job that has ended is remembered."""


@dataclass(frozen=True)
class RolledUp:
    """How many lines of the ledger went, and how many ended jobs forgotten."""

    lines: int
    jobs: int


@dataclass(frozen=True)
class SpaceOverview:
    """What one space holds."""

    space: str
    counts: SpaceCounts
    active: Generation | None
    sources: tuple[Source, ...]


class Upkeep:
    """Looks at everything; changes only what the last five methods say, and never a document."""

    def __init__(self, stores: Stores, spaces: Spaces, clock: Clock) -> None:
        self._stores, self._spaces, self._clock = stores, spaces, clock

    def overview(self) -> list[SpaceOverview]:
        """Every space with its documents, its sources and the generation that answers."""
        return [
            SpaceOverview(
                space,
                self._stores.documents.counts(space),
                self._stores.generations.active(space),
                tuple(self._stores.sources.list(space)),
            )
            for space in self._stores.documents.spaces()
        ]

    def generations(self, space: str) -> list[tuple[Generation, GenerationCounts]]:
        """The space's generations, oldest first, and how complete each is."""
        return [(g, self._stores.generations.counts(g.id)) for g in self._stores.generations.live(space)]

    def stale(self, space: str) -> list[Stale]:
        """What of a space is not as its sources are, has expired, or lacks its vector: a refresh would mend it."""
        return stale_in(self._stores, space, self._clock())

    def verify(self, space: str) -> list[str]:
        """What is wrong with the active generation's index, one sentence each."""
        opened = self._spaces.active(space)
        wrong = [f"{each}: run `knowbot doctor --fix`" for each in opened.index.verify()]
        return [*_incomplete(self._stores, opened.generation), *wrong]

    def problems(self) -> list[str]:
        """Everything that is wrong, each with its remedy: database, sources, encoders, indexes."""
        found = [*self._stores.integrity_problems(), *_unfinished(self._stores)]
        for space in self._stores.documents.spaces():
            found += _missing_sources(self._stores, space)
            try:
                found += [*filter(None, [self._spaces.unprompted(space)]), *self.verify(space)]
            except KnowbotError as error:
                found.append(str(error))
        return found

    def mend(self) -> None:
        """Rebuilds the full-text index, encodes what lacks a vector, writes the index files anew, ends an erasure."""
        self._stores.chunks.rebuild_full_text()
        for space in self._stores.documents.spaces():
            for opened in self._spaces.live(space):
                fill(self._stores, opened)
                opened.index.save()
        if unfinished_since(self._stores) is not None:
            erase(self._stores)

    def ready_encoders(self) -> None:
        """Compiles the models that answer questions and are not compiled yet, so that the next start needs no PyTorch.

        After an update the compiled form of an older version is not used any more.
        """
        for space in self._stores.documents.spaces():
            with suppress(EncoderUnavailableError, FingerprintMismatchError, NothingIndexedError):
                load_model(self._spaces.active(space).embedder.encoder, self._spaces.meter, "document")

    def save_indexes(self) -> int:
        """Writes the index files anew that are missing, damaged or far behind; how many. Encodes nothing.

        A generation that cannot be opened is passed over: ``problems`` names it.
        """
        saved = 0
        for space in self._stores.documents.spaces():
            for generation in self._stores.generations.live(space):
                with suppress(EncoderUnavailableError, FingerprintMismatchError):
                    index = self._spaces.open(generation).index
                    if index.needs_saving():
                        index.save()
                        saved += 1
        return saved

    def evict_cache(self) -> int:
        """Forgets vectors of questions that nobody has asked for long, and the oldest beyond a limit; how many."""
        return self._stores.embedding_cache.evict(self._clock(), QUERY_TTL, MOST_CACHED)

    def roll_up(self) -> RolledUp:
        """Forgets the ledger's old calls, whose sums a day stay, and jobs that ended and money spent long ago."""
        now = self._clock()
        self._stores.spending.forget(now - SPENDING)
        first_kept = time.strftime("%Y-%m-%d", time.gmtime(now - LEDGER_LINES))
        return RolledUp(self._stores.ledger.roll_up(first_kept), self._stores.jobs.forget_ended(now - ENDED_JOBS))


def _incomplete(stores: Stores, generation: Generation) -> list[str]:
    missing = stores.generations.counts(generation.id).missing
    if not missing:
        return []
    return [f"{missing} passages of space '{generation.space}' have no vector: run `knowbot doctor --fix`"]


def _unfinished(stores: Stores) -> list[str]:
    if unfinished_since(stores) is None:
        return []
    return ["what was to be forgotten answers nothing, but may still be in a file: run `knowbot doctor --fix`"]


def _missing_sources(stores: Stores, space: str) -> list[str]:
    return [
        f"source {source.id} ({source.location}) is not there any more: bring it back, or ingest from elsewhere"
        for source in stores.sources.list(space)
        if source.kind in (FOLDER, TABLE) and not Path(source.location).exists()
    ]
