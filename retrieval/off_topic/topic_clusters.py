"""How on-topic messages lie in clusters, and how well a message fits into one of them.

The measure is the relative Mahalanobis distance (Ren et al. 2021, "A Simple Fix to Mahalanobis Distance for Improving
Near-OOD Detection"): how much better a message fits the nearest cluster than the messages as a whole. There are no
labels, so clusters are found by k-means; covariances are shrunk by half, and everything happens in the few dimensions
in which the messages vary most.

Which clusters k-means finds is a matter of luck, so that many opinions are averaged: those of several numbers of
clusters, each made again and again without some of the messages (bagging: Breiman 1996). A message that was learnt from
is judged by those that were made without it ("out of bag"), as one of tomorrow is by all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.records import Matrix

CLUSTERS = (10, 20)
FEWEST_MESSAGES = 150
"""Fewer messages say nothing of twenty clusters."""

MOST_MESSAGES = 2000
FOLDS = 10
LEFT_OUT = 3
"""Folds (row % FOLDS) that each clustering is made without: every fold is left out by as many clusterings."""

FEWEST_TO_WAIT = 8000
"""Up to so many messages clusters are made anew for each."""

_DIMENSIONS = 128
_ROUNDS = 25

Array = NDArray[np.float64]
Rows = NDArray[np.int64]


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
    def of(messages: Matrix, seed: int = 0) -> TopicClusters:
        """The clusters of unit vectors, one a row; at most MOST_MESSAGES of them are looked at."""
        rows = np.asarray(messages[evenly(len(messages), MOST_MESSAGES)], dtype=np.float64)
        mean = rows.mean(axis=0)
        basis = _principal(rows - mean)
        rows = (rows - mean) @ basis.T
        clusterings, draw = [], np.random.default_rng(seed)
        for count in CLUSTERS:
            centres, owners = _k_means(rows, count, draw)
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
    """Clusters of the first ``settled`` messages, made FOLDS times, each time without LEFT_OUT of the folds.

    ``explained`` is the mean share that they explain of the messages that they were made without. All is made anew once
    a few in a hundred are new: one message more does not move it.
    """

    settled: int
    made: tuple[TopicClusters, ...]
    explained: float

    @staticmethod
    def of(messages: Matrix, former: SettledClusters | None = None) -> SettledClusters:
        """``former`` was made of the first of the same messages, and is taken where it is what would be made."""
        settled = _settled(len(messages))
        if former and former.settled == settled:
            return former
        first, rows = messages[:settled], np.arange(settled)
        made, explained = [], []
        for number in range(FOLDS):
            left_out = _left_out(number, rows)
            made.append(TopicClusters.of(first[~left_out], seed=number))
            explained.append(made[-1].explained(first[left_out]))
        return SettledClusters(settled, tuple(made), float(np.mean(explained)))

    def fit_of(self, messages: Matrix) -> Array:
        """How much nearer each message is to a cluster than to the whole, shape (len(messages),); higher is nearer."""
        return np.asarray(np.mean([clusters.fit_of(messages) for clusters in self.made], axis=0))

    def held_out_fit(self, messages: Matrix, rows: Rows) -> Array:
        """The same of messages that were learnt from, by the clusters that were made without them.

        ``rows`` says where among those learnt from each of them stands.
        """
        fits = np.zeros(len(messages))
        for number, clusters in enumerate(self.made):
            left_out = _left_out(number, rows)
            fits[left_out] += clusters.fit_of(messages[left_out]) / LEFT_OUT
        return fits


def evenly(count: int, most: int) -> Rows:
    """At most ``most`` of the rows 0 to ``count`` - 1, evenly spread."""
    return np.unique(np.linspace(0, max(count - 1, 0), min(count, most)).astype(np.int64))


def _left_out(number: int, rows: Rows) -> NDArray[np.bool_]:
    """Which of the rows the clustering of that number is made without."""
    return np.asarray((rows - number) % FOLDS < LEFT_OUT)


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


def _k_means(rows: Array, count: int, draw: np.random.Generator) -> tuple[Array, Rows]:
    """Centres, and the number of each row's centre (Lloyd's rounds; begun as in Arthur and Vassilvitskii 2007)."""
    centres = _spread_out(rows, count, draw)
    owners = np.zeros(len(rows), dtype=np.int64)
    for _ in range(_ROUNDS):
        before, owners = owners, _distances(rows, centres).argmin(axis=1)
        if (before == owners).all():
            break
        members = np.arange(count)[:, None] == owners
        sizes = members.sum(axis=1)
        centres = np.where(sizes[:, None], members @ rows / np.maximum(sizes, 1)[:, None], centres)
    return centres, owners


def _spread_out(rows: Array, count: int, draw: np.random.Generator) -> Array:
    """Rows to begin with, each drawn by its squared distance to those before."""
    chosen = [int(draw.integers(len(rows)))]
    nearest = np.full(len(rows), np.inf)
    for _ in range(count - 1):
        nearest = np.minimum(nearest, ((rows - rows[chosen[-1]]) ** 2).sum(axis=1))
        total = nearest.sum()
        chosen.append(int(draw.choice(len(rows), p=nearest / total if total > 0 else None)))
    return rows[chosen].copy()
