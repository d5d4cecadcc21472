"""Messages whose verdict is known: what the off-topic judge learns from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from storage.database import Connection, write_block
from storage.flags import Flag
from storage.records import Label

# A replaced row gets a new id, so that ``revision`` moves.
_PUT = """
INSERT OR REPLACE INTO taught_example (space, text, label, origin, taught_at) VALUES (?, ?, ?, ?, ?)
"""
_PUT_VERDICT = """
INSERT OR REPLACE INTO taught_example (space, text, label, origin, flag_id, author_hash, channel_id, taught_at)
VALUES (?, ?, ?, 'moderator', ?, ?, ?, ?)
"""
_LIST = """
SELECT id, space, text, label, origin, taught_at FROM taught_example WHERE space = ? AND label = ? ORDER BY id
"""
_KEEP_VERDICTS = """
UPDATE taught_example SET flag_id = NULL
WHERE flag_id IN (SELECT flag.id FROM flag JOIN interaction ON interaction.id = interaction_id WHERE asked_at < ?)
"""
_REVISION = "SELECT count(*), COALESCE(max(id), 0) FROM taught_example WHERE space = ?"


@dataclass(frozen=True)
class TaughtExample:
    """A message whose verdict is known: a moderator's, an imported one, or a golden question."""

    id: int
    space: str
    text: str
    label: Label
    origin: str
    taught_at: float


class Taught:
    """The taught examples of every space; a text has one verdict, the latest."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def put_many(self, space: str, examples: Iterable[tuple[str, Label]], origin: str, now: float) -> None:
        """Stores (text, label) pairs; for a text that is there already the new label counts."""
        rows = [(space, text, label, origin, now) for text, label in examples]
        with write_block(self._db):
            self._db.conn.executemany(_PUT, rows)

    def put_verdict(self, flag: Flag, label: Label, now: float) -> None:
        """Stores what a moderator said of a flagged message; it goes when the flag goes."""
        values = (flag.space, flag.excerpt, label, flag.id, flag.author_hash, flag.channel_id, now)
        with write_block(self._db):
            self._db.execute(_PUT_VERDICT, values)

    def take_back_verdict(self, flag_id: int) -> None:
        """Forgets what was taught by that flag's verdict."""
        with write_block(self._db):
            self._db.execute("DELETE FROM taught_example WHERE flag_id = ?", (flag_id,))

    def keep_verdicts_of(self, before: float) -> None:
        """Has what was taught by the flags of questions of before that time outlive those flags."""
        with write_block(self._db):
            self._db.execute(_KEEP_VERDICTS, (before,))

    def delete(self, example_id: int) -> None:
        """Forgets an example; one that is gone already is no error."""
        with write_block(self._db):
            self._db.execute("DELETE FROM taught_example WHERE id = ?", (example_id,))

    def revision(self, space: str) -> tuple[int, int]:
        """Two numbers that change together with the examples of a space: whoever keeps a copy compares them."""
        count, latest = self._db.rows(_REVISION, (space,))[0]
        return count, latest

    def list(self, space: str, label: Label) -> list[TaughtExample]:
        """The examples with that label, oldest first."""
        return [TaughtExample(*row) for row in self._db.rows(_LIST, (space, label))]
