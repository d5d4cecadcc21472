"""Three legs find candidates, then every candidate gets every leg's score, exactly."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.fuse import FusionWeights, fuse, lexical_scale
from retrieval.query_adapter import QueryAdapter
from retrieval.space import OpenSpace
from retrieval.types import Candidate
from storage.records import Chunk, Matrix
from storage.stores import Stores

POOL = 300
"""Vectors, and as many lexical hits, that become candidates; enough for a hundred different documents."""

SMALL_POOL = 40
"""Enough where only the best two documents matter."""


@dataclass(frozen=True)
class Ranking:
    """How a space orders what it finds; without an adapter, question vectors are taken as they are."""

    weights: FusionWeights
    adapter: QueryAdapter | None = None

    def adapted(self, vector: Matrix) -> Matrix:
        """The vector that passages are compared with."""
        return self.adapter.adapted(vector) if self.adapter else vector


@dataclass(frozen=True)
class Query:
    """What is searched for, and by whom: a unit vector of shape (dimensions,), words, and what may be seen."""

    vector: Matrix
    terms: tuple[str, ...]
    visible_to: frozenset[str]


@dataclass(frozen=True)
class Found:
    """Candidates, best first, and the cosines (descending) of the nearest vectors to the question as it was encoded.

    The off-topic judge goes by the latter: an adapter turns every message towards the corpus.
    """

    candidates: tuple[Candidate, ...]
    nearest: tuple[float, ...]


def search(stores: Stores, space: OpenSpace, query: Query, ranking: Ranking, now: float, pool: int = POOL) -> Found:
    """Everything that may answer ``query``, best first. Only live documents that ``visible_to`` allows."""
    allowed = stores.chunks.visible_vectors(space.generation, query.visible_to, now)
    hits = space.index.search(query.vector[None, :], pool, allowed)[0]
    rarities = stores.chunks.rarities(query.terms)
    bm25 = stores.chunks.lexical(space.generation, rarities, query.visible_to, now, pool, ranking.weights.heading)
    owners = stores.vectors.chunks_of([hit.vector_id for hit in hits])
    chunks = stores.chunks.get(dict.fromkeys([*owners.values(), *bm25]))
    if not chunks:
        return Found((), ())
    owned, vectors = stores.vectors.of_chunks(space.generation.id, chunks)
    cosines = dict(zip(owned, (vectors @ ranking.adapted(query.vector)).tolist(), strict=True))
    scale = lexical_scale(max(bm25.values(), default=0.0), list(rarities.values()))
    candidates = [
        _candidate(
            chunk,
            vector=cosines.get((chunk_id, "passage"), 0.0),
            title=cosines.get((chunk_id, "title"), 0.0),
            lexical=bm25.get(chunk_id, 0.0) / scale,
            weights=ranking.weights,
        )
        for chunk_id, chunk in chunks.items()
    ]
    candidates.sort(key=lambda candidate: (-candidate.fused, candidate.chunk.id))
    return Found(tuple(candidates), tuple(hit.similarity for hit in hits))


def _candidate(chunk: Chunk, vector: float, title: float, lexical: float, weights: FusionWeights) -> Candidate:
    return Candidate(chunk, vector, title, lexical, fuse(vector, title, lexical, weights))
