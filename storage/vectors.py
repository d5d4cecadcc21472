"""The vectors as rows: float32, little-endian, one blob each, with the log of every change to them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.database import Connection, write_block
from storage.errors import KnowbotError
from storage.records import Matrix, VectorChange, VectorKind

Ids = NDArray[np.int64]
VectorRow = tuple[int, VectorKind, str, Matrix]
"""A vector to be stored: chunk id, kind, hash of what was encoded, float32 of length 1 and shape (dimensions,)."""

SLICE = 4096
"""Rows that ``stored`` holds in memory at a time."""

# The passage may have gone while it was being encoded: then its vector is not wanted any more.
_PUT = """
INSERT INTO vector (generation_id, chunk_id, kind, text_hash, data)
SELECT :generation_id, :chunk_id, :kind, :text_hash, :data WHERE EXISTS (SELECT 1 FROM chunk WHERE id = :chunk_id)
ON CONFLICT (chunk_id, generation_id, kind) DO NOTHING
"""
_OF = "SELECT id, data FROM vector WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
_OF_CHUNKS = """
SELECT chunk_id, kind, data FROM json_each(:chunk_ids) AS wanted
CROSS JOIN vector ON chunk_id = wanted.value AND generation_id = :generation_id
"""
# A passage that is being encoded has no vector yet; one whose vector was found has a row for each that it has.
_OF_CANDIDATES = """
WITH wanted AS (
    SELECT chunk_id AS id FROM vector WHERE id IN (SELECT value FROM json_each(:vector_ids))
    UNION SELECT value FROM json_each(:chunk_ids)
)
SELECT wanted.id, kind, data FROM wanted
LEFT JOIN vector ON vector.chunk_id = wanted.id AND generation_id = :generation_id
"""
_CHUNKS_OF = "SELECT id, chunk_id FROM vector WHERE id IN (SELECT value FROM json_each(?))"
_STORED = "SELECT id, data FROM vector WHERE generation_id = ? AND id > ? ORDER BY id LIMIT ?"
_CHANGES = """
SELECT sequence, vector_id, removed FROM vector_change
WHERE generation_id = ? AND sequence > ? ORDER BY sequence
"""
_LAST_SEQUENCE = "SELECT COALESCE(max(sequence), 0) FROM vector_change WHERE generation_id = ?"


class WrongDimensionsError(KnowbotError):
    """A vector is longer or shorter than those of its generation."""


@dataclass(frozen=True)
class CandidateVectors:
    """The passages of a search; ``matrix`` has a row for each of ``keys``, which are (chunk id, kind)."""

    chunk_ids: tuple[int, ...]
    keys: tuple[tuple[int, VectorKind], ...]
    matrix: Matrix


class Vectors:
    """The vectors of every generation."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def put(self, generation_id: int, rows: Sequence[VectorRow]) -> None:
        """Stores vectors. One that is stored already, or whose passage has gone meanwhile, is passed over.

        Raises WrongDimensionsError.
        """
        _refuse_other_dimensions(self._db, generation_id, rows)
        stored = [
            {"generation_id": generation_id, "chunk_id": chunk, "kind": kind, "text_hash": key, "data": to_blob(vector)}
            for chunk, kind, key, vector in rows
        ]
        with write_block(self._db):
            self._db.conn.executemany(_PUT, stored)

    def of(self, ids: Iterable[int]) -> tuple[Ids, Matrix]:
        """The vectors with these ids, ascending, as (ids, matrix of shape (ids, dimensions)); deleted ones lack."""
        return _matrix(self._db.rows(_OF, (json.dumps(list(ids)),)))

    def of_chunks(self, generation_id: int, chunk_ids: Iterable[int]) -> tuple[list[tuple[int, VectorKind]], Matrix]:
        """The vectors of passages as ([(chunk id, kind)], matrix with as many rows)."""
        values = {"chunk_ids": json.dumps(list(chunk_ids)), "generation_id": generation_id}
        rows = self._db.rows(_OF_CHUNKS, values)
        return [(chunk_id, kind) for chunk_id, kind, _ in rows], _stacked([data for _, _, data in rows])

    def of_candidates(
        self, generation_id: int, vector_ids: Iterable[int], chunk_ids: Iterable[int]
    ) -> CandidateVectors:
        """All vectors of the passages that own one of ``vector_ids``, and of those in ``chunk_ids``."""
        values = {"vector_ids": json.dumps(list(vector_ids)), "chunk_ids": json.dumps(list(chunk_ids))}
        rows = self._db.rows(_OF_CANDIDATES, {**values, "generation_id": generation_id})
        encoded = [row for row in rows if row[1] is not None]
        return CandidateVectors(
            tuple(dict.fromkeys(row[0] for row in rows)),
            tuple((chunk_id, kind) for chunk_id, kind, _ in encoded),
            _stacked([data for _, _, data in encoded]),
        )

    def chunks_of(self, ids: Iterable[int]) -> dict[int, int]:
        """The passage of each vector, by vector id; deleted ones are left out."""
        return dict(self._db.rows(_CHUNKS_OF, (json.dumps(list(ids)),)))

    def ids(self, generation_id: int) -> Ids:
        """The ids of all vectors of a generation, ascending."""
        rows = self._db.rows("SELECT id FROM vector WHERE generation_id = ? ORDER BY id", (generation_id,))
        return np.array(rows, dtype=np.int64).reshape(-1)

    def stored(self, generation_id: int) -> Iterator[tuple[Ids, Matrix]]:
        """All vectors of a generation in slices of (ids, matrix), by ascending id."""
        rows = self._db.rows(_STORED, (generation_id, 0, SLICE))
        while rows:
            yield _matrix(rows)
            rows = self._db.rows(_STORED, (generation_id, rows[-1][0], SLICE))

    def changes(self, generation_id: int, after_sequence: int) -> list[VectorChange]:
        """What happened to a generation after that sequence number, in order."""
        rows = self._db.rows(_CHANGES, (generation_id, after_sequence))
        return [VectorChange(sequence, vector_id, bool(removed)) for sequence, vector_id, removed in rows]

    def last_sequence(self, generation_id: int) -> int:
        """The sequence number of the last change, 0 before the first; cheap enough to ask before every search."""
        return int(self._db.rows(_LAST_SEQUENCE, (generation_id,))[0][0])


def to_blob(vector: Matrix) -> bytes:
    """A vector as it is stored."""
    return np.ascontiguousarray(vector, dtype="<f4").tobytes()


def from_blob(data: bytes) -> Matrix:
    """A stored vector, read-only, of shape (dimensions,)."""
    return np.frombuffer(data, dtype="<f4")


def _refuse_other_dimensions(db: Connection, generation_id: int, rows: Sequence[VectorRow]) -> None:
    for (dimensions,) in db.rows("SELECT dimensions FROM generation WHERE id = ?", (generation_id,)):
        for *_, vector in rows:
            if vector.shape != (dimensions,):
                raise WrongDimensionsError(
                    f"generation {generation_id} holds vectors of {dimensions} dimensions and was given one of "
                    f"{vector.size}: run knowbot reindex to change the encoder"
                )


def _matrix(rows: Sequence[tuple[int, bytes]]) -> tuple[Ids, Matrix]:
    return np.array([number for number, _ in rows], dtype=np.int64), _stacked([data for _, data in rows])


def _stacked(blobs: Sequence[bytes]) -> Matrix:
    """One matrix of all blobs; without any, of shape (0, 0)."""
    return np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(blobs), len(blobs[0]) // 4 if blobs else 0)
