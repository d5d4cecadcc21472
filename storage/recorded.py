"""The scores of recorded messages and what people said of them: what thresholds and verdicts are tried out on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from storage.database import Connection
from storage.records import Label

# An operator's verdict counts before members' votes; where those are divided nothing is known.
_SCORES = """
SELECT id, decision, confidence, off_topic_score, addressed,
       CASE verdict WHEN 'right' THEN 1 WHEN 'wrong' THEN 0 ELSE
           (SELECT CASE WHEN 2 * sum(helpful) > count(*) THEN 1 WHEN 2 * sum(helpful) < count(*) THEN 0 END
            FROM vote WHERE interaction_id = interaction.id) END
FROM interaction WHERE space = ? ORDER BY asked_at DESC, id DESC LIMIT ?
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
    """A recorded message without its words. ``right`` and ``topic`` are what people said; None where nobody did."""

    id: int
    decision: str
    confidence: float
    off_topic_score: float
    addressed: bool
    right: bool | None
    topic: Label | None


class Recorded:
    """Reads the latest messages of a space, however many there are."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def scores(self, space: str, limit: int) -> list[Scored]:
        """The latest messages, newest first."""
        topics: dict[int, Label] = dict(self._db.rows(_VERDICTS, (space,)))
        return [
            Scored(
                number,
                decision,
                confidence,
                off_topic,
                bool(addressed),
                None if right is None else bool(right),
                topics.get(number),
            )
            for number, decision, confidence, off_topic, addressed, right in self._db.rows(_SCORES, (space, limit))
        ]

    def texts(self, space: str, limit: int) -> list[str]:
        """What the latest messages said, newest first, but for small talk and for what is not kept."""
        return [text for (text,) in self._db.rows(_TEXTS, (space, limit))]

    def questions(self, ids: Iterable[int]) -> dict[int, str]:
        """What these messages said, by their number; "" where it is not kept."""
        return dict(self._db.rows(_QUESTIONS, (json.dumps(list(ids)),)))
