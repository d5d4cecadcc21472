"""What an embeddings API sent back, as a matrix in the order of the question, or refused."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from retrieval.api.retrying import MalformedReplyError
from storage.records import Matrix


class Row(Protocol):
    """One vector of a reply: base64 of float32, little-endian, or from a server that knows no base64 a list."""

    @property
    def index(self) -> int:
        """Which input it belongs to."""
        ...

    @property
    def embedding(self) -> str | list[float]:
        """The vector."""
        ...


def matrix_of(rows: Sequence[Row] | None, count: int, dimensions: int) -> Matrix:
    """float32 of shape (count, dimensions), in the order of the inputs.

    Raises MalformedReplyError unless there is exactly one usable vector for each.
    """
    by_index = {row.index: row for row in rows or ()}
    if len(rows or ()) != count or by_index.keys() != set(range(count)):
        raise MalformedReplyError(f"{len(rows or ())} vectors for {count} texts")
    matrix = np.empty((count, dimensions), dtype=np.float32)
    for index, row in by_index.items():
        vector = _vector(row.embedding)
        if vector.shape != (dimensions,):
            raise MalformedReplyError(f"a vector of {vector.size} dimensions where {dimensions} were expected")
        matrix[index] = vector
    lengths = np.linalg.norm(matrix, axis=1)
    if not np.all(np.isfinite(lengths)) or np.any(lengths == 0):
        raise MalformedReplyError("a vector of zeros or NaN")
    return matrix


def _vector(embedding: str | list[float]) -> Matrix:
    try:
        if isinstance(embedding, str):
            return np.frombuffer(base64.b64decode(embedding, validate=True), dtype="<f4")
        return np.asarray(embedding, dtype=np.float32)
    except (binascii.Error, ValueError, TypeError) as error:
        raise MalformedReplyError("a vector that is none") from error
