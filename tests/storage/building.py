"""What the storage tests are built from: tiny documents, and vectors whose neighbours can be seen at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from storage.records import ChunkDraft, DocumentDraft, Generation, Matrix, VectorKind
from storage.stores import Stores
from storage.vectors import VectorRow

DIMENSIONS = 8
EVERYONE = frozenset({"public"})


def document(
    location: str, text: str = "text", visibility: str = "public", expires_at: float | None = None
) -> DocumentDraft:
    return DocumentDraft(
        location=location,
        title=location.title(),
        text=text,
        format="markdown",
        content_hash=f"hash of {text}",
        visibility=visibility,
        expires_at=expires_at,
    )


def passage(ordinal: int, text: str, heading: str = "", segmented: str | None = None) -> ChunkDraft:
    return ChunkDraft(
        ordinal=ordinal,
        heading=heading,
        text=text,
        context="",
        location=f"#{ordinal}",
        start=0,
        end=len(text),
        token_count=len(text.split()),
        segmented=segmented,
    )


def units(rows: ArrayLike) -> Matrix:
    """The rows scaled to length 1."""
    matrix = np.asarray(rows, dtype=np.float64)
    return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True), dtype=np.float32)


def random_units(count: int, seed: int = 0, dimensions: int = DIMENSIONS) -> Matrix:
    return units(np.random.default_rng(seed).normal(size=(count, dimensions)))


@dataclass(frozen=True)
class Corpus:
    """One space with one active generation, and a short way to fill it."""

    stores: Stores
    generation: Generation

    def add(
        self, location: str, vectors: Matrix, visibility: str = "public", kind: VectorKind = "passage"
    ) -> list[int]:
        """Stores a document with a passage for each vector; returns the passages' ids."""
        with self.stores.write():
            number = self.stores.documents.put(self.generation.space, document(location, visibility=visibility), 1.0)
            drafts = [passage(ordinal, f"passage {ordinal} of {location}") for ordinal in range(len(vectors))]
            chunks = self.stores.chunks.put(number, self.generation.chunking_id, drafts)
            self.stores.vectors.put(self.generation.id, rows(chunks, vectors, kind))
        return chunks


def rows(chunk_ids: Sequence[int], vectors: Matrix, kind: VectorKind = "passage") -> list[VectorRow]:
    return [(chunk, kind, f"hash of {chunk}", vector) for chunk, vector in zip(chunk_ids, vectors, strict=True)]


def new_corpus(stores: Stores, space: str = "default", dimensions: int = DIMENSIONS) -> Corpus:
    chunking = stores.generations.chunking("chunking", {"limit": 10})
    generation = stores.generations.create(space, chunking, "fingerprint", {"name": "words"}, dimensions, 1.0)
    return Corpus(stores, stores.generations.activate(generation.id, 1.0))
