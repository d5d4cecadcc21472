"""Settings of a space that change without a restart, with everything they ever were."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from storage.database import Connection, write_block
from storage.errors import KnowbotError

T = TypeVar("T")

UNDO = "undo"
"""``set_by`` of a line that takes the setting before it back."""

_SET = "INSERT INTO tunable (space, name, value, set_by, set_at) VALUES (?, ?, ?, ?, ?)"
_LATEST = "SELECT value FROM tunable WHERE space = ? AND name = ? ORDER BY id DESC LIMIT 1"
_BEGINNING = """
SELECT space, name, value, set_at, set_by FROM tunable
WHERE id IN (SELECT max(id) FROM tunable WHERE name LIKE ? || '%' GROUP BY space, name) ORDER BY space, name
"""
_HISTORY = "SELECT space, name, value, set_at, set_by FROM tunable WHERE space = ? AND name = ? ORDER BY id"


class NothingToUndoError(KnowbotError):
    """The tunable stands at its default."""


@dataclass(frozen=True)
class Tunable:
    """A setting of one space that changes without a restart, as it stood from ``set_at`` on."""

    space: str
    name: str
    value: Any
    set_at: float
    set_by: str


class Tunables:
    """The tunables of every space. Lines are only ever added; the latest one counts."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, space: str, name: str, default: T) -> T:
        """The value as it stands (anything that JSON can say but null), else ``default``."""
        rows = self._db.rows(_LATEST, (space, name))
        value: T | None = json.loads(rows[0][0]) if rows else None
        return default if value is None else value

    def set(self, space: str, name: str, value: object, by: str, now: float) -> None:
        """Changes the value; ``by`` says who did, and None goes back to the default."""
        with write_block(self._db):
            self._db.execute(_SET, (space, name, json.dumps(value), by, now))

    def beginning(self, prefix: str) -> list[Tunable]:
        """The values as they stand, in all spaces, of the tunables whose names begin so."""
        rows = self._db.rows(_BEGINNING, (prefix,))
        return [Tunable(space, name, json.loads(value), at, by) for space, name, value, at, by in rows]

    def history(self, space: str, name: str) -> list[Tunable]:
        """Every value that was set, oldest first."""
        rows = self._db.rows(_HISTORY, (space, name))
        return [Tunable(space, name, json.loads(value), at, by) for space, name, value, at, by in rows]

    def undo(self, space: str, name: str, now: float) -> None:
        """Takes the last change back; again, the one before it. Raises NothingToUndoError at the default."""
        with write_block(self._db):
            standing: list[object] = []
            for line in self.history(space, name):
                if line.set_by == UNDO:
                    standing.pop()
                else:
                    standing.append(line.value)
            if not standing:
                raise NothingToUndoError(f"{name} stands at its default in the space {space}: there is nothing to undo")
            self.set(space, name, standing[-2] if len(standing) > 1 else None, UNDO, now)
