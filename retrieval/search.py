"""Three legs find candidates, then every candidate gets every leg's score, exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from retrieval.fitting.query_adapter import QueryAdapter
from retrieval.fuse import FusionWeights, fuse, lexical_scale
from retrieval.space import OpenSpace
from retrieval.types import Candidate
from storage.records import Matrix, VectorKind
from storage.stores import Stores
from storage.vectors import CandidateVectors

POOL = 300
"""Vectors, and as many lexical hits, that become candidates; enough for a hundred different documents."""

READ = 40
"""Of the candidates, the best ones, of which the texts are read: more than an answer or its confidence looks at."""

SMALL_POOL = 100
"""Enough where only the best ten documents matter."""


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

    The off-topic judge goes by the latter: an adapter turns every message towards the corpus. ``rarities`` are the
    inverse document frequencies of the question's words.
    """

    candidates: tuple[Candidate, ...]
    nearest: tuple[float, ...]
    rarities: Mapping[str, float] = field(default_factory=dict)


def search(
    stores: Stores,
    space: OpenSpace,
    query: Query,
    ranking: Ranking,
    now: float,
    pool: int = POOL,
    most: int | None = None,
) -> Found:
    """Everything that may answer ``query``, best first. Only live documents that ``visible_to`` allows.

    All candidates are scored and the best ``most`` are returned: scoring needs vectors alone, and texts are read of
    those only that somebody looks at.
    """
    allowed = stores.chunks.visible_vectors(space.generation, query.visible_to, now)
    hits = space.index.search(query.vector[None, :], pool, allowed)[0]
    rarities = stores.chunks.rarities(query.terms)
    bm25 = stores.chunks.lexical(space.generation, rarities, query.visible_to, now, pool, ranking.weights.heading)
    found = stores.vectors.of_candidates(space.generation.id, [hit.vector_id for hit in hits], bm25)
    if not found.chunk_ids:
        return Found((), (), rarities)
    cosines = _cosines(found, ranking.adapted(query.vector))
    scale = lexical_scale(max(bm25.values(), default=0.0), list(rarities.values()))
    vector = np.array([cosines.get((number, "passage"), 0.0) for number in found.chunk_ids])
    title = np.array([cosines.get((number, "title"), 0.0) for number in found.chunk_ids])
    lexical = np.array([bm25.get(number, 0.0) / scale for number in found.chunk_ids])
    fused = fuse(vector, title, lexical, ranking.weights)
    numbers = np.array(found.chunk_ids)
    order = np.lexsort((numbers, -fused))[:most]
    best, *scored = (column[order].tolist() for column in (numbers, vector, title, lexical, fused))
    chunks = stores.chunks.get(best)
    candidates = (
        Candidate(chunks[number], *scores)
        for number, *scores in zip(best, *scored, strict=True)
        if number in chunks  # its document may have gone this moment
    )
    return Found(tuple(candidates), tuple(hit.similarity for hit in hits), rarities)


def best_of_documents(candidates: Sequence[Candidate], score: Callable[[Candidate], float]) -> dict[int, float]:
    """The best score of each document's passages, by its id, in the order in which they come first."""
    best: dict[int, float] = {}
    for each in candidates:
        number, own = each.chunk.document_id, score(each)
        best[number] = max(best.get(number, own), own)
    return best


def _cosines(found: CandidateVectors, vector: Matrix) -> dict[tuple[int, VectorKind], float]:
    return dict(zip(found.keys, (found.matrix @ vector).tolist(), strict=True)) if found.keys else {}
