"""Groups of vectors that belong together: spherical k-means, as many groups as the silhouette likes best.

In NumPy, so that it is the same on every machine and no library has to be loaded for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.records import Matrix

FEWEST = 12
"""Fewer vectors than these are grouped by nearness alone: no number of groups could be told from another."""

MOST = 60
"""Groups that anybody would read through."""

ALIKE = 0.5
"""The cosine from which few vectors belong to one group."""

_SAMPLE = 4000
_SILHOUETTE_SAMPLE = 1500
_ROUNDS = 40
_STARTS = 8
_TRIALS = 3
_CHOICES = 14
_FLAT = 0.015
_SLICE = 8192

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Clustering:
    """``labels`` of shape (vectors,) number the rows of ``centres``, unit vectors; ``silhouette`` in [-1, 1].

    The largest group is number 0. Few vectors have no silhouette: it is 0.0.
    """

    labels: Labels
    centres: Matrix
    silhouette: float = 0.0

    def members(self, group: int, vectors: Matrix) -> list[int]:
        """The places of a group's vectors, nearest to its centre first."""
        places = np.flatnonzero(self.labels == group)
        return [int(i) for i in places[np.argsort(-(vectors[places] @ self.centres[group]), kind="stable")]]


def cluster(vectors: Matrix, most: int = MOST) -> Clustering:
    """The groups of unit vectors, shape (vectors, dimensions), of which there is at least one; same input, same groups.

    The number is chosen by the mean silhouette (Rousseeuw 1987) on a sample.
    """
    if len(vectors) < FEWEST:
        return _ordered(vectors, _leaders(vectors), 0.0)
    sample = vectors[_drawn(len(vectors), _SAMPLE)]
    cosines = sample @ sample.T
    choices = _choices(min(most, len(sample) // 3))
    scores = {k: silhouette(cosines, _best_run(sample, cosines, k, _TRIALS)[0]) for k in choices}
    # Where the silhouette is flat it says nothing against more groups, and a reader would rather see more.
    chosen = max(k for k, score in scores.items() if score >= max(scores.values()) - _FLAT)
    return _ordered(vectors, k_means(vectors, chosen), scores[chosen])


def k_means(vectors: Matrix, k: int) -> Labels:
    """Labels of at most ``k`` groups of unit vectors, by cosine (Dhillon and Modha 2001, "Concept Decompositions for
    Large Sparse Text Data"): from the best of a few starts, on a sample, by greedy k-means++ (Arthur and Vassilvitskii
    2007)."""
    sample = vectors[_drawn(len(vectors), _SAMPLE)]
    _, centres, _ = _best_run(sample, sample @ sample.T, k, _STARTS)
    return _lloyd(vectors, centres)[0]


def _best_run(vectors: Matrix, cosines: Matrix, k: int, starts: int) -> tuple[Labels, Matrix, float]:
    draw = np.random.default_rng(0)
    runs = [_lloyd(vectors, vectors[_spread(cosines, k, draw)]) for _ in range(starts)]
    return max(runs, key=lambda run: run[2])


def silhouette(cosines: Matrix, labels: Labels) -> float:
    """How much nearer vectors are to their own group than to the next, mean of up to _SILHOUETTE_SAMPLE; [-1, 1].

    ``cosines`` of all pairs, shape (vectors, vectors). Alone in its group counts as 0, and so does a single group.
    """
    drawn = _drawn(len(labels), _SILHOUETTE_SAMPLE)
    own = np.unique(labels[drawn], return_inverse=True)[1]
    groups = int(own.max(initial=0)) + 1
    if groups < 2:
        return 0.0
    members = np.eye(groups, dtype=np.float32)[own]
    sizes = members.sum(axis=0)
    totals = (1.0 - cosines[np.ix_(drawn, drawn)]) @ members
    at_home = np.arange(len(drawn)), own
    inside = totals[at_home] / np.maximum(sizes[own] - 1, 1)
    means = totals / sizes
    means[at_home] = np.inf
    outside = means.min(axis=1)
    scores = (outside - inside) / np.maximum(np.maximum(inside, outside), 1e-9)
    return float(np.where(sizes[own] > 1, scores, 0.0).mean())


def _choices(most: int) -> list[int]:
    """Numbers of groups worth trying: each about a third more than the one before."""
    return sorted({round(float(k)) for k in np.geomspace(2, max(most, 2), _CHOICES)})


def _spread(cosines: Matrix, k: int, draw: np.random.Generator) -> list[int]:
    """Places to start from that are unlike each other: each the best of a few drawn by their squared distance."""
    chosen = [int(draw.integers(len(cosines)))]
    distance = np.maximum(1.0 - cosines[chosen[0]], 0.0)
    trials = 2 + int(np.log(k))
    while len(chosen) < k:
        total = np.cumsum(distance, dtype=np.float64)
        if total[-1] <= 1e-6:  # nothing but copies of what was chosen
            break
        drawn = np.searchsorted(total, draw.random(trials) * total[-1]).clip(max=len(cosines) - 1)
        left = np.minimum(distance, np.maximum(1.0 - cosines[drawn], 0.0))
        best = int(left.sum(axis=1).argmin())
        chosen.append(int(drawn[best]))
        distance = left[best]
    return chosen


def _lloyd(vectors: Matrix, centres: Matrix) -> tuple[Labels, Matrix, float]:
    """Labels, centres, and the mean cosine to the own centre."""
    labels, cosines = _nearest(vectors, centres)
    for _ in range(_ROUNDS):
        centres = _centres(vectors, labels, centres)
        moved, cosines = _nearest(vectors, centres)
        if np.array_equal(moved, labels):
            break
        labels = moved
    return labels, centres, float(cosines.mean())


def _nearest(vectors: Matrix, centres: Matrix) -> tuple[Labels, Matrix]:
    labels = np.zeros(len(vectors), np.int64)
    cosines = np.zeros(len(vectors), np.float32)
    for first in range(0, len(vectors), _SLICE):
        part = slice(first, first + _SLICE)
        similarities = vectors[part] @ centres.T
        labels[part] = similarities.argmax(axis=1)
        cosines[part] = similarities.max(axis=1)
    return labels, cosines


def _centres(vectors: Matrix, labels: Labels, before: Matrix) -> Matrix:
    """The directions of the groups' sums; a group that lost all its members stays where it was."""
    order = np.argsort(labels, kind="stable")
    groups, starts = np.unique(labels[order], return_index=True)
    sums = np.add.reduceat(vectors[order], starts, axis=0)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    centres = before.copy()
    centres[groups] = np.where(lengths > 1e-9, sums / np.maximum(lengths, 1e-9), before[groups])
    return centres


def _leaders(vectors: Matrix) -> Labels:
    """Each vector joins the first one before it that it is ALIKE, else it begins a group (Hartigan 1975)."""
    leaders: list[int] = []
    labels = np.zeros(len(vectors), np.int64)
    for place, vector in enumerate(vectors):
        cosines = [float(vectors[leader] @ vector) for leader in leaders]
        joined = int(np.argmax(cosines)) if cosines and max(cosines) >= ALIKE else len(leaders)
        if joined == len(leaders):
            leaders.append(place)
        labels[place] = joined
    return labels


def _ordered(vectors: Matrix, labels: Labels, score: float) -> Clustering:
    """Numbered by size, without empty groups."""
    groups, inverse, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty(len(groups), np.int64)
    rank[order] = np.arange(len(groups))
    renamed = rank[inverse]
    return Clustering(renamed, _centres(vectors, renamed, np.zeros((len(groups), vectors.shape[1]), np.float32)), score)


def _drawn(many: int, most: int) -> Labels:
    """The places of a sample, the same every time."""
    return np.sort(np.random.default_rng(0).choice(many, most, replace=False)) if many > most else np.arange(many)
