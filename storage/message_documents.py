"""Which Discord messages a document was made of, and answers that moderators have not approved yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from storage.database import Connection, write_block
from storage.errors import KnowbotError

_LINK = """
INSERT OR REPLACE INTO message_document (message_id, space, location, channel_id, author_hash)
VALUES (:message_id, :space, :location, :channel_id, :author_hash)
"""
_OF_MESSAGE = "SELECT message_id, space, location, channel_id, author_hash FROM message_document WHERE message_id = ?"
_OF_CHANNEL = """
SELECT space, location FROM message_document WHERE channel_id = :channel
UNION SELECT space, location FROM document WHERE visibility = 'channel:' || :channel
"""
_OF_ROOM = """
SELECT message_id, message_document.space, message_document.location, channel_id, author_hash
FROM message_document JOIN document USING (space, location) JOIN source ON source.id = source_id
WHERE message_document.space = :space AND source.location = :source AND channel_id = :room
"""
_SOURCE = """
SELECT source.location FROM document JOIN source ON source.id = source_id
WHERE document.space = ? AND document.location = ?
"""
_CHANNELS = "SELECT DISTINCT visibility FROM document WHERE space = ? AND visibility <> 'public'"
_DRAFT = """
INSERT INTO answer_draft (space, question, answer, location, visibility, expires_at, message_id, channel_id,
                          author_hash, drafted_by, drafted_at)
VALUES (:space, :question, :answer, :location, :visibility, :expires_at, :message_id, :channel_id, :author_hash,
        :drafted_by, :drafted_at)
"""
_GET = """
SELECT space, question, answer, location, visibility, expires_at, message_id, channel_id, author_hash, drafted_by,
       drafted_at
FROM answer_draft WHERE id = ?
"""


class NoSuchDraftError(KnowbotError):
    """There is no draft with that number."""


@dataclass(frozen=True)
class MessagePart:
    """A message that a document was made of, by the keyed hash of its author."""

    message_id: int
    space: str
    location: str
    channel_id: int
    author_hash: str


@dataclass(frozen=True)
class AnswerDraft:
    """An answer that somebody wants to be kept, as it will be indexed once it is approved.

    ``location`` is the address of the helper's message ``message_id``, whose author ``author_hash`` is.
    """

    space: str
    question: str
    answer: str
    location: str
    visibility: str
    expires_at: float | None
    message_id: int
    channel_id: int
    author_hash: str
    drafted_by: str
    drafted_at: float


class MessageDocuments:
    """The messages behind documents. A document that goes takes its lines with it."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def link(self, parts: Iterable[MessagePart]) -> None:
        """Remembers what stored documents were made of."""
        with write_block(self._db):
            self._db.conn.executemany(_LINK, [asdict(part) for part in parts])

    def of_message(self, message_id: int) -> list[MessagePart]:
        """The documents that a message is part of."""
        return [MessagePart(*row) for row in self._db.rows(_OF_MESSAGE, (message_id,))]

    def of_channel(self, channel_id: int) -> list[tuple[str, str]]:
        """(space, location) of the documents made of messages in a channel or thread, or bound to it."""
        return [(space, location) for space, location in self._db.rows(_OF_CHANNEL, {"channel": channel_id})]

    def of_room(self, space: str, source: str, channel_id: int) -> list[MessagePart]:
        """The messages in a channel or thread that documents of the source named ``source`` are made of."""
        names = {"space": space, "source": source, "room": channel_id}
        return [MessagePart(*row) for row in self._db.rows(_OF_ROOM, names)]

    def source_of(self, space: str, location: str) -> str:
        """The name of the source that a document came from; "" where there is none."""
        rows = self._db.rows(_SOURCE, (space, location))
        return str(rows[0][0]) if rows else ""

    def visibilities(self, space: str) -> frozenset[str]:
        """``channel:<id>`` of every channel that documents of the space are bound to."""
        return frozenset(visibility for (visibility,) in self._db.rows(_CHANNELS, (space,)))


class AnswerDrafts:
    """Answers that wait for somebody to approve them."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def put(self, draft: AnswerDraft) -> int:
        """Stores a draft and returns its number."""
        with write_block(self._db):
            return int(self._db.execute(_DRAFT, asdict(draft)).lastrowid or 0)

    def get(self, number: int) -> AnswerDraft:
        """One draft; raises NoSuchDraftError."""
        rows = self._db.rows(_GET, (number,))
        if not rows:
            raise NoSuchDraftError(f"there is no draft {number} any more: it was published, discarded or forgotten")
        return AnswerDraft(*rows[0])

    def delete(self, number: int) -> None:
        """Forgets a draft; one that is gone already is no error."""
        with write_block(self._db):
            self._db.execute("DELETE FROM answer_draft WHERE id = ?", (number,))

    def delete_of_message(self, message_id: int) -> None:
        """Forgets the drafts made of a message that is gone."""
        with write_block(self._db):
            self._db.execute("DELETE FROM answer_draft WHERE message_id = ?", (message_id,))

    def forget_before(self, before: float) -> int:
        """Deletes those of earlier; how many."""
        with write_block(self._db):
            return self._db.execute("DELETE FROM answer_draft WHERE drafted_at < ?", (before,)).rowcount
