"""Questions that have an answer already: recorded ones, question-like headings, golden ones; by who may see them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from storage.database import Connection, write_block
from storage.records import Generation

_TITLES = """
SELECT chunk.title, chunk.location FROM chunk JOIN document ON document.id = document_id
WHERE chunking_id = :chunking_id AND chunk.title <> '' AND space = :space
  AND visibility IN (SELECT value FROM json_each(:visible_to)) AND (expires_at IS NULL OR expires_at > :now)
ORDER BY chunk.id LIMIT :limit
"""
_GOLDEN = """
SELECT question, COALESCE(location, '') FROM golden_question
WHERE space = :space AND (
    location IS NULL OR location IN (
        SELECT location FROM document
        WHERE space = :space AND visibility IN (SELECT value FROM json_each(:visible_to))
          AND (expires_at IS NULL OR expires_at > :now)
    )
)
ORDER BY id DESC LIMIT :limit
"""
# A question belongs to the channel it was asked in; one asked in private belongs to nobody else. Where it was pointed
# to an earlier answer, it has no words of its own.
_ANSWERED = """
SELECT interaction.id, question, channel_id, message_id, reply_id, document_location, quote
FROM interaction LEFT JOIN citation ON citation.interaction_id = interaction.id AND number = 1
WHERE space = :space AND decision = 'answer' AND withdrawn_at IS NULL AND reply_id IS NOT NULL
  AND origin = 'discord' AND question <> '' AND answer <> '' AND asked_at >= :since
  AND 'channel:' || channel_id IN (SELECT value FROM json_each(:visible_to))
ORDER BY asked_at DESC LIMIT :limit
"""
_BY_MESSAGE = "SELECT id FROM interaction WHERE message_id = ?"
_CITING = """
SELECT interaction.id, channel_id, reply_id FROM citation JOIN interaction ON interaction.id = interaction_id
WHERE space = ? AND document_location = ? AND withdrawn_at IS NULL AND reply_id IS NOT NULL
"""
# Who reads an answer where the document comes from, or in private, may read the document.
_CITING_FROM = """
SELECT DISTINCT interaction.id, channel_id, reply_id FROM document
JOIN citation ON citation.document_location = document.location
JOIN interaction ON interaction.id = interaction_id AND interaction.space = document.space
WHERE document.visibility = ? AND interaction.origin = 'discord' AND withdrawn_at IS NULL AND reply_id IS NOT NULL
  AND channel_id NOT IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True)
class AnsweredQuestion:
    """A recorded question with a posted answer, whose first source is ``quote`` of ``document_location``."""

    id: int
    question: str
    channel_id: int
    message_id: int | None
    reply_id: int
    document_location: str | None
    quote: str | None


@dataclass(frozen=True)
class PostedAnswer:
    """A message of ours on Discord."""

    interaction_id: int
    channel_id: int
    reply_id: int


class KnownQuestions:
    """Reads across tables: what somebody may be told has been asked or is written down."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def titles(
        self, generation: Generation, visible_to: frozenset[str], now: float, limit: int
    ) -> list[tuple[str, str]]:
        """(question, location) of question-like headings that ``visible_to`` may read."""
        scope = {"space": generation.space, "chunking_id": generation.chunking_id, "limit": limit, "now": now}
        rows = self._db.rows(_TITLES, {**scope, "visible_to": json.dumps(sorted(visible_to))})
        return [(title, location) for title, location in rows]

    def golden(self, space: str, visible_to: frozenset[str], now: float, limit: int) -> list[tuple[str, str]]:
        """(question, location) of golden questions whose document ``visible_to`` may read, or that name none."""
        scope = {"space": space, "visible_to": json.dumps(sorted(visible_to)), "now": now, "limit": limit}
        return [(question, location) for question, location in self._db.rows(_GOLDEN, scope)]

    def answered(self, space: str, visible_to: frozenset[str], since: float, limit: int) -> list[AnsweredQuestion]:
        """The latest publicly answered questions of the channels in ``visible_to``, newest first."""
        scope = {"space": space, "visible_to": json.dumps(sorted(visible_to)), "since": since, "limit": limit}
        return [AnsweredQuestion(*row) for row in self._db.rows(_ANSWERED, scope)]

    def of_message(self, message_id: int) -> int | None:
        """The number of the question that a message asked."""
        rows = self._db.rows(_BY_MESSAGE, (message_id,))
        return int(rows[0][0]) if rows else None

    def citing(self, space: str, location: str) -> list[PostedAnswer]:
        """The posted answers that cite a document."""
        return [PostedAnswer(*row) for row in self._db.rows(_CITING, (space, location))]

    def citing_from(self, visibility: str, places: Iterable[int]) -> list[PostedAnswer]:
        """The answers posted for all to read, but in ``places``, that cite documents with that visibility."""
        return [PostedAnswer(*row) for row in self._db.rows(_CITING_FROM, (visibility, json.dumps([*places])))]

    def forget(self, interaction_id: int) -> None:
        """Deletes a question with its sources, votes and flags."""
        with write_block(self._db):
            self._db.execute("DELETE FROM interaction WHERE id = ?", (interaction_id,))

    def forget_before(self, before: float) -> int:
        """Deletes what was asked before a time, with sources, votes and flags; how many."""
        with write_block(self._db):
            return self._db.execute("DELETE FROM interaction WHERE asked_at < ?", (before,)).rowcount
