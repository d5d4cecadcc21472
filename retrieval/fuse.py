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


HEADING_SOFTNESS = 0.2
"""Cosines nearer to each other than this count together; far ones leave the better alone."""


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
    """The score that orders candidates; ``title`` is 0 for a passage whose heading is no question."""
    return nearness(vector, title) + weights.lexical * lexical


def nearness(vector: float, title: float) -> float:
    """How near a passage is by its text and by the question in its heading: a soft maximum of both cosines.

    It lies half-way between the two usual ones, the logarithm of the mean and that of the sum of exponentials. The
    former would hold against a passage that it has such a heading, the latter would count that for it.
    """
    if not title:
        return vector
    near, far = max(vector, title), min(vector, title)
    return near + HEADING_SOFTNESS * (math.log1p(math.exp((far - near) / HEADING_SOFTNESS)) - math.log(2) / 2)
