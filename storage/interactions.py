"""Questions that were asked, what became of them, the sources that were shown, and what members thought of it."""

from __future__ import annotations

import json
from typing import Any

from storage.database import Connection, write_block
from storage.errors import KnowbotError
from storage.records import Interaction, InteractionDraft, StoredCitation

# A message that Discord delivers twice is one question.
_RECORD = """
INSERT INTO interaction (space, asked_at, origin, author_hash, channel_id, message_id, reply_id, visible_to, addressed,
                         question, decision, answer, confidence, off_topic_score, milliseconds, retrieved, signal,
                         shadow)
VALUES (:space, :asked_at, :origin, :author_hash, :channel_id, :message_id, :reply_id, :visible_to, :addressed,
        :question, :decision, :answer, :confidence, :off_topic_score, :milliseconds, :retrieved, :signal, :shadow)
ON CONFLICT (message_id) WHERE message_id IS NOT NULL DO NOTHING
RETURNING id
"""
_CITE = """
INSERT INTO citation (interaction_id, number, document_location, location, title, quote, text_hash, score)
VALUES (:interaction_id, :number, :document_location, :location, :title, :quote, :text_hash, :score)
"""
_INTERACTION = """
SELECT id, space, asked_at, question, decision, answer, confidence, off_topic_score, addressed, origin, milliseconds,
       channel_id, message_id, reply_id, withdrawn_at,
       (SELECT count(*) FROM vote WHERE interaction_id = interaction.id AND helpful),
       (SELECT count(*) FROM vote WHERE interaction_id = interaction.id AND NOT helpful),
       signal, verdict, shadow
FROM interaction
"""
_LATEST_FIRST = " ORDER BY asked_at DESC, id DESC LIMIT :limit"
_CITATIONS = """
SELECT interaction_id, number, document_location, location, title, quote, text_hash, score
FROM citation WHERE interaction_id IN (SELECT value FROM json_each(?)) ORDER BY interaction_id, number
"""
_WITHDRAW = "UPDATE interaction SET withdrawn_at = ?, withdrawn_by = ? WHERE id = ? AND withdrawn_at IS NULL"
_VOTE = """
INSERT INTO vote (interaction_id, voter_hash, helpful, reason, voted_at)
VALUES (:interaction_id, :voter_hash, :helpful, :reason, :now)
ON CONFLICT (interaction_id, voter_hash) DO UPDATE SET
    helpful = excluded.helpful, reason = excluded.reason, voted_at = excluded.voted_at
"""
_TALLY = "SELECT decision, count(*) FROM interaction WHERE asked_at >= ? AND NOT shadow GROUP BY decision"

_CHANNELS = "SELECT DISTINCT channel_id FROM interaction WHERE asked_at >= ? AND channel_id IS NOT NULL"


class NoSuchInteractionError(KnowbotError):
    """There is no question with that number."""


class Interactions:
    """The questions of every space."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def record(self, draft: InteractionDraft) -> int | None:
        """Stores a question with its sources and returns its id; None for a message that was recorded already."""
        values = {name: value for name, value in vars(draft).items() if name != "sources"}
        values["visible_to"] = json.dumps(sorted(draft.visible_to))
        values["retrieved"] = json.dumps([(each.location, dict(each.scores)) for each in draft.retrieved])
        values["milliseconds"] = json.dumps(dict(draft.milliseconds))
        with write_block(self._db):
            rows = self._db.rows(_RECORD, values)
            if not rows:
                return None
            number = int(rows[0][0])
            cited = [{**vars(source), "interaction_id": number} for source in draft.sources]
            self._db.conn.executemany(_CITE, cited)
        return number

    def get(self, interaction_id: int) -> Interaction:
        """One question with its sources and votes; raises NoSuchInteractionError."""
        found = interactions_where(self._db, "id = :id", {"id": interaction_id})
        if not found:
            raise NoSuchInteractionError(f"there is no question {interaction_id} any more: it was forgotten")
        return found[0]

    def of_reply(self, reply_id: int) -> Interaction | None:
        """The question that the message ``reply_id`` answered."""
        found = self._db.rows("SELECT id FROM interaction WHERE reply_id = ?", (reply_id,))
        return self.get(found[0][0]) if found else None

    def tally(self, since: float) -> dict[str, int]:
        """How many questions came to which decision at or after ``since``, but for what was only listened to."""
        return dict(self._db.rows(_TALLY, (since,)))

    def knows_message(self, message_id: int) -> bool:
        """True where that message was recorded: it needs no answer again."""
        return bool(self._db.rows("SELECT 1 FROM interaction WHERE message_id = ?", (message_id,)))

    def channels_since(self, since: float) -> list[int]:
        """The channels in which anything was asked at or after ``since``."""
        return [number for (number,) in self._db.rows(_CHANNELS, (since,))]

    def note_reply(self, interaction_id: int, reply_id: int) -> None:
        """Remembers which message told the answer."""
        with write_block(self._db):
            self._db.execute("UPDATE interaction SET reply_id = ? WHERE id = ?", (reply_id, interaction_id))

    def note_answer(self, interaction_id: int, answer: str) -> None:
        """Replaces the words of an answer by those that were shown in the end."""
        with write_block(self._db):
            self._db.execute("UPDATE interaction SET answer = ? WHERE id = ?", (answer, interaction_id))

    def withdraw(self, interaction_id: int, by: str, now: float) -> bool:
        """Marks an answer as taken back; False where it was already."""
        with write_block(self._db):
            return self._db.execute(_WITHDRAW, (now, by, interaction_id)).rowcount > 0

    def vote(self, interaction_id: int, voter_hash: str, helpful: bool, now: float, reason: str = "") -> None:
        """Keeps what somebody thought of an answer; their latest vote counts. Raises NoSuchInteractionError."""
        values = {"interaction_id": interaction_id, "voter_hash": voter_hash, "helpful": helpful, "reason": reason}
        with write_block(self._db):
            self.get(interaction_id)
            self._db.execute(_VOTE, {**values, "now": now})

    def list(self, space: str | None, limit: int) -> list[Interaction]:
        """The latest questions of a space, or of all, newest first; what was only listened to is left out."""
        where = "NOT shadow" if space is None else "NOT shadow AND space = :space"
        return interactions_where(self._db, where + _LATEST_FIRST, {"space": space, "limit": limit})


def interactions_where(db: Connection, condition: str, values: dict[str, object]) -> list[Interaction]:
    """The questions, with sources and votes, that a condition on the table ``interaction`` selects and orders."""
    return _with_sources(db, db.rows(f"{_INTERACTION}WHERE {condition}", values))


def _with_sources(db: Connection, rows: list[tuple[Any, ...]]) -> list[Interaction]:
    sources: dict[int, list[StoredCitation]] = {row[0]: [] for row in rows}
    for number, *citation in db.rows(_CITATIONS, (json.dumps(list(sources)),)):
        sources[number].append(StoredCitation(*citation))
    return [_interaction(row, sources[row[0]]) for row in rows]


def _interaction(row: tuple[Any, ...], sources: list[StoredCitation]) -> Interaction:
    number, space, asked_at, question, decision, answer, confidence, off_topic_score, addressed, origin, *rest = row
    judged = (question, decision, answer, confidence, off_topic_score)
    milliseconds, *later, shadow = rest
    kept = (*judged, tuple(sources), bool(addressed), origin, json.loads(milliseconds), *later, bool(shadow))
    return Interaction(number, space, asked_at, *kept)
