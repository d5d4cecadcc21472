"""Golden questions: questions whose right document is known."""

from __future__ import annotations

from storage.database import Connection, write_block

_PUT = """
INSERT INTO golden_question (space, question, location, text_hash, answer, origin, added_at)
VALUES (:space, :question, :location, :text_hash, :answer, :origin, :now)
ON CONFLICT (space, question) DO UPDATE SET
    location = excluded.location, text_hash = excluded.text_hash, answer = excluded.answer, origin = excluded.origin
"""


class Golden:
    """The golden questions of every space; a question is one once."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def put(self, space: str, question: str, location: str, origin: str, now: float, **passage: str) -> None:
        """Keeps a question with the ``location`` of the document that answers it.

        ``passage`` may say more: the ``text_hash`` of the passage, and the ``answer`` in words.
        """
        values = {"space": space, "question": question, "location": location, "origin": origin, "now": now}
        with write_block(self._db):
            self._db.execute(_PUT, {"text_hash": None, "answer": "", **passage, **values})

    def location_of(self, space: str, question: str) -> str | None:
        """The document that answers a golden question; None where it is none, or names no document."""
        sql = "SELECT location FROM golden_question WHERE space = ? AND question = ?"
        rows = self._db.rows(sql, (space, question))
        return rows[0][0] if rows else None

    def delete(self, space: str, question: str) -> None:
        """Forgets a golden question; one that is none is no error."""
        with write_block(self._db):
            self._db.execute("DELETE FROM golden_question WHERE space = ? AND question = ?", (space, question))
