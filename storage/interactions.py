"""Questions that were asked, what became of them, and the sources that were shown."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from storage.database import Connection, write_block
from storage.records import Interaction, InteractionDraft, StoredCitation

_RECORD = """
INSERT INTO interaction (space, asked_at, origin, author_hash, channel_id, message_id, reply_id, visible_to, addressed,
                         question, decision, answer, confidence, off_topic_score, milliseconds)
VALUES (:space, :asked_at, :origin, :author_hash, :channel_id, :message_id, :reply_id, :visible_to, :addressed,
        :question, :decision, :answer, :confidence, :off_topic_score, :milliseconds)
"""
_CITE = """
INSERT INTO citation (interaction_id, number, document_location, location, title, quote, text_hash, score)
VALUES (:interaction_id, :number, :document_location, :location, :title, :quote, :text_hash, :score)
"""
_LIST = """
SELECT id, space, asked_at, question, decision, answer, confidence, off_topic_score, addressed, origin
FROM interaction WHERE space = ? ORDER BY asked_at DESC, id DESC LIMIT ?
"""
_CITATIONS = """
SELECT interaction_id, number, document_location, location, title, quote, text_hash, score
FROM citation WHERE interaction_id IN (SELECT value FROM json_each(?)) ORDER BY interaction_id, number
"""


class Interactions:
    """The questions of every space."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def record(self, draft: InteractionDraft) -> int:
        """Stores a question with its sources and returns its id."""
        values = {name: value for name, value in asdict(draft).items() if name != "sources"}
        values["visible_to"] = json.dumps(sorted(draft.visible_to))
        values["milliseconds"] = json.dumps(dict(draft.milliseconds))
        with write_block(self._db):
            number = int(self._db.execute(_RECORD, values).lastrowid or 0)
            cited = [{**asdict(source), "interaction_id": number} for source in draft.sources]
            self._db.conn.executemany(_CITE, cited)
        return number

    def list(self, space: str, limit: int) -> list[Interaction]:
        """The latest questions of a space, newest first."""
        rows = self._db.rows(_LIST, (space, limit))
        sources = _sources_of(self._db, [row[0] for row in rows])
        return [_interaction(row, sources[row[0]]) for row in rows]


def _interaction(row: tuple[Any, ...], sources: list[StoredCitation]) -> Interaction:
    number, space, asked_at, question, decision, answer, confidence, off_topic_score, addressed, origin = row
    judged = (question, decision, answer, confidence, off_topic_score)
    return Interaction(number, space, asked_at, *judged, tuple(sources), bool(addressed), origin)


def _sources_of(db: Connection, ids: list[int]) -> dict[int, list[StoredCitation]]:
    found: dict[int, list[StoredCitation]] = {number: [] for number in ids}
    for number, *citation in db.rows(_CITATIONS, (json.dumps(ids),)):
        found[number].append(StoredCitation(*citation))
    return found
