"""Vectors in memory, and exact search over them. Every similarity that leaves the storage is computed here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storage.records import Matrix
from storage.vectors import Ids

_BLOCK = 32
_SLACK = 1e-5
"""How far two ways to add up one dot product in float32 may lie apart."""


class Hit(NamedTuple):
    """A vector that was found; ``similarity`` is the cosine, in [-1, 1]."""

    vector_id: int
    similarity: float


@dataclass(frozen=True)
class Rows:
    """Vectors of length 1 by id: ``ids`` ascending, of shape (n,), and ``matrix`` of shape (n, dimensions)."""

    ids: Ids
    matrix: Matrix

    @staticmethod
    def empty(dimensions: int) -> Rows:
        """No vectors."""
        return Rows(np.zeros(0, np.int64), np.zeros((0, dimensions), np.float32))

    @staticmethod
    def of(parts: Iterable[Rows], dimensions: int) -> Rows:
        """All parts in one; their ids have to follow each other."""
        rows = [Rows.empty(dimensions), *parts]
        return Rows(np.concatenate([part.ids for part in rows]), np.concatenate([part.matrix for part in rows]))

    def changed(self, removed: Ids, added: Rows) -> Rows:
        """Without the removed ids and with the added rows. The same change made twice is made once."""
        kept = np.isin(self.ids, np.concatenate([removed, added.ids]), invert=True)
        ids = np.concatenate([self.ids[kept], added.ids])
        matrix = np.concatenate([self.matrix[kept], added.matrix.reshape(-1, self.matrix.shape[1])])
        if np.all(ids[:-1] < ids[1:]):  # as a rule: new ids are the largest
            return Rows(ids, matrix)
        order = np.argsort(ids)
        return Rows(ids[order], matrix[order])

    def search(self, queries: Matrix, k: int, allowed: Ids | None = None) -> list[list[Hit]]:
        """The ``k`` nearest of the allowed rows to each query, exactly; best first, equal ones by id."""
        places = None if allowed is None else np.flatnonzero(np.isin(self.ids, allowed))
        found = []
        for first in range(0, len(queries), _BLOCK):
            block = queries[first : first + _BLOCK]
            for query, similarities in zip(block, _similarities(block, self.matrix), strict=True):
                near = _near(similarities, k) if places is None else places[_near(similarities[places], k)]
                found.append(ranked(query, self.ids[near], self.matrix[near], k))
        return found


def ranked(query: Matrix, ids: Ids, matrix: Matrix, k: int) -> list[Hit]:
    """The ``k`` rows nearest to one query, best first, equal ones by id.

    Each row is added up by itself, in float64: equal vectors get equal similarities wherever they stand, so that the
    order depends neither on their place nor on how they were found.
    """
    exact = np.einsum("ij,j->i", matrix.astype(np.float64), query.astype(np.float64))
    similarities = np.clip(exact, -1.0, 1.0).astype(np.float32)
    order = np.lexsort((ids, -similarities))[:k]
    return [Hit(int(ids[place]), float(similarities[place])) for place in order]


def _similarities(queries: Matrix, matrix: Matrix) -> Matrix:
    """Of shape (queries, rows). One query is faster by einsum: it starts no threads that others keep waiting."""
    if len(queries) == 1:
        return np.asarray(np.einsum("ij,j->i", matrix, queries[0])[None, :], dtype=np.float32)
    return np.asarray(queries @ matrix.T, dtype=np.float32)


def _near(similarities: Matrix, k: int) -> NDArray[np.int64]:
    """The places of the ``k`` largest and of all that rounding may have kept from being among them."""
    if k <= 0:
        return np.zeros(0, np.int64)
    if k >= len(similarities):
        return np.arange(len(similarities))
    least = np.partition(similarities, -k)[-k]
    return np.flatnonzero(similarities >= least - _SLACK)
