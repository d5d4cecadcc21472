"""What the bot knows: taking sources in, looking at them again, changing the model, and what there is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from retrieval.fitting.fit import refit
from retrieval.ingest import Ingest, IngestReport, Origin
from retrieval.migrate import Migration, fill, reindex, switch
from retrieval.planning.plan import estimate_ingest
from retrieval.sources.incoming import Incoming
from retrieval.sources.offers import KINDS, Offer, SourceReader
from retrieval.space import Clock, OpenSpace, Spaces
from storage.errors import KnowbotError
from storage.records import Generation, Source
from storage.stores import Stores

OnDocument = Callable[[str], None]
OnProgress = Callable[[int, int], None]


class SourceUnreadableError(KnowbotError):
    """A remembered source cannot be looked at; its documents are kept."""


class Library:
    """Writes. Every change goes into every live generation of the space."""

    def __init__(self, stores: Stores, spaces: Spaces, sources: SourceReader, clock: Clock) -> None:
        self._stores, self._spaces, self._sources, self._clock = stores, spaces, sources, clock

    def offer(self, location: Path | str, space: str, ignore: Sequence[str] | None = None) -> Offer:
        """What an ingest of a path or a URL would look at; ``ignore`` are patterns of files, remembered ones if None.

        Raises SourceMissingError, NothingToIngestError, and what reading a table or asking a server raises.
        """
        return self._sources.offer(space, location, ignore)

    def ingest(self, source: Path | str | Offer, space: str, on_document: OnDocument = lambda _: None) -> IngestReport:
        """Takes in what is at a path or a URL, or was offered already, and remembers it for the refresh.

        Raises what ``offer`` raises; documents that cannot be read are skipped and reported.
        """
        offer = source if isinstance(source, Offer) else self.offer(source, space)
        return self._take_in(offer, on_document)

    def ingest_documents(
        self, space: str, name: str, documents: Iterable[Incoming], on_document: OnDocument = lambda _: None
    ) -> IngestReport:
        """Takes in documents that are at hand, all that the source ``name`` has."""
        return self._take_in(Offer(space, "documents", name, list(documents)), on_document)

    def add_documents(self, space: str, name: str, documents: Iterable[Incoming]) -> IngestReport:
        """Takes in documents that are at hand beside those that the source ``name`` has already."""
        return self._take_in(Offer(space, "documents", name, list(documents), complete=False), lambda _: None)

    def plan(self, source: Path | str | Offer, space: str, on_document: OnDocument = lambda _: None) -> IngestReport:
        """What an ingest would do and take; no document is stored. Pages are asked for all the same."""
        offer = source if isinstance(source, Offer) else self.offer(source, space)
        known = {each.location: each.id for each in self.sources(space)}
        origin = Origin(space, known.get(offer.location, 0), offer.complete)
        self._spaces.active_or_new(space)
        run = Ingest(self._stores, self._spaces.live(space), origin, self._clock())
        started = time.perf_counter()
        report = run.plan(offer.documents, on_document)
        report.estimates = estimate_ingest(self._stores, self._spaces.meter, run, time.perf_counter() - started)
        return report

    def refresh(self, source: Source, on_document: OnDocument = lambda _: None) -> IngestReport:
        """Looks at a remembered source again; raises SourceUnreadableError, and then forgets nothing."""
        try:
            offer = self._sources.again(source)
        except (KnowbotError, OSError) as error:
            said = why_unread(error, source)
            self._stores.unread.note(source.id, {source.location: said}, self._clock(), [source.location])
            raise SourceUnreadableError(said) from error
        return self._take_in(offer, on_document)

    def reindex(
        self,
        space: str,
        encoder: str | None,
        dimensions: int | None,
        on_progress: OnProgress = lambda *_: None,
        accept_lower: bool = False,
    ) -> Migration:
        """Builds a generation of ``encoder`` (by default the present one) beside the active one and switches to it.

        Raises LowerQualityError, and switches nothing, where it finds less and ``accept_lower`` does not allow that.
        """
        chosen = (encoder or str(self._spaces.present(space).encoder["name"]), dimensions)
        migration = reindex(self._stores, self._spaces, space, chosen, self._clock, on_progress, accept_lower)
        settle(self._stores, [migration.target], self._clock)
        return migration

    def rollback(self, space: str) -> OpenSpace:
        """Makes the generation that answered before answer again, completed first where anything passed it by."""
        return switch_to(self._stores, self._spaces, self._stores.generations.former(space), self._clock)

    def sources(self, space: str | None = None) -> list[Source]:
        """What a refresh would look at, in one space or in all."""
        return [source for source in self._stores.sources.list(space) if source.kind in KINDS]

    def _take_in(self, offer: Offer, on_document: OnDocument) -> IngestReport:
        run = self._run(offer)
        report = run.run(offer.documents, on_document)
        active = self._spaces.active(offer.space)
        if active.generation.id not in {target.generation.id for target in run.targets}:
            fill(self._stores, active)  # it was switched to after this began
        settle(self._stores, run.targets, self._clock, touched=report.touched)
        # What was said of a page that could not be read is not said of what is stored.
        unread = {skipped.location for skipped in report.skipped}
        said = {location: each for location, each in offer.validators.items() if location not in unread}
        self._stores.validators.remember(offer.space, said)
        _note_unread(self._stores, run.origin.source_id, offer, report, self._clock())
        if offer.complete:
            self._stores.sources.mark_refreshed(run.origin.source_id, self._clock())
        return report

    def _run(self, offer: Offer) -> Ingest:
        self._spaces.active_or_new(offer.space)
        options = offer.options if offer.complete else None
        source = self._stores.sources.remember(offer.space, offer.kind, offer.location, self._clock(), options)
        origin = Origin(offer.space, source.id, offer.complete)
        return Ingest(self._stores, self._spaces.live(offer.space), origin, self._clock())


def switch_to(stores: Stores, spaces: Spaces, generation: Generation, clock: Clock) -> OpenSpace:
    """Lets a generation of a space answer, completed first where anything passed it by; what answers from now on.

    Raises FingerprintMismatchError or ChunkingMismatchError where this machine could not complete it.
    """
    chosen = spaces.open(generation)
    switch(stores, chosen, clock())
    settle(stores, [spaces.active(generation.space)], clock)
    return spaces.active(generation.space)


def _note_unread(stores: Stores, source_id: int, offer: Offer, report: IngestReport, now: float) -> None:
    reasons = {skipped.location: skipped.reason for skipped in report.skipped}
    stores.unread.note(
        source_id, reasons, now, None if offer.complete else [document.location for document in offer.documents]
    )


def why_unread(error: KnowbotError | OSError, source: Source) -> str:
    """A sentence for what hindered a look at a source."""
    return (
        f"{error.filename or source.location}: {error.strerror or error}" if isinstance(error, OSError) else str(error)
    )


def settle(stores: Stores, targets: Iterable[OpenSpace], clock: Clock, touched: bool = True) -> None:
    """After a change: the index files caught up, and the fit anew where the corpus is not what it was fitted on."""
    for target in targets:
        if touched and target.index.needs_saving():
            target.index.save()
        if target.generation.state == "active":
            refit(stores, target, clock())
