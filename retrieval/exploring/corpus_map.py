"""A space as a map: every document a point in two dimensions, near where it is alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.exploring.cluster import Clustering
from retrieval.exploring.corpus import Corpus
from storage.records import Matrix

MOST_POINTS = 5000
"""Documents on a map; of more, every so many is shown."""


@dataclass(frozen=True)
class MapPoint:
    """A document at (x, y); ``topic`` numbers the topic that most of its passages belong to."""

    location: str
    title: str
    x: float
    y: float
    topic: int


@dataclass(frozen=True)
class Axes:
    """Where a map looks from: ``mean`` of shape (dimensions,), ``directions`` (2, dimensions), as lists for JSON.

    ``explained`` is the share of all variance that the two directions hold, 0-1.
    """

    mean: tuple[float, ...]
    directions: tuple[tuple[float, ...], tuple[float, ...]]
    explained: float

    def project(self, vectors: Matrix) -> Matrix:
        """Coordinates of shape (vectors, 2)."""
        return np.asarray((vectors - np.array(self.mean)) @ np.array(self.directions).T, dtype=np.float32)


def principal_axes(vectors: Matrix) -> Axes:
    """The two directions of largest variance (Pearson 1901), by the eigenvectors of the covariance.

    Each points to where its largest component is positive, so that the same corpus gives the same map.
    """
    mean = vectors.mean(axis=0)
    centred = (vectors - mean).astype(np.float64)
    values, eigenvectors = np.linalg.eigh(centred.T @ centred)
    directions = eigenvectors[:, ::-1][:, :2].T
    directions *= np.sign(directions[np.arange(len(directions)), np.abs(directions).argmax(axis=1)])[:, None]
    explained = float(values[-2:].sum() / values.sum()) if values.sum() > 0 else 0.0
    first, second = (tuple(round(float(part), 6) for part in row) for row in directions)
    return Axes(tuple(round(float(part), 6) for part in mean), (first, second), round(explained, 4))


def map_of(corpus: Corpus, clustering: Clustering) -> tuple[list[MapPoint], Axes]:
    """Every document's place, and the axes by which questions are placed beside them."""
    documents, vectors = corpus.documents()
    axes = principal_axes(vectors)
    topic = _topics_by_document(corpus, clustering)
    step = -(-len(documents) // MOST_POINTS)
    places = axes.project(vectors)
    return [
        MapPoint(chunk.document_location, chunk.document_title, round(float(x), 4), round(float(y), 4), number)
        for chunk, (x, y), number in list(zip(documents, places, topic, strict=True))[::step]
    ], axes


def _topics_by_document(corpus: Corpus, clustering: Clustering) -> Sequence[int]:
    """In the order of ``corpus.documents``."""
    _, owner = np.unique([chunk.document_id for chunk in corpus.chunks], return_inverse=True)
    votes = np.zeros((int(owner.max()) + 1, len(clustering.centres)), np.int64)
    np.add.at(votes, (owner, clustering.labels), 1)
    return [int(group) for group in votes.argmax(axis=1)]
