"""Documents unlike the rest: ingested by mistake, perhaps, or the only ones on their subject."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retrieval.exploring.corpus import Corpus
from storage.records import Matrix

FEWEST = 20
"""Among fewer documents none stands out."""

NEIGHBOURS = 5
_STANDS_OUT = 3.5
_TO_DEVIATION = 1.4826
_SLICE = 1024


@dataclass(frozen=True)
class Outlier:
    """``similarity`` is the mean cosine to the nearest documents, of which ``nearest`` is the first."""

    location: str
    title: str
    similarity: float
    nearest: str


def outliers(corpus: Corpus) -> list[Outlier]:
    """The documents whose likeness to their NEIGHBOURS nearest lies far below that of others, strangest first.

    Far: a modified z-score beyond 3.5 (Iglewicz and Hoaglin 1993), by the median and its absolute deviation.
    """
    documents, vectors = corpus.documents()
    if len(documents) < FEWEST:
        return []
    likeness, nearest = _likeness(vectors)
    middle = np.median(likeness)
    deviation = np.median(np.abs(likeness - middle)) * _TO_DEVIATION
    far = np.flatnonzero(likeness < middle - _STANDS_OUT * max(float(deviation), 1e-6))
    return [
        Outlier(
            documents[place].document_location,
            documents[place].document_title,
            round(float(likeness[place]), 4),
            documents[int(nearest[place])].document_location,
        )
        for place in far[np.argsort(likeness[far], kind="stable")]
    ]


def _likeness(vectors: Matrix) -> tuple[Matrix, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    likeness = np.zeros(len(vectors), np.float32)
    nearest = np.zeros(len(vectors), np.int64)
    for first in range(0, len(vectors), _SLICE):
        rows = np.arange(first, min(first + _SLICE, len(vectors)))
        similarities = vectors[rows] @ vectors.T
        similarities[np.arange(len(rows)), rows] = -np.inf
        nearest[rows] = similarities.argmax(axis=1)
        likeness[rows] = np.sort(similarities, axis=1)[:, -NEIGHBOURS:].mean(axis=1)
    return likeness, nearest
