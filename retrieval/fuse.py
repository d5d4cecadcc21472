"""Score fusion: how near a passage is, by meaning and by words.

Rank fusion hurts wherever one leg is weak, because it throws away by how much a leg prefers its winner; scores are
added instead (Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
"""Of several candidates, shape (candidates,)."""

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


@overload
def fuse(vector: float, title: float, lexical: float, weights: FusionWeights) -> float: ...
@overload
def fuse(vector: Scores, title: Scores, lexical: Scores, weights: FusionWeights) -> Scores: ...
def fuse(vector: Any, title: Any, lexical: Any, weights: FusionWeights) -> Any:
    """The score that orders candidates, for one or for arrays of them; ``title`` is 0 for a passage whose heading is
    no question."""
    return nearness(vector, title) + weights.lexical * lexical


@overload
def nearness(vector: float, title: float) -> float: ...
@overload
def nearness(vector: Scores, title: Scores) -> Scores: ...
def nearness(vector: Any, title: Any) -> Any:
    """How near a passage is by its text and by the question in its heading: a soft maximum of both cosines.

    It lies half-way between the two usual ones, the logarithm of the mean and that of the sum of exponentials. The
    former would hold against a passage that it has such a heading, the latter would count that for it.
    """
    near, far = np.maximum(vector, title), np.minimum(vector, title)
    softly = near + HEADING_SOFTNESS * (np.log1p(np.exp((far - near) / HEADING_SOFTNESS)) - math.log(2) / 2)
    return np.where(np.equal(title, 0), vector, softly)[()]
