"""The sources that documents come from, so that a refresh can go there again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from storage.database import Connection, write_block
from storage.records import Source

_REMEMBER = """
INSERT INTO source (space, kind, location, added_at, options)
VALUES (:space, :kind, :location, :now, COALESCE(:options, '{}'))
ON CONFLICT (space, location) DO UPDATE SET kind = excluded.kind, options = COALESCE(:options, options)
RETURNING id, space, kind, location, added_at, refreshed_at, options
"""
_LIST = """
SELECT id, space, kind, location, added_at, refreshed_at, options
FROM source WHERE :space IS NULL OR space = :space ORDER BY space, location
"""


class Sources:
    """The sources of every space; a location names at most one of them in its space."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def remember(
        self, space: str, kind: str, location: str, now: float, options: Mapping[str, Any] | None = None
    ) -> Source:
        """The source at ``location``, which is added where the space does not know it yet.

        ``options`` take the place of those that were remembered; None keeps them.
        """
        values = {"space": space, "kind": kind, "location": location, "now": now}
        values["options"] = None if options is None else json.dumps(options)
        with write_block(self._db):
            return _source(self._db.rows(_REMEMBER, values)[0])

    def list(self, space: str | None = None) -> list[Source]:
        """The sources of one space, or of all."""
        return [_source(row) for row in self._db.rows(_LIST, {"space": space})]

    def mark_refreshed(self, source_id: int, now: float) -> None:
        """Notes that everything at the source was looked at."""
        with write_block(self._db):
            self._db.execute("UPDATE source SET refreshed_at = ? WHERE id = ?", (now, source_id))

    def forget(self, source_id: int) -> int:
        """Removes a source with its documents and all that was noted of it; how many documents."""
        with write_block(self._db):
            gone = self._db.execute("DELETE FROM document WHERE source_id = ?", (source_id,)).rowcount
            self._db.execute("DELETE FROM excluded_document WHERE source_id = ?", (source_id,))
            self._db.execute("DELETE FROM source WHERE id = ?", (source_id,))
            return gone


def _source(row: tuple[Any, ...]) -> Source:
    return replace(Source(*row), options=json.loads(row[-1]))
