"""Removes what is kept of a document, or of a member, from every table; says how much was where."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from storage.database import Connection, write_block

NOTE = "(forgotten together with the document that it quoted)"
"""Stands where an answer or a quote was."""

NOBODY = "forgotten"
"""Stands where the hash of a moderator was."""

_CHUNKS = """
SELECT chunk.id FROM chunk JOIN document ON document.id = document_id
WHERE document.space = :space AND document.location = :location
"""
_ANSWERS = """
SELECT DISTINCT interaction_id FROM citation JOIN interaction ON interaction.id = interaction_id
WHERE document_location = :location AND space = :space
"""
_QUESTIONS = "SELECT id FROM interaction WHERE author_hash = :author"
_FLAGS = """
SELECT id FROM flag
WHERE author_hash = :author OR interaction_id IN (SELECT id FROM interaction WHERE author_hash = :author)
"""
_TEXTS_OF = """
SELECT heading, context, text, title FROM chunk WHERE id IN (SELECT value FROM json_each(:chunks))
UNION SELECT quote, '', '', '' FROM citation
WHERE document_location = :location AND interaction_id IN (SELECT value FROM json_each(:answers))
"""
_TEXTS_BY = """
SELECT question FROM interaction WHERE author_hash = :author
UNION SELECT text FROM taught_example
WHERE author_hash = :author OR flag_id IN (SELECT value FROM json_each(:flags))
"""
# In this order: what points to something goes before it, so that each place is counted by itself.
_OF_DOCUMENT: Mapping[str, str] = {
    "cached vectors": """
DELETE FROM embedding_cache WHERE text_hash IN (SELECT value FROM json_each(:hashes)) OR text_hash IN
    (SELECT text_hash FROM vector WHERE chunk_id IN (SELECT value FROM json_each(:chunks)))""",
    "vectors": "DELETE FROM vector WHERE chunk_id IN (SELECT value FROM json_each(:chunks))",
    "passages": "DELETE FROM chunk WHERE id IN (SELECT value FROM json_each(:chunks))",
    "past answers": """
UPDATE interaction SET answer = :note WHERE answer <> '' AND id IN (SELECT value FROM json_each(:answers))""",
    "quotes in past answers": """
UPDATE citation SET quote = :note, title = '', location = document_location, text_hash = ''
WHERE document_location = :location AND interaction_id IN (SELECT value FROM json_each(:answers))""",
    "what past questions found": """
UPDATE interaction SET retrieved = (
    SELECT json_group_array(json(value)) FROM json_each(retrieved)
    WHERE value ->> 0 <> :location AND substr(value ->> 0, 1, length(:location) + 1) <> :location || '#'
)
WHERE space = :space AND EXISTS (
    SELECT 1 FROM json_each(retrieved)
    WHERE value ->> 0 = :location OR substr(value ->> 0, 1, length(:location) + 1) = :location || '#'
)""",
    "golden questions": """
DELETE FROM golden_question
WHERE space = :space AND (location = :location OR substr(location, 1, length(:location) + 1) = :location || '#')""",
    "drafts of answers": "DELETE FROM answer_draft WHERE space = :space AND location = :location",
    "links to messages": "DELETE FROM message_document WHERE space = :space AND location = :location",
    "notes of failed readings": """
DELETE FROM unread_document
WHERE location = :location AND source_id IN (SELECT id FROM source WHERE space = :space)""",
    "surveys of the space": "DELETE FROM survey WHERE space = :space",
    "documents": "DELETE FROM document WHERE space = :space AND location = :location",
}
_OF_MEMBER: Mapping[str, str] = {
    "cached vectors": """
DELETE FROM embedding_cache WHERE kind = 'query' OR text_hash IN (SELECT value FROM json_each(:hashes))""",
    "votes": """
DELETE FROM vote WHERE voter_hash = :author OR interaction_id IN (SELECT value FROM json_each(:questions))""",
    "taught examples": """
DELETE FROM taught_example WHERE author_hash = :author OR flag_id IN (SELECT value FROM json_each(:flags))""",
    "flags": "DELETE FROM flag WHERE id IN (SELECT value FROM json_each(:flags))",
    "questions with their answers": "DELETE FROM interaction WHERE id IN (SELECT value FROM json_each(:questions))",
    "surveys": "DELETE FROM survey",
    "drafts of answers": "DELETE FROM answer_draft WHERE author_hash = :author",
    "links to messages": "DELETE FROM message_document WHERE author_hash = :author",
    "decisions on flags": "UPDATE flag SET decided_by = :nobody WHERE decided_by = :author",
    "withdrawals": "UPDATE interaction SET withdrawn_by = :nobody WHERE withdrawn_by = :author",
    "drafts made for others": "UPDATE answer_draft SET drafted_by = :nobody WHERE drafted_by = :author",
    "lines of the audit": "UPDATE audit SET who = :nobody WHERE who = :author",
}
_DOCUMENTS_OF_SERVER = """
SELECT DISTINCT space, location FROM message_document JOIN server_channel USING (channel_id) WHERE server_id = :server
UNION SELECT space, location FROM document
WHERE visibility IN (SELECT 'channel:' || channel_id FROM server_channel WHERE server_id = :server)
"""
# What members decided of themselves holds on every server, so it stays.
_OF_SERVER: Mapping[str, str] = {
    "cached vectors": "DELETE FROM embedding_cache WHERE kind = 'query'",
    "sources": """
DELETE FROM source WHERE kind = 'documents' AND NOT EXISTS (SELECT 1 FROM document WHERE source_id = source.id)
    AND location IN (SELECT 'discord:' || channel_id FROM server_channel WHERE server_id = :server)""",
    "taught examples": """
DELETE FROM taught_example WHERE channel_id IN (SELECT channel_id FROM server_channel WHERE server_id = :server)""",
    "flags": "DELETE FROM flag WHERE channel_id IN (SELECT channel_id FROM server_channel WHERE server_id = :server)",
    "threads left to people": """
DELETE FROM handover WHERE channel_id IN (
    SELECT channel_id FROM server_channel WHERE server_id = :server
    UNION SELECT reply_id FROM interaction JOIN server_channel USING (channel_id) WHERE server_id = :server
)""",
    "questions with their answers": """
DELETE FROM interaction WHERE channel_id IN (SELECT channel_id FROM server_channel WHERE server_id = :server)""",
    "answers to be taken off": """
DELETE FROM withdrawal WHERE channel_id IN (SELECT channel_id FROM server_channel WHERE server_id = :server)""",
    "drafts of answers": """
DELETE FROM answer_draft WHERE channel_id IN (SELECT channel_id FROM server_channel WHERE server_id = :server)""",
    "lines of the audit": "DELETE FROM audit WHERE server = CAST(:server AS TEXT)",
    "what moderators set": "DELETE FROM tunable WHERE space = CAST(:server AS TEXT)",
    "channels": "DELETE FROM server_channel WHERE server_id = :server",
    "servers": "DELETE FROM server WHERE id = :server",
}


@dataclass(frozen=True)
class Place:
    """Where something was looked for, and how many there were."""

    name: str
    found: int


class Forgetting:
    """Everything of one call goes in one transaction; the bytes go when the erasure is finished."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def texts_of(self, space: str, location: str) -> list[str]:
        """Every text that may have been encoded of a document: its passages, their parts, and quotes of it."""
        rows = self._db.rows(_TEXTS_OF, self._scope_of(space, location))
        whole = ["\n".join(part for part in parts[:3] if part) for parts in rows]
        return [text for text in (*whole, *(part for parts in rows for part in parts)) if text]

    def document(self, space: str, location: str, text_hashes: Iterable[str], now: float) -> list[Place]:
        """Removes a document, with cached vectors by the hashes of its texts; questions that it answered stay."""
        with write_block(self._db):
            values = {**self._scope_of(space, location), "hashes": json.dumps(list(text_hashes)), "note": NOTE}
            return self._run(_OF_DOCUMENT, values, now)

    def texts_by(self, author: str) -> list[str]:
        """What a member asked, and what was taught by their messages."""
        return [text for (text,) in self._db.rows(_TEXTS_BY, self._scope_by(author))]

    def documents_by(self, author: str) -> list[tuple[str, str]]:
        """(space, location) of the documents that messages of a member are part of."""
        rows = self._db.rows("SELECT DISTINCT space, location FROM message_document WHERE author_hash = ?", (author,))
        return [(space, location) for space, location in rows]

    def member(self, author: str, text_hashes: Iterable[str], now: float) -> list[Place]:
        """Removes what the member with that keyed hash left. Vectors of cached questions go, whoever asked them."""
        with write_block(self._db):
            values = {**self._scope_by(author), "hashes": json.dumps(list(text_hashes)), "nobody": NOBODY}
            return self._run(_OF_MEMBER, values, now)

    def documents_of_server(self, server_id: int) -> list[tuple[str, str]]:
        """(space, location) of the documents made of messages on a server, or bound to a channel of it."""
        rows = self._db.rows(_DOCUMENTS_OF_SERVER, {"server": server_id})
        return [(space, location) for space, location in rows]

    def server(self, server_id: int, now: float) -> list[Place]:
        """Removes what came from a server, but for its documents, and that it ever was there."""
        with write_block(self._db):
            return self._run(_OF_SERVER, {"server": server_id}, now)

    def _scope_of(self, space: str, location: str) -> dict[str, Any]:
        names = {"space": space, "location": location}
        return {**names, "chunks": self._ids(_CHUNKS, names), "answers": self._ids(_ANSWERS, names)}

    def _scope_by(self, author: str) -> dict[str, Any]:
        names = {"author": author}
        return {**names, "questions": self._ids(_QUESTIONS, names), "flags": self._ids(_FLAGS, names)}

    def _ids(self, sql: str, names: dict[str, Any]) -> str:
        return json.dumps([number for (number,) in self._db.rows(sql, names)])

    def _run(self, places: Mapping[str, str], values: dict[str, Any], now: float) -> list[Place]:
        self._db.execute("INSERT INTO erasure (asked_at) VALUES (?)", (now,))
        return [Place(name, self._db.execute(sql, values).rowcount) for name, sql in places.items()]
