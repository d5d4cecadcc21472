"""How well each space answered questions whose document is known: one JSON value an exam, no word of a question."""

from __future__ import annotations

import json
from typing import Any

from storage.database import Connection, write_block

KEPT = 90
"""Exams of a space; the oldest goes when another comes."""

_ADD = "INSERT INTO exam (space, value, taken_at) VALUES (?, ?, ?)"
_DROP = """
DELETE FROM exam WHERE space = :space
AND id NOT IN (SELECT id FROM exam WHERE space = :space ORDER BY id DESC LIMIT :kept)
"""
_OF_SPACE = "SELECT value FROM exam WHERE space = ? ORDER BY id DESC LIMIT ?"


class Exams:
    """The exams of every space."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, space: str, value: dict[str, Any], now: float) -> None:
        """Keeps an exam beside those before it."""
        with write_block(self._db):
            self._db.execute(_ADD, (space, json.dumps(value), now))
            self._db.execute(_DROP, {"space": space, "kept": KEPT})

    def of_space(self, space: str, most: int = KEPT) -> list[dict[str, Any]]:
        """The latest exams of a space, newest first."""
        return [json.loads(value) for (value,) in self._db.rows(_OF_SPACE, (space, most))]
