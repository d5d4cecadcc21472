"""Keeping what is known fresh: sources looked at again, expired documents forgotten, outdated vectors made anew.

Each step leaves everything consistent, so a refresh may be stopped at any of them and begins anew the next time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from retrieval.encoders.base import EncoderUnavailableError
from retrieval.fitting.compare import LowerQualityError
from retrieval.ingest import IngestReport, Skipped
from retrieval.library import Library, SourceUnreadableError, settle, why_unread
from retrieval.migrate import drop_foreign, drop_old, fill
from retrieval.sources.offers import FOLDER, NothingToIngestError, SourceMissingError, place_of
from retrieval.space import Clock, Spaces
from storage.errors import KnowbotError
from storage.index.index_files import sweep_orphans
from storage.records import Source
from storage.stores import Stores

OnProgress = Callable[[int, int], None]


class NoSuchSourceError(KnowbotError):
    """No remembered source has that number, or that space none."""


@dataclass(frozen=True)
class SourceResult:
    """What became of one source: its report, or the sentence why it could not be read."""

    source: Source
    report: IngestReport | None
    problem: str = ""


@dataclass(frozen=True)
class RefreshReport:
    """What a refresh came to. ``rebuilt`` are the spaces that were encoded anew.

    ``filled`` counts the passages that had lacked their vector; ``problems`` say which spaces were left as they are.
    """

    sources: tuple[SourceResult, ...] = ()
    expired: tuple[str, ...] = ()
    rebuilt: tuple[str, ...] = ()
    filled: int = 0
    problems: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """True if there was something to look at and none of it could be."""
        read = any(result.report for result in self.sources)
        return bool(self.problems or self.sources) and not read and not self.rebuilt

    @property
    def figures(self) -> dict[str, int]:
        """How many documents became what, and how many sources and documents could not be read."""
        reports = [result.report for result in self.sources if result.report]
        return {
            "sources": len(self.sources),
            "new": sum(len(report.new) for report in reports),
            "changed": sum(len(report.changed) for report in reports),
            "unchanged": sum(report.unchanged for report in reports),
            "gone": sum(len(report.gone) for report in reports),
            "expired": len(self.expired),
            "skipped": len(self._skipped),
            "unread": len(self._unread),
        }

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        said = "{new} new, {changed} changed, {unchanged} unchanged, {gone} gone, {expired} expired"
        counts = said.format_map(self.figures)
        return "; ".join([f"{counted(len(self.sources), 'source')}: {counts}", *self._remarks()])

    @property
    def _skipped(self) -> list[Skipped]:
        return [skip for result in self.sources if result.report for skip in result.report.skipped]

    @property
    def _unread(self) -> list[str]:
        return [result.problem for result in self.sources if result.problem]

    def _remarks(self) -> list[str]:
        skipped, unread = self._skipped, self._unread
        remarks = [f"space '{space}' was encoded anew" for space in self.rebuilt]
        remarks += [f"{counted(self.filled, 'passage')} got the vector that was missing"] if self.filled else []
        if skipped:
            first = f"{skipped[0].location}: {skipped[0].reason}"
            remarks.append(f"{counted(len(skipped), 'document')} could not be read: {first}")
        remarks += [f"{counted(len(unread), 'source')} could not be read: {' '.join(unread)}"] if unread else []
        return remarks + list(self.problems)


@dataclass
class _Progress:
    """Documents and passages done, told on; ``tell`` may raise to stop the work."""

    tell: OnProgress
    total: int
    done: int = 0

    def step(self, _: str = "") -> None:
        self.done += 1
        self.tell(self.done, max(self.total, self.done))

    def part(self) -> OnProgress:
        """For work that counts by itself: its units come on top of everything else."""
        done_before, total_before = self.done, self.total

        def told(done: int, total: int) -> None:
            self.done, self.total = done_before + done, total_before + total
            self.tell(self.done, max(self.total, self.done))

        return told


@dataclass
class _Tally:
    """The report in the making."""

    sources: list[SourceResult] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    rebuilt: list[str] = field(default_factory=list)
    filled: int = 0
    problems: list[str] = field(default_factory=list)

    def report(self) -> RefreshReport:
        lists = (tuple(self.sources), tuple(self.expired), tuple(self.rebuilt))
        return RefreshReport(*lists, self.filled, tuple(self.problems))


class Refresher:
    """Looks again at everything that was taken in, as the scheduler wants it, or at one source of it."""

    def __init__(self, stores: Stores, spaces: Spaces, library: Library, clock: Clock) -> None:
        self._stores, self._spaces, self._library, self._clock = stores, spaces, library, clock

    def refresh(
        self, space: str | None = None, source_id: int | None = None, on_progress: OnProgress = lambda *_: None
    ) -> RefreshReport:
        """Brings one space or all up to date; with ``source_id`` only that source is looked at.

        ``on_progress(done, total)`` may raise to stop; what was stored until then is kept. Raises NoSuchSourceError
        for a number that no source has; a source that cannot be read is named in the report and keeps its documents.
        """
        sources = [source for source in self._library.sources(space) if source_id in (None, source.id)]
        if source_id is not None and not sources:
            raise NoSuchSourceError(f"there is no source {source_id} to refresh: `knowbot doctor` lists the sources")
        known = self._stores.documents.spaces() if source_id is None else [source.space for source in sources]
        tally, progress = _Tally(), _Progress(on_progress, sum(self._size(source) for source in sources))
        for each in [each for each in known if space in (None, each)]:
            try:
                self._refresh_space(each, [source for source in sources if source.space == each], tally, progress)
            except EncoderUnavailableError as error:
                tally.problems.append(f"space '{each}' could not be refreshed: {error}")
        return tally.report()

    def drop_retired(self, seconds: float) -> int:
        """Deletes indexes that have not answered for so long, and rejected ones, with their files; how many."""
        before = self._clock() - seconds
        dropped = [each for space in self._stores.documents.spaces() for each in drop_old(self._stores, space, before)]
        sweep_orphans(self._stores)
        return len(dropped)

    def _refresh_space(self, space: str, sources: Iterable[Source], tally: _Tally, progress: _Progress) -> None:
        if self._stores.generations.active(space) and self._is_outdated(space):
            present = self._spaces.present(space)
            try:
                self._library.reindex(space, str(present.encoder["name"]), present.dimensions, progress.part())
                tally.rebuilt.append(space)
            except LowerQualityError as error:
                # What answers was made by another version, to which this one can add nothing.
                tally.problems.append(str(error))
                return
        drop_foreign(self._stores, self._spaces, space)
        tally.sources += [self._look_at(source, progress) for source in sources]
        expired = self._forget_expired(space)
        tally.expired += expired
        if self._stores.generations.active(space):
            active = self._spaces.active(space)
            filled = fill(self._stores, active, progress.part())
            tally.filled += filled
            settle(self._stores, [active], self._clock, touched=bool(filled or expired))

    def _is_outdated(self, space: str) -> bool:
        """True if this version's encoder or chunker would make another generation of the same encoder's name."""
        present = self._spaces.present(space)
        wanted = self._spaces.create(space, str(present.encoder["name"]), present.dimensions)
        return wanted.generation.id != present.id

    def _look_at(self, source: Source, progress: _Progress) -> SourceResult:
        try:
            return SourceResult(source, self._library.refresh(source, progress.step))
        except (SourceUnreadableError, OSError) as error:
            return SourceResult(source, None, why_unread(error, source))

    def _forget_expired(self, space: str) -> list[str]:
        now, documents = self._clock(), self._stores.documents
        expired = [d.location for d in documents.list(space) if d.expires_at is not None and d.expires_at <= now]
        with self._stores.write():
            for location in expired:
                documents.delete(space, location)
        return expired

    def _size(self, source: Source) -> int:
        """How many documents it offers; 0 where it cannot be read, which is told later. Servers are not asked twice."""
        if source.kind != FOLDER:
            return len(self._stores.documents.hashes(source.space, source.id))
        try:
            return len(place_of(self._stores, Path(source.location), source.space).files)
        except (SourceMissingError, NothingToIngestError, OSError):
            return 0


def counted(number: int, noun: str) -> str:
    """``1 source``, ``2 sources``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
