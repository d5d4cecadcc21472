"""What members decided about themselves, and the threads that were left to people."""

from __future__ import annotations

from storage.database import Connection, write_block

_HAND_OVER = "INSERT INTO handover (channel_id, handed_at) VALUES (?, ?) ON CONFLICT (channel_id) DO NOTHING"


class OptOuts:
    """Those who want nothing of theirs recorded or learnt from, by their keyed hash."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def has(self, author_hash: str) -> bool:
        """True where that member opted out."""
        return bool(self._db.rows("SELECT 1 FROM opted_out WHERE author_hash = ?", (author_hash,)))

    def put(self, author_hash: str, now: float) -> None:
        """Opts a member out; twice is no error."""
        with write_block(self._db):
            self._db.execute(
                "INSERT OR IGNORE INTO opted_out (author_hash, opted_at) VALUES (?, ?)", (author_hash, now)
            )

    def take_back(self, author_hash: str) -> None:
        """Opts a member in again; one who is in is no error."""
        with write_block(self._db):
            self._db.execute("DELETE FROM opted_out WHERE author_hash = ?", (author_hash,))


class Handovers:
    """Channels in which a person was called: knowbot no longer speaks there unless it is spoken to."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def put(self, channel_id: int, now: float) -> bool:
        """Leaves a channel to people; False where it was already."""
        with write_block(self._db):
            return self._db.execute(_HAND_OVER, (channel_id, now)).rowcount > 0

    def all(self) -> set[int]:
        """Every channel that was left to people."""
        return {number for (number,) in self._db.rows("SELECT channel_id FROM handover")}

    def forget_before(self, before: float) -> int:
        """Deletes those of earlier; how many."""
        with write_block(self._db):
            return self._db.execute("DELETE FROM handover WHERE handed_at < ?", (before,)).rowcount
