"""The servers that knowbot is or was on, and which of them each channel belongs to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from storage.database import Connection, write_block

_CHANNEL = "INSERT OR IGNORE INTO server_channel (channel_id, server_id) VALUES (?, ?)"
_JOINED = """
INSERT INTO server (id, application_id, name) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET application_id = excluded.application_id, left_at = NULL,
    name = CASE excluded.name WHEN '' THEN name ELSE excluded.name END
"""
_LEFT = """
INSERT INTO server (id, application_id, name, left_at) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET left_at = COALESCE(left_at, excluded.left_at)
"""
_ELSEWHERE = """
UPDATE server SET left_at = :now WHERE left_at IS NULL AND application_id = :application
    AND id NOT IN (SELECT value FROM json_each(:here))
RETURNING id, name, left_at
"""
_GONE = "SELECT id, name, left_at FROM server WHERE left_at IS NOT NULL ORDER BY left_at"


@dataclass(frozen=True)
class LeftServer:
    """A server that knowbot is not on any more, since ``left_at`` (seconds since the epoch)."""

    id: int
    name: str
    left_at: float


class Servers:
    """A server that is left is only marked; what came from it goes when ``Forgetting`` is told to."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def note_channels(self, server_id: int, channel_ids: Iterable[int]) -> None:
        """Remembers that channels and threads are a server's, which nobody could tell once it is left."""
        with write_block(self._db):
            self._db.conn.executemany(_CHANNEL, [(number, server_id) for number in channel_ids])

    def joined(self, application_id: int, server_id: int, name: str) -> None:
        """Notes that the bot of that application is on a server; one that was left counts as never left."""
        with write_block(self._db):
            self._db.execute(_JOINED, (server_id, application_id, name))

    def left(self, application_id: int, server: LeftServer) -> None:
        """Notes that a server was left; one that was left before keeps its time."""
        with write_block(self._db):
            self._db.execute(_LEFT, (server.id, application_id, server.name, server.left_at))

    def only_on(self, application_id: int, names: Mapping[int, str], now: float) -> list[LeftServer]:
        """Notes all servers that the bot of an application is on; returns those that were left unnoticed.

        Servers of another application stay as they are: a bot under another name was never on them.
        """
        values = {"now": now, "application": application_id, "here": json.dumps(list(names))}
        with write_block(self._db):
            for number, name in names.items():
                self.joined(application_id, number, name)
            return [LeftServer(*row) for row in self._db.rows(_ELSEWHERE, values)]

    def gone(self) -> list[LeftServer]:
        """The servers that were left and not forgotten yet, the first left first."""
        return [LeftServer(*row) for row in self._db.rows(_GONE)]
