"""The scores of recorded messages and what people said of them: what thresholds and verdicts are tried out on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from storage.database import Connection
from storage.records import Label

# An operator's verdict counts before members' votes; where those are divided nothing is known.
_SCORES = """
SELECT id, decision, confidence, off_topic_score, addressed, question, asked_at, shadow,
       CASE verdict WHEN 'right' THEN 1 WHEN 'wrong' THEN 0 ELSE
           (SELECT CASE WHEN 2 * sum(helpful) > count(*) THEN 1 WHEN 2 * sum(helpful) < count(*) THEN 0 END
            FROM vote WHERE interaction_id = interaction.id) END
FROM interaction WHERE space = :space AND (:shadow IS NULL OR shadow = :shadow)
ORDER BY asked_at DESC, id DESC LIMIT :limit
"""
_BETWEEN = """
SELECT min(asked_at), shadow, confidence, off_topic_score FROM interaction
WHERE space = :space AND asked_at >= :start AND asked_at < :end AND decision <> 'small_talk'
GROUP BY COALESCE(author_hash, id), shadow, confidence, off_topic_score,
         CAST((asked_at - :start) / 604800 AS INTEGER)
"""
_VERDICTS = """
SELECT interaction_id, verdict FROM flag
WHERE space = ? AND kind = 'off_topic' AND verdict IS NOT NULL AND interaction_id IS NOT NULL
"""
_TEXTS = """
SELECT question FROM interaction WHERE space = ? AND question <> '' AND decision <> 'small_talk'
ORDER BY asked_at DESC, id DESC LIMIT ?
"""
_QUESTIONS = "SELECT id, question FROM interaction WHERE id IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True)
class Scored:
    """A recorded message without its words, of which ``words`` is the number.

    ``right`` and ``topic`` are what people said; None where nobody did. ``shadow``: it was only listened to.
    """

    id: int
    decision: str
    confidence: float
    off_topic_score: float
    addressed: bool
    right: bool | None
    topic: Label | None
    words: int = 0
    asked_at: float = 0.0
    shadow: bool = False


class Recorded:
    """Reads the latest messages of a space, however many there are."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def scores(self, space: str, limit: int, shadow: bool | None = None) -> list[Scored]:
        """The latest messages, newest first: all, or only those that were (not) merely listened to."""
        topics: dict[int, Label] = dict(self._db.rows(_VERDICTS, (space,)))
        rows = self._db.rows(_SCORES, {"space": space, "limit": limit, "shadow": shadow})
        return [_scored(row, topics.get(row[0])) for row in rows]

    def between(self, space: str, start: float, end: float) -> list[tuple[float, bool, float, float]]:
        """(when, shadow, confidence, off-topic score) of the messages from ``start`` to ``end``, but for small talk.

        What a member says more than once within a week, counted from ``start`` on, is one message.
        """
        rows = self._db.rows(_BETWEEN, {"space": space, "start": start, "end": end})
        return [(at, bool(shadow), *scores) for at, shadow, *scores in rows]

    def texts(self, space: str, limit: int) -> list[str]:
        """What the latest messages said, newest first, but for small talk and for what is not kept."""
        return [text for (text,) in self._db.rows(_TEXTS, (space, limit))]

    def questions(self, ids: Iterable[int]) -> dict[int, str]:
        """What these messages said, by their number; "" where it is not kept."""
        return dict(self._db.rows(_QUESTIONS, (json.dumps(list(ids)),)))


def _scored(row: tuple[Any, ...], topic: Label | None) -> Scored:
    number, decision, confidence, off_topic, addressed, question, asked_at, shadow, right = row
    judged = None if right is None else bool(right)
    scores = (decision, confidence, off_topic, bool(addressed))
    return Scored(number, *scores, judged, topic, len(question.split()), asked_at, bool(shadow))
