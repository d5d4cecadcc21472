"""What could not be read of a source when it was looked at last, why, and when it was read before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from storage.database import Connection, write_block

_FORGET = """
DELETE FROM unread_document
WHERE source_id = :source_id AND location NOT IN (SELECT value FROM json_each(:unread))
  AND (:read IS NULL OR location IN (SELECT value FROM json_each(:read)))
"""
# What fails again was read when it was noted first: then its source had last been looked at with success.
_ADD = """
INSERT INTO unread_document (source_id, location, reason, noted_at, last_read_at)
VALUES (:source_id, :location, :reason, :now, (SELECT refreshed_at FROM source WHERE id = :source_id))
ON CONFLICT (source_id, location) DO UPDATE SET reason = excluded.reason, noted_at = excluded.noted_at
"""
_OF = "SELECT location, reason FROM unread_document WHERE source_id = ? ORDER BY location LIMIT ?"
_FRESHNESS = """
SELECT document.location, expires_at,
       CASE WHEN unread.location IS NOT NULL THEN max(stored_at, min(COALESCE(last_read_at, stored_at))) END
FROM document LEFT JOIN source ON source.id = document.source_id
LEFT JOIN unread_document AS unread
    ON unread.source_id = source.id AND unread.location IN (document.location, source.location)
WHERE document.space = :space AND document.location IN (SELECT value FROM json_each(:locations))
GROUP BY document.location
"""


@dataclass(frozen=True)
class Freshness:
    """When a document expires, and when it was last read, if it could not be read at the last look; else None."""

    expires_at: float | None
    last_read_at: float | None


class Unread:
    """By source and location. A source that cannot be looked at at all stands here under its own location."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def note(self, source_id: int, reasons: Mapping[str, str], now: float, read: Iterable[str] | None = None) -> None:
        """Notes what could not be read; what was noted before of the locations ``read`` goes, without them all."""
        looked_at = None if read is None else json.dumps(list(read))
        with write_block(self._db):
            self._db.execute(_FORGET, {"source_id": source_id, "unread": json.dumps(list(reasons)), "read": looked_at})
            for location, reason in reasons.items():
                values = {"source_id": source_id, "location": location, "reason": reason, "now": now}
                self._db.execute(_ADD, values)

    def of(self, source_id: int, limit: int) -> dict[str, str]:
        """The reasons by location, the first ``limit`` of a source."""
        return dict(self._db.rows(_OF, (source_id, limit)))

    def freshness(self, space: str, locations: Iterable[str]) -> dict[str, Freshness]:
        """How fresh documents are, by location; a document goes with its source where that cannot be looked at."""
        rows = self._db.rows(_FRESHNESS, {"space": space, "locations": json.dumps(list(locations))})
        return {location: Freshness(*fresh) for location, *fresh in rows}
