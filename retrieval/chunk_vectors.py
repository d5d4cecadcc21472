"""From chunks to the vectors that they need: of every passage, and of the headings that are questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from retrieval.embed import Embedder, Purpose, key_of
from retrieval.encoders.base import ContextualEncoder
from retrieval.encoders.windows import Text
from storage.records import Matrix, VectorKind


@dataclass(frozen=True)
class ChunkVectors:
    """Vectors of a run of chunks: of every passage, and of the headings that are questions."""

    places: tuple[int, ...]
    kinds: tuple[VectorKind, ...]
    hashes: tuple[str, ...]
    vectors: Matrix

    def rows(self, chunk_ids: Sequence[int]) -> list[tuple[int, VectorKind, str, Matrix]]:
        """As the store takes them, once the chunks have ids."""
        return [
            (chunk_ids[place], kind, digest, vector)
            for place, kind, digest, vector in zip(self.places, self.kinds, self.hashes, self.vectors, strict=True)
        ]


class HasText(Protocol):
    """What is embedded of a chunk, stored or not."""

    @property
    def ordinal(self) -> int:
        """Its place in the document, from 0."""
        ...

    @property
    def embedded_text(self) -> str:
        """The passage as the encoder sees it."""
        ...

    @property
    def title(self) -> str:
        """Its heading if that is a question, else empty."""
        ...


def embed_chunks(embedder: Embedder, chunks: Sequence[HasText], purpose: Purpose) -> ChunkVectors:
    """All vectors that ``chunks`` need, in one call; which chunks go together, see ``texts_of``."""
    wanted = texts_of(embedder, chunks)
    texts = [text for _, _, text in wanted]
    return ChunkVectors(
        places=tuple(place for place, _, _ in wanted),
        kinds=tuple(kind for _, kind, _ in wanted),
        hashes=tuple(key_of(text) for text in texts),
        vectors=embedder.embed(texts, purpose),
    )


def texts_of(embedder: Embedder, chunks: Sequence[HasText]) -> list[tuple[int, VectorKind, Text]]:
    """What has to be encoded of ``chunks``, as (place, kind, text).

    For a ContextualEncoder they are all chunks of each document, in order.
    """
    texts: list[str] = [chunk.embedded_text for chunk in chunks]
    passages: list[Text] = [*texts]
    if isinstance(embedder.encoder, ContextualEncoder):
        begins = [place for place, chunk in enumerate(chunks) if place == 0 or chunk.ordinal == 0]
        documents = [texts[start:end] for start, end in pairwise([*begins, len(chunks)])]
        passages = [text for document in documents for text in embedder.encoder.in_context(document)]
    wanted: list[tuple[int, VectorKind, Text]] = [(i, "passage", text) for i, text in enumerate(passages)]
    return wanted + [(i, "title", chunk.title) for i, chunk in enumerate(chunks) if chunk.title]
