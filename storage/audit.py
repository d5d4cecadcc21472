"""Who changed what: one line for everything that moderators did. People are named by their keyed hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from storage.database import Connection, write_block

_ADD = "INSERT INTO audit (at, server, who, action, subject) VALUES (?, ?, ?, ?, ?)"
_LATEST = "SELECT at, who, action, subject FROM audit WHERE server = ? ORDER BY id DESC LIMIT ?"

Action = Literal[
    "pause",
    "resume",
    "withdraw",
    "learn",
    "unlearn",
    "save as answer",
    "kb ingest",
    "kb refresh",
    "channel mode",
    "verdict in",
    "verdict out",
    "verdict undo",
]
"""What a moderator may have done."""


@dataclass(frozen=True)
class AuditLine:
    """What ``who`` (a keyed hash) did ``at`` (seconds since the epoch), and to what.

    ``action`` is one of Action, or what an earlier version called it.
    """

    at: float
    who: str
    action: str
    subject: str


class Audit:
    """The audit of every server. Lines are only ever added, until they are too old to be kept."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def note(self, server: str, line: AuditLine) -> None:
        """Adds a line to a server's audit."""
        with write_block(self._db):
            self._db.execute(_ADD, (line.at, server, line.who, line.action, line.subject))

    def latest(self, server: str, limit: int) -> list[AuditLine]:
        """The last lines of a server, newest first."""
        return [AuditLine(*row) for row in self._db.rows(_LATEST, (server, limit))]

    def forget_before(self, before: float) -> int:
        """Deletes older lines; how many."""
        with write_block(self._db):
            return self._db.execute("DELETE FROM audit WHERE at < ?", (before,)).rowcount
