"""What was found out about a whole space: one JSON value a space, made anew by the worker."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from storage.database import Connection, write_block

_PUT = """
INSERT INTO survey (space, value, made_at) VALUES (?, ?, ?)
ON CONFLICT (space) DO UPDATE SET value = excluded.value, made_at = excluded.made_at
"""
_QUESTIONS = "SELECT id, question FROM interaction WHERE id IN (SELECT value FROM json_each(?))"


class Surveys:
    """The latest survey of each space."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def put(self, space: str, value: dict[str, Any], now: float) -> None:
        """Keeps a survey in the place of the one before."""
        with write_block(self._db):
            self._db.execute(_PUT, (space, json.dumps(value, ensure_ascii=False), now))

    def get(self, space: str) -> dict[str, Any] | None:
        """The survey of a space; None where none was made, or something of it was forgotten since."""
        rows = self._db.rows("SELECT value FROM survey WHERE space = ?", (space,))
        value: dict[str, Any] | None = json.loads(rows[0][0]) if rows else None
        return value

    def questions(self, numbers: Iterable[int]) -> dict[int, str]:
        """The words of recorded questions that a survey names, by number; forgotten ones are left out."""
        return dict(self._db.rows(_QUESTIONS, (json.dumps(list(numbers)),)))
