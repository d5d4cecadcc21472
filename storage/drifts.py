"""How the scores of each space moved, as it was last looked at: one JSON value a space, with no word of a message."""

from __future__ import annotations

import json
from typing import Any

from storage.database import Connection, write_block

_PUT = """
INSERT INTO drift (space, value, made_at) VALUES (?, ?, ?)
ON CONFLICT (space) DO UPDATE SET value = excluded.value, made_at = excluded.made_at
"""


class Drifts:
    """The latest look at each space."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def put(self, space: str, value: dict[str, Any], now: float) -> None:
        """Keeps a look in the place of the one before."""
        with write_block(self._db):
            self._db.execute(_PUT, (space, json.dumps(value), now))

    def all(self) -> list[dict[str, Any]]:
        """The latest look at every space, by their names."""
        return [json.loads(value) for (value,) in self._db.rows("SELECT value FROM drift ORDER BY space")]
