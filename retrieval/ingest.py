"""The write path: what a source holds now becomes documents, chunks and vectors; content hashes say what is new.

A few documents at a time are extracted, cut and encoded, then stored in one transaction: a kill between two of them
loses nothing that was stored and leaves no document without its vectors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field

from retrieval.chunk import lost_text
from retrieval.chunk_vectors import embed_chunks
from retrieval.embed import Purpose
from retrieval.planning.estimate import Estimate, Workload
from retrieval.sources.incoming import GoneError, Incoming, Restricted
from retrieval.space import OpenSpace
from storage.errors import KnowbotError
from storage.records import PUBLIC, ChunkDraft, DocumentDraft
from storage.stores import Stores

RAW_SAMPLE = 100_000
"""Bytes of a page whose tokens are counted before it is cleaned."""


@dataclass(frozen=True)
class Skipped:
    """A document that could not be read, by name, with the reason in a sentence."""

    location: str
    reason: str


@dataclass(frozen=True)
class LostText:
    """What a chunk holds that the encoder's vocabulary cannot express; full-text search still finds it."""

    location: str
    stretches: tuple[str, ...]


@dataclass
class IngestReport:
    """What an ingest did, or with ``stored`` False would do, counted as it goes."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    lossy: list[LostText] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    """Forgotten on purpose, and passed over."""

    unchanged: int = 0
    chunks: int = 0
    tokens: int = 0
    stored: bool = True
    paid: bool = False
    """True where an encoder behind an API is among those that the documents go to."""

    estimates: list[Estimate] = field(default_factory=list)
    """Of a dry run, one for each index that the documents would go into; the one that answers comes first."""

    @property
    def touched(self) -> bool:
        """True if answers may differ from before."""
        return bool(self.new or self.changed or self.gone)


@dataclass(frozen=True)
class Origin:
    """Whose documents come in. ``complete``: the source offers all it has, so what it no longer offers is gone."""

    space: str
    source_id: int
    complete: bool = True


@dataclass(frozen=True)
class _Cut:
    draft: DocumentDraft
    chunks: dict[int, list[ChunkDraft]]
    """By chunking: generations of one chunking share their chunks."""


class Ingest:
    """One run over one source, into every live generation of its space."""

    def __init__(self, stores: Stores, targets: Sequence[OpenSpace], origin: Origin, now: float) -> None:
        self._stores, self._now = stores, now
        self.targets, self.origin = tuple(targets), origin
        self._known = stores.documents.hashes(origin.space, origin.source_id)
        self._excluded = stores.excluded.of(origin.space).keys()
        self._chunkers = {target.generation.chunking_id: target.chunker for target in targets}
        self._batch = max(target.embedder.batch_texts for target in targets)
        self.workloads = [Workload(target.embedder) for target in targets]
        self.report = IngestReport(paid=any(target.embedder.is_paid for target in targets))

    def run(self, offered: Iterable[Incoming], on_document: Callable[[str], None] = lambda _: None) -> IngestReport:
        """Takes in everything new or changed, forgets what is gone, and names what could not be read."""
        seen: set[str] = set()
        batch: list[_Cut] = []
        for cut in self._cut_all(offered, seen, on_document):
            batch.append(cut)
            if sum(len(chunks) for each in batch for chunks in each.chunks.values()) >= self._batch:
                self._store(batch)
                batch = []
        self._store(batch)
        if self.origin.complete:
            self._forget(sorted(set(self._known) - seen))
        return self.report

    def plan(self, offered: Iterable[Incoming], on_document: Callable[[str], None] = lambda _: None) -> IngestReport:
        """The same report without storing or encoding anything: chunks and tokens are counted, not guessed."""
        seen: set[str] = set()
        for cut in self._cut_all(offered, seen, on_document):
            for target, workload in zip(self.targets, self.workloads, strict=True):
                workload.add(cut.chunks[target.generation.chunking_id])
        self.report.gone = sorted(set(self._known) - seen) if self.origin.complete else []
        self.report.stored = False
        return self.report

    def _cut_all(
        self, offered: Iterable[Incoming], seen: set[str], on_document: Callable[[str], None]
    ) -> Iterator[_Cut]:
        for incoming in offered:
            seen.add(incoming.location)
            if incoming.location in self._excluded:
                self.report.excluded.append(incoming.location)
                on_document(incoming.location)
                continue
            try:
                cut = self._cut(incoming)
            except (KnowbotError, OSError) as error:
                self._pass_over(incoming.location, error, seen)
            else:
                if cut is not None:
                    yield cut
            on_document(incoming.location)

    def _pass_over(self, location: str, error: KnowbotError | OSError, seen: set[str]) -> None:
        """Names what could not be read, and keeps it; what is gone is forgotten like what is not offered."""
        if isinstance(error, GoneError) and location in self._known:
            seen.discard(location)
            return
        reason = str(error) if isinstance(error, KnowbotError) else (error.strerror or type(error).__name__)
        self.report.skipped.append(Skipped(location, reason))

    def _cut(self, incoming: Incoming) -> _Cut | None:
        """The document in chunks, or None where its content is what is stored already."""
        content = incoming.read()
        content_hash = "" if content is None else hashlib.sha256(content).hexdigest()
        location = incoming.location
        if content is None or self._known.get(location) == content_hash:
            self.report.unchanged += 1
            return None
        extracted = incoming.extract(content)
        draft = DocumentDraft(
            location=location,
            title=extracted.title,
            text=extracted.text,
            format=extracted.format,
            content_hash=content_hash,
            headings=tuple(astuple(heading) for heading in extracted.headings),
            source_id=self.origin.source_id,
            modified_at=incoming.modified_at,
            raw_tokens=self._raw_tokens(content) if extracted.format == "html" else None,
            visibility=incoming.visibility if isinstance(incoming, Restricted) else PUBLIC,
            expires_at=incoming.expires_at if isinstance(incoming, Restricted) else None,
        )
        chunks = {key: chunker.chunks(extracted, location) for key, chunker in self._chunkers.items()}
        self._count(location, chunks)
        return _Cut(draft, chunks)

    def _raw_tokens(self, content: bytes) -> int:
        """What a page would have taken with its markup, as far as its beginning tells."""
        sample = content[:RAW_SAMPLE]
        tokenizer = self.targets[0].embedder.encoder.tokenizer
        return round(tokenizer.count(sample.decode("utf-8", "replace")) * len(content) / len(sample))

    def _count(self, location: str, chunks: dict[int, list[ChunkDraft]]) -> None:
        """Counts for the report, in the chunking that answers."""
        leading = self.targets[0]
        drafts = chunks[leading.generation.chunking_id]
        (self.report.changed if location in self._known else self.report.new).append(location)
        self.report.chunks += len(drafts)
        self.report.tokens += sum(draft.token_count for draft in drafts)
        tokenizer = leading.embedder.encoder.tokenizer
        for draft in drafts:
            if lost := lost_text(draft, tokenizer):
                self.report.lossy.append(LostText(draft.location, tuple(dict.fromkeys(lost))))

    def _store(self, batch: Sequence[_Cut]) -> None:
        if not batch:
            return
        encoded = [
            embed_chunks(
                target.embedder,
                [chunk for cut in batch for chunk in cut.chunks[target.generation.chunking_id]],
                Purpose("ingest", self.origin.space, "document"),
            )
            for target in self.targets
        ]
        with self._stores.write():
            ids: dict[int, list[int]] = {key: [] for key in self._chunkers}
            for cut in batch:
                document_id = self._stores.documents.put(self.origin.space, cut.draft, self._now)
                for key, drafts in cut.chunks.items():
                    ids[key] += self._stores.chunks.put(document_id, key, drafts)
            for target, vectors in zip(self.targets, encoded, strict=True):
                generation = target.generation
                self._stores.vectors.put(generation.id, vectors.rows(ids[generation.chunking_id]))

    def _forget(self, locations: Sequence[str]) -> None:
        with self._stores.write():
            for location in locations:
                self._stores.documents.delete(self.origin.space, location)
        self.report.gone = list(locations)
