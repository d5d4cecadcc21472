"""Score fusion: how near a passage is, by meaning and by words.

Rank fusion hurts wherever one leg is weak, because it throws away by how much a leg prefers its winner; scores are
added instead (Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

BM25_K1 = 1.2
"""FTS5's fixed k1: a term adds at most idf * (k1 + 1), however often it occurs."""


@dataclass(frozen=True)
class FusionWeights:
    """``lexical`` stands beside the cosine's 1.0; ``heading`` is what a heading's word counts against the body's."""

    lexical: float = 0.3
    heading: float = 3.0


def lexical_scale(best_bm25: float, rarities: Sequence[float]) -> float:
    """What a bm25 is divided by: the geometric mean of the best score the query reached and the best it could reach.

    Divided by the former alone, a query whose only match is "the" would count its match in full; by the latter alone,
    a long question would never count any. ``rarities`` are the inverse document frequencies of all query terms,
    those that occur nowhere included.
    """
    reachable = sum(rarities) * (BM25_K1 + 1)
    return math.sqrt(best_bm25 * max(reachable, best_bm25)) if best_bm25 > 0 else 1.0


def fuse(vector: float, title: float, lexical: float, weights: FusionWeights) -> float:
    """The score that orders candidates. A passage is as near as its text or the question in its heading is."""
    return max(vector, title) + weights.lexical * lexical
