"""What could not be read of a source when it was looked at last, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from storage.database import Connection, write_block

_FORGET = "DELETE FROM unread_document WHERE source_id = ? AND location IN (SELECT value FROM json_each(?))"
_ADD = """
INSERT INTO unread_document (source_id, location, reason, noted_at) VALUES (:source_id, :location, :reason, :now)
ON CONFLICT (source_id, location) DO UPDATE SET reason = excluded.reason, noted_at = excluded.noted_at
"""
_OF = "SELECT location, reason FROM unread_document WHERE source_id = ? ORDER BY location LIMIT ?"


class Unread:
    """By source and location. A source that cannot be looked at at all stands here under its own location."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def note(self, source_id: int, reasons: Mapping[str, str], now: float, read: Iterable[str] | None = None) -> None:
        """Notes what could not be read; what was noted before of the locations ``read`` goes, without them all."""
        with write_block(self._db):
            if read is None:
                self._db.execute("DELETE FROM unread_document WHERE source_id = ?", (source_id,))
            else:
                self._db.execute(_FORGET, (source_id, json.dumps(list(read))))
            for location, reason in reasons.items():
                values = {"source_id": source_id, "location": location, "reason": reason, "now": now}
                self._db.execute(_ADD, values)

    def of(self, source_id: int, limit: int) -> dict[str, str]:
        """The reasons by location, the first ``limit`` of a source."""
        return dict(self._db.rows(_OF, (source_id, limit)))
