"""Replies that Discord shows as under way, so that a restart after a kill can say something in their place."""

from __future__ import annotations

from dataclasses import dataclass

from storage.database import Connection, write_block


@dataclass(frozen=True)
class Deferral:
    """A reply that was promised at ``deferred_at``; Discord takes it with this ``token`` for 15 minutes."""

    token: str
    deferred_at: float


class Deferrals:
    """Every reply that is owed. A token opens nothing but its own reply, and goes once that was given."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def put(self, deferral: Deferral) -> None:
        """Notes that a reply is owed."""
        with write_block(self._db):
            self._db.execute(
                "INSERT OR IGNORE INTO deferral (token, deferred_at) VALUES (?, ?)",
                (deferral.token, deferral.deferred_at),
            )

    def drop(self, token: str) -> None:
        """Nothing is owed any more; a token that is not known is no error."""
        with write_block(self._db):
            self._db.execute("DELETE FROM deferral WHERE token = ?", (token,))

    def all(self) -> list[Deferral]:
        """What is owed, oldest first."""
        return [Deferral(*row) for row in self._db.rows("SELECT token, deferred_at FROM deferral ORDER BY deferred_at")]
