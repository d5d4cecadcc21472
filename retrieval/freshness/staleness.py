"""What of a space is out of date, found without changing anything: what a refresh would have to do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from retrieval.sources.folder import FoundFile
from retrieval.sources.offers import FOLDER, NothingToIngestError, SourceMissingError, place_of
from storage.errors import KnowbotError
from storage.records import DocumentSummary, Generation, Source
from storage.stores import Stores

MOST_PASSAGES = 10_000
"""Passages without a vector that are traced back to their documents; more of them change nothing that is to be done."""


Reason = Literal["expired", "not_indexed", "unreadable", "gone", "changed"]
"""Past its last day; not of the active generation; a source that cannot be read, whose documents are kept; no longer
in its source; another file than was read.
"""


@dataclass(frozen=True)
class Stale:
    """A document, or a source, that is not what it should be, and why."""

    location: str
    reason: Reason


def stale_in(stores: Stores, space: str, now: float) -> list[Stale]:
    """Everything out of date in ``space``: sources and documents in order, each with the first reason that applies."""
    found: dict[str, Stale] = {}
    for each in _all(stores, space, now):
        found.setdefault(each.location, each)
    return sorted(found.values(), key=lambda stale: stale.location)


def _all(stores: Stores, space: str, now: float) -> Iterator[Stale]:
    for document in stores.documents.list(space):
        if document.expires_at is not None and document.expires_at <= now:
            yield Stale(document.location, "expired")
    for source in stores.sources.list(space):
        if source.kind == FOLDER:
            yield from _of_source(stores, source)
    generation = stores.generations.active(space)
    if generation:
        yield from (Stale(location, "not_indexed") for location in _without_vectors(stores, generation))


def _of_source(stores: Stores, source: Source) -> Iterator[Stale]:
    try:
        files = place_of(stores, Path(source.location), source.space).files
    except (SourceMissingError, NothingToIngestError, OSError):
        yield Stale(source.location, "unreadable")
        return
    offered = {file.location: file for file in files}
    for document in stores.documents.list(source.space, source.id):
        file = offered.get(document.location)
        if file is None:
            yield Stale(document.location, "gone")
        elif _is_changed(file, document):
            yield Stale(document.location, "changed")


def _is_changed(file: FoundFile, document: DocumentSummary) -> bool:
    """A file that was only touched has a newer date and the same content: it is read to tell."""
    if document.modified_at is not None and file.modified_at <= document.modified_at:
        return False
    try:
        return hashlib.sha256(file.read()).hexdigest() != document.content_hash
    except (KnowbotError, OSError):
        return True


def _without_vectors(stores: Stores, generation: Generation) -> set[str]:
    chunks = stores.chunks.get(stores.generations.chunks_without_vector(generation, MOST_PASSAGES))
    uncut = stores.documents.without_chunks(generation.space, generation.chunking_id)
    return {chunk.document_location for chunk in chunks.values()} | {document.location for document in uncut}
