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
        chosen = np.unique(np.linspace(0, len(messages) - 1, min(len(messages), MOST_MESSAGES)).astype(np.int64))
        rows = np.asarray(messages[chosen], dtype=np.float64)
        mean = rows.mean(axis=0)
        basis = np.linalg.svd(rows - mean, full_matrices=False)[2][:_DIMENSIONS]
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
