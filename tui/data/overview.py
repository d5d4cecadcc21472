"""Whether all is well: a quick look that repeats itself, and a long one at files and the whole database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from retrieval.costs.budget import Left
from retrieval.engine import Engine
from storage.documents import SpaceCounts
from storage.generations import GenerationCounts
from storage.jobs import Job
from storage.records import Generation, Interaction, Source
from tui.data.desk import Desk
from tui.data.jobs import SHOWN_JOBS
from tui.data.trends import DAYS, Trend, trends
from tui.words import STALE

DAY = 86_400.0


@dataclass(frozen=True)
class Overview:
    """The state of the space at ``now``; ``trends`` compare the last seven days with the seven before.

    ``silent_since`` is when the clock, and with it the bot, should have queued something and did not; None while it
    keeps its time, or never ran. ``moved`` says which scores moved last week, and what the last exam found worse, a
    sentence each.
    """

    now: float
    counts: SpaceCounts
    sources: tuple[Source, ...]
    generation: Generation | None
    passages: GenerationCounts | None
    trends: tuple[Trend, ...]
    latest: Interaction | None
    open_flags: int
    jobs: tuple[Job, ...]
    budget: tuple[Left, ...]
    silent_since: float | None
    moved: tuple[str, ...]


@dataclass(frozen=True)
class Inspection:
    """What a long look found, at ``at``: problems with their remedies, and what is out of date.

    ``stale`` says why, by the location of a document or a source; ``behind`` counts documents by their source's id.
    ``recalled`` counts answers whose sources have changed since.
    """

    at: float
    problems: tuple[str, ...]
    stale: Mapping[str, str]
    behind: Mapping[int | None, int]
    recalled: int


class OverviewData:
    """Looks, and changes nothing. ``schedule`` says how often each job of the clock is due, in seconds."""

    def __init__(self, desk: Desk, schedule: Mapping[str, float]) -> None:
        self._desk, self._schedule = desk, schedule

    async def view(self) -> Overview:
        """The quick look."""
        return await self._desk.threads.reading.run(self._view)

    async def inspect(self) -> Inspection:
        """The long look."""
        return await self._desk.threads.checking.run(self._inspect)

    def _inspect(self, engine: Engine) -> Inspection:
        space = self._desk.space
        stale = {each.location: STALE[each.reason] for each in engine.upkeep.stale(space)}
        source_of = {document.location: document.source_id for document in engine.stores.documents.list(space)}
        behind = Counter(source_of[location] for location in stale if location in source_of)
        recalled = len(engine.conversations.recalled(space))
        return Inspection(self._desk.clock(), tuple(engine.upkeep.problems()), stale, behind, recalled)

    def _view(self, engine: Engine) -> Overview:
        stores, space, now = engine.stores, self._desk.space, self._desk.clock()
        generation = stores.generations.active(space)
        return Overview(
            now,
            stores.documents.counts(space),
            tuple(stores.sources.list(space)),
            generation,
            stores.generations.counts(generation.id, anew=False) if generation else None,
            trends(stores.asked, stores.ledger.by_space(now - (DAYS - 1) * DAY), space, now),
            next(iter(stores.interactions.list(space, 1)), None),
            stores.asked.open_flags(space),
            tuple(stores.jobs.recent(SHOWN_JOBS)),
            tuple(engine.meter.budget.left()),
            self._silent_since(engine, now),
            (*_drifted(engine, space), *engine.exams.worse(space)),
        )

    def _silent_since(self, engine: Engine, now: float) -> float | None:
        due, resting = engine.stores.schedule.runs().due, engine.stores.schedule.resting()
        # A run may be late by a little while; one that is late by half its interval never came.
        overdue = [
            due[name] + every
            for name, every in self._schedule.items()
            if name in due and name not in resting and now > due[name] + 1.5 * every
        ]
        return min(overdue, default=None)


def _drifted(engine: Engine, space: str) -> Iterator[str]:
    return (sentence for found in engine.drift.standing() if found.space == space for sentence in found.sentences)
