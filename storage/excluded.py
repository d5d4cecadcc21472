"""Documents that were forgotten on purpose: their sources may offer them as often as they like."""

from __future__ import annotations

from storage.database import Connection, write_block

_ADD = """
INSERT INTO excluded_document (space, location, source_id, excluded_at) VALUES (?, ?, ?, ?)
ON CONFLICT (space, location) DO UPDATE SET source_id = excluded.source_id, excluded_at = excluded.excluded_at
"""
_OF = "SELECT location, source_id FROM excluded_document WHERE space = ? ORDER BY location"


class Excluded:
    """By space and location. A location stays taken, so that no other source's document gets it."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def put(self, space: str, location: str, source_id: int, now: float) -> None:
        """Keeps what that source offers at ``location`` away from now on."""
        with write_block(self._db):
            self._db.execute(_ADD, (space, location, source_id, now))

    def of(self, space: str) -> dict[str, int]:
        """The excluded locations of a space, each with the source that it belongs to."""
        return dict(self._db.rows(_OF, (space,)))

    def take_back(self, space: str, location: str) -> bool:
        """Lets a document in again; False where it was not excluded."""
        with write_block(self._db):
            gone = self._db.execute("DELETE FROM excluded_document WHERE space = ? AND location = ?", (space, location))
            return gone.rowcount > 0
