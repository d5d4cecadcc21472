"""Past answers that somebody looked at again: those that are still right, and those that Discord still has to lose."""

from __future__ import annotations

from collections.abc import Mapping

from storage.database import Connection, write_block
from storage.known_questions import PostedAnswer

_SAY = """
INSERT OR REPLACE INTO still_right (interaction_id, document_location, content_hash, said_at) VALUES (?, ?, ?, ?)
"""
_SAID = """
SELECT interaction_id, document_location, content_hash
FROM still_right JOIN interaction ON interaction.id = interaction_id WHERE space = ?
"""
_OWE = "INSERT OR IGNORE INTO withdrawal (reply_id, channel_id, interaction_id, asked_at) VALUES (?, ?, ?, ?)"
_OWED = "SELECT interaction_id, channel_id, reply_id FROM withdrawal ORDER BY asked_at"


class SecondLooks:
    """An answer that is ``still_right`` is so as long as its documents stay as they were when somebody said it."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def say_still_right(self, interaction_id: int, versions: Mapping[str, str], now: float) -> None:
        """Keeps the content hash of each document, by location, that an answer was compared with; "" of one gone."""
        rows = [(interaction_id, location, version, now) for location, version in versions.items()]
        with write_block(self._db):
            self._db.conn.executemany(_SAY, rows)

    def still_right(self, space: str) -> dict[tuple[int, str], str]:
        """Those content hashes of a space, by the number of the question and the document's location."""
        return {(number, location): version for number, location, version in self._db.rows(_SAID, (space,))}

    def owe(self, posted: PostedAnswer, now: float) -> None:
        """Notes that an answer which was withdrawn elsewhere has to be taken off Discord."""
        with write_block(self._db):
            self._db.execute(_OWE, (posted.reply_id, posted.channel_id, posted.interaction_id, now))

    def owed(self) -> list[PostedAnswer]:
        """What has to be taken off Discord, the longest owed first."""
        return [PostedAnswer(*row) for row in self._db.rows(_OWED)]

    def done(self, reply_id: int) -> None:
        """It is off; a message that is not known is no error."""
        with write_block(self._db):
            self._db.execute("DELETE FROM withdrawal WHERE reply_id = ?", (reply_id,))
