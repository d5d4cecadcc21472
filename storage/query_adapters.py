"""Maps that were fitted to the question vectors of a generation: float32, little-endian, row by row."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from storage.database import Connection, write_block
from storage.records import Matrix
from storage.vectors import from_blob, to_blob

_PUT = "INSERT OR IGNORE INTO query_adapter (generation_id, digest, data) VALUES (?, ?, ?)"
_GET = "SELECT data FROM query_adapter WHERE generation_id = ? AND digest = ?"
_IN_MEMORY = 8


class QueryAdapters:
    """The maps of every generation, by digest. They go with their generation, and until then every fit can go back."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        # A digest never means another map, so that what was read once need not be read before every question.
        self._read = lru_cache(maxsize=_IN_MEMORY)(self._stored)

    def put(self, generation_id: int, digest: str, matrix: Matrix) -> None:
        """Stores a square map; one that is stored already is left as it is."""
        with write_block(self._db):
            self._db.execute(_PUT, (generation_id, digest, to_blob(matrix)))

    def get(self, generation_id: int, digest: str) -> Matrix:
        """A stored map, read-only, of shape (dimensions, dimensions); raises KeyError where there is none."""
        return self._read(generation_id, digest)

    def _stored(self, generation_id: int, digest: str) -> Matrix:
        rows = self._db.rows(_GET, (generation_id, digest))
        if not rows:
            raise KeyError(digest)
        flat = from_blob(rows[0][0])
        dimensions = math.isqrt(len(flat))
        return np.reshape(flat, (dimensions, dimensions))
