"""Vectors of what was encoded before, by the hash of its text, so that nothing is encoded twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Literal

from storage.database import Connection, write_block
from storage.records import Matrix
from storage.vectors import from_blob, to_blob

# The vector of a stored passage serves as its entry here, so that no document is kept twice.
_FIND = """
SELECT text_hash, data FROM embedding_cache
WHERE fingerprint = :fingerprint AND text_hash IN (SELECT value FROM json_each(:hashes))
UNION ALL
SELECT text_hash, data FROM json_each(:hashes) AS wanted
CROSS JOIN vector ON text_hash = wanted.value
CROSS JOIN generation ON generation.id = generation_id AND generation.fingerprint = :fingerprint
"""
# A text that is a reference as well as a question is a reference: the later word in the alphabet wins.
_REMEMBER = """
INSERT INTO embedding_cache (fingerprint, text_hash, kind, data, used_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (fingerprint, text_hash) DO UPDATE SET kind = max(kind, excluded.kind), used_at = excluded.used_at
"""
_EXPIRE = "DELETE FROM embedding_cache WHERE kind = 'query' AND used_at < ?"
# References are few and looked at with every message: they go last.
_SHRINK = """
DELETE FROM embedding_cache WHERE (fingerprint, text_hash) IN (
    SELECT fingerprint, text_hash FROM embedding_cache
    ORDER BY kind = 'query', used_at DESC LIMIT -1 OFFSET ?
)
"""


class EmbeddingCache:
    """Vectors by (fingerprint, sha256 of the text); vectors of different fingerprints never meet.

    Where a vector depends on more than its text, the caller has another key for it, in place of that hash.
    """

    def __init__(self, db: Connection) -> None:
        self._db = db

    def find(self, fingerprint: str, text_hashes: Iterable[str]) -> dict[str, Matrix]:
        """The vectors that are known, by text hash; each of shape (dimensions,) and read-only."""
        values = {"fingerprint": fingerprint, "hashes": json.dumps(sorted(set(text_hashes)))}
        return {text_hash: from_blob(data) for text_hash, data in self._db.rows(_FIND, values)}

    def remember(
        self, fingerprint: str, kind: Literal["query", "reference"], vectors: Mapping[str, Matrix], now: float
    ) -> None:
        """Keeps vectors by text hash. Queries expire; references stay as long as there is room."""
        rows = [(fingerprint, text_hash, kind, to_blob(vector), now) for text_hash, vector in vectors.items()]
        with write_block(self._db):
            self._db.conn.executemany(_REMEMBER, rows)

    def evict(self, now: float, query_ttl_seconds: float, max_rows: int) -> int:
        """Forgets queries not remembered for ``query_ttl_seconds``, then the oldest beyond ``max_rows``.

        Returns how many vectors went.
        """
        with write_block(self._db):
            expired = self._db.execute(_EXPIRE, (now - query_ttl_seconds,)).rowcount
            return expired + self._db.execute(_SHRINK, (max_rows,)).rowcount
