"""How on-topic messages lie in clusters, and how well a message fits into one of them.

The measure is the relative Mahalanobis distance (Ren et al. 2021, "A Simple Fix to Mahalanobis Distance for Improving
Near-OOD Detection"): how much better a message fits the nearest cluster than the messages as a whole. There are no
labels, so clusters are found by k-means, at several numbers of clusters whose opinions are averaged; covariances are
shrunk by half, and everything happens in the few dimensions in which the messages vary most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.records import Matrix

CLUSTERS = (5, 10, 20)
FEWEST_MESSAGES = 150
"""Fewer messages say nothing of twenty clusters."""

MOST_MESSAGES = 2000
FOLDS = 5
FEWEST_TO_WAIT = 8000
"""Up to so many messages clusters are made anew for each."""

_DIMENSIONS = 128
_ROUNDS = 25
_SEED = 1

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Clustering:
    """Cluster centres; distances between rows and centres multiplied by ``turn`` are those of Mahalanobis."""

    centres: Array
    turn: Array

    def distances(self, rows: Array) -> Array:
        """Squared Mahalanobis distance of each row to its nearest centre."""
        return np.asarray(_distances(rows @ self.turn, self.centres @ self.turn).min(axis=1))


@dataclass(frozen=True)
class TopicClusters:
    """``basis`` (kept dimensions, all) turns vectors less ``mean`` into what everything else is measured in."""

    mean: Array
    basis: Array
    turn: Array
    clusterings: tuple[_Clustering, ...]

    @staticmethod
    def of(messages: Matrix) -> TopicClusters:
        """The clusters of unit vectors, one a row; at most MOST_MESSAGES of them are looked at."""
        rows = np.asarray(messages[evenly(len(messages), MOST_MESSAGES)], dtype=np.float64)
        mean = rows.mean(axis=0)
        basis = _principal(rows - mean)
        rows = (rows - mean) @ basis.T
        clusterings = []
        for count in CLUSTERS:
            centres, owners = _k_means(rows, count)
            within = rows - centres[owners]
            ridge = np.eye(len(basis)) * (within**2).sum() / within.size
            clusterings.append(_Clustering(centres, _turn(within.T @ within / len(rows) + ridge)))
        # Every clustering is compared with the whole by the same shrinkage, that of the finest.
        return TopicClusters(mean, basis, _turn(rows.T @ rows / len(rows) + ridge), tuple(clusterings))

    def fit_of(self, messages: Matrix) -> Array:
        """How much nearer each message is to a cluster than to the whole, shape (len(messages),); higher is nearer."""
        rows = self._reduced(messages)
        to_whole = ((rows @ self.turn) ** 2).sum(axis=1)
        to_clusters = [clustering.distances(rows) for clustering in self.clusterings]
        return np.asarray(to_whole - np.mean(to_clusters, axis=0))

    def explained(self, messages: Matrix) -> float:
        """The share (at most 1) of how messages differ that is explained by which of the most clusters they are in.

        Of messages that the clusters were made of it is too high, of messages without any clusters about 0.
        """
        rows = self._reduced(messages)
        finest = self.clusterings[-1].centres
        within = _distances(rows, finest).min(axis=1).sum()
        return float(1 - within / max((rows**2).sum(), 1e-12))

    def _reduced(self, messages: Matrix) -> Array:
        return np.asarray((messages - self.mean) @ self.basis.T)


@dataclass(frozen=True)
class SettledClusters:
    """The clusters of the first ``settled`` messages, and those of the same without each fold (row % FOLDS).

    ``explained`` is the mean share that the latter explain of the folds that they lack. All is made anew once a few in
    a hundred are new: one message more does not move it.
    """

    settled: int
    whole: TopicClusters
    without_fold: tuple[TopicClusters, ...]
    explained: float

    @staticmethod
    def of(messages: Matrix, former: SettledClusters | None = None) -> SettledClusters:
        """``former`` was made of the first of the same messages, and is taken where it is what would be made."""
        settled = _settled(len(messages))
        if former and former.settled == settled:
            return former
        first, fold_of = messages[:settled], np.arange(settled) % FOLDS
        folds = tuple(TopicClusters.of(first[fold_of != fold]) for fold in range(FOLDS))
        explained = [clusters.explained(first[fold_of == fold]) for fold, clusters in enumerate(folds)]
        return SettledClusters(settled, TopicClusters.of(first), folds, float(np.mean(explained)))


def evenly(count: int, most: int) -> NDArray[np.int64]:
    """At most ``most`` of the rows 0 to ``count`` - 1, evenly spread."""
    return np.unique(np.linspace(0, max(count - 1, 0), min(count, most)).astype(np.int64))


def _settled(count: int) -> int:
    step = 1 << max((count // 32).bit_length() - 1, 0)
    return count - count % step if count >= FEWEST_TO_WAIT else count


def _principal(rows: Array) -> Array:
    """The directions in which centred rows vary most, one a row, at most _DIMENSIONS."""
    if len(rows) < rows.shape[1]:
        return np.asarray(np.linalg.svd(rows, full_matrices=False)[2][:_DIMENSIONS])
    # Several times quicker, where there are more rows than columns.
    kept = min(_DIMENSIONS, rows.shape[1])
    return np.asarray(np.linalg.eigh(rows.T @ rows)[1][:, : -kept - 1 : -1].T)


def _turn(covariance: Array) -> Array:
    return np.asarray(np.linalg.cholesky(np.linalg.inv(covariance)))


def _distances(rows: Array, centres: Array) -> Array:
    """Squared distance of each row to each centre."""
    squares = (rows**2).sum(axis=1)[:, None] - 2 * rows @ centres.T + (centres**2).sum(axis=1)
    return np.asarray(np.maximum(squares, 0.0))


def _k_means(rows: Array, count: int) -> tuple[Array, NDArray[np.int64]]:
    """Centres, and the number of each row's centre (Lloyd's rounds; begun as in Arthur and Vassilvitskii 2007)."""
    centres = _spread_out(rows, count)
    owners = np.zeros(len(rows), dtype=np.int64)
    for _ in range(_ROUNDS):
        before, owners = owners, _distances(rows, centres).argmin(axis=1)
        if (before == owners).all():
            break
        for number in np.unique(owners):
            centres[number] = rows[owners == number].mean(axis=0)
    return centres, owners


def _spread_out(rows: Array, count: int) -> Array:
    """Rows to begin with, each drawn by its squared distance to those before."""
    draw = np.random.default_rng(_SEED)
    chosen = [int(draw.integers(len(rows)))]
    nearest = np.full(len(rows), np.inf)
    for _ in range(count - 1):
        nearest = np.minimum(nearest, ((rows - rows[chosen[-1]]) ** 2).sum(axis=1))
        total = nearest.sum()
        chosen.append(int(draw.choice(len(rows), p=nearest / total if total > 0 else None)))
    return rows[chosen].copy()
