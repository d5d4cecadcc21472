"""The questions as an operator reads them: by the page, narrowed down, marked right or wrong."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from storage.database import Connection, write_block
from storage.interactions import interactions_where
from storage.records import Interaction, Retrieved, Verdict

_COUNT = "SELECT count(*) FROM (SELECT 1 FROM interaction WHERE {} LIMIT :most)"
_GIVEN = {
    "space": "space = :space",
    "decision": "decision = :decision",
    "channel_id": "channel_id = :channel_id",
    "since": "asked_at >= :since",
    "numbers": "id IN (SELECT value FROM json_each(:numbers))",
    "shadow": "shadow = :shadow",
}
_VOTED = {
    "helpful": "id IN (SELECT interaction_id FROM vote WHERE helpful)",
    "not helpful": "id IN (SELECT interaction_id FROM vote WHERE NOT helpful)",
    "right": "verdict = 'right'",
    "wrong": "verdict = 'wrong'",
}
_WORD = "question || char(10) || answer LIKE '%' || :word{0} || '%' ESCAPE '\\'"
_OLDER = " AND (asked_at, id) < (:asked_at, :id)"
_NEWEST_FIRST = " ORDER BY asked_at DESC, id DESC LIMIT :limit"
_CHANNELS = """
WITH RECURSIVE channel (id) AS (
    SELECT min(channel_id) FROM interaction WHERE space = :space
    UNION ALL
    SELECT (SELECT min(channel_id) FROM interaction WHERE space = :space AND channel_id > channel.id)
    FROM channel WHERE channel.id IS NOT NULL
) SELECT id FROM channel WHERE id IS NOT NULL LIMIT :limit
"""
_DAYS = """
SELECT CAST((asked_at - :start) / 86400 AS INTEGER), decision, count(*) FROM interaction
WHERE space = :space AND asked_at >= :start AND asked_at < :end AND NOT shadow GROUP BY 1, 2
"""
# Nobody can vote on what was not posted, so only the space is looked up, which stands before a row's long texts.
_UNHELPFUL = """
SELECT CAST((voted_at - :start) / 86400 AS INTEGER), count(*)
FROM vote JOIN interaction ON interaction.id = interaction_id
WHERE NOT helpful AND space = :space AND voted_at >= :start AND voted_at < :end GROUP BY 1
"""
_FLAGS = """
SELECT CAST((raised_at - :start) / 86400 AS INTEGER), count(*) FROM flag
WHERE space = :space AND raised_at >= :start AND raised_at < :end AND NOT shadow GROUP BY 1
"""
_OPEN_FLAGS = "SELECT count(*) FROM flag WHERE space = ? AND verdict IS NULL AND NOT shadow"

VoteOrVerdict = Literal["helpful", "not helpful", "right", "wrong"]


@dataclass(frozen=True)
class QuestionFilter:
    """Which questions: None and "" leave all. ``words`` stand in the question or the answer; ``since`` in seconds.

    ``numbers`` are those of single questions; ``thought`` is what a member's vote, or an operator's verdict, said;
    ``shadow`` tells those that were only listened to from the others.
    """

    space: str | None
    decision: str | None = None
    channel_id: int | None = None
    thought: VoteOrVerdict | None = None
    words: str = ""
    since: float | None = None
    numbers: tuple[int, ...] | None = None
    shadow: bool | None = None


@dataclass(frozen=True)
class DayCounts:
    """What happened on each of some days that follow each other: questions by decision, unhelpful votes, flags.

    What was only listened to is in none of them.
    """

    decisions: tuple[dict[str, int], ...]
    unhelpful: tuple[int, ...]
    flags: tuple[int, ...]


class Asked:
    """Reads questions by the page, whatever their number; ``mark`` alone writes."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def page(self, wanted: QuestionFilter, limit: int, before: Interaction | None = None) -> list[Interaction]:
        """The latest questions that match, newest first, or those that come after ``before`` in that order."""
        values = {**_values(wanted), "limit": limit}
        where = _where(wanted)
        if before is not None:
            where, values = where + _OLDER, {**values, "asked_at": before.asked_at, "id": before.id}
        return interactions_where(self._db, where + _NEWEST_FIRST, values)

    def count(self, wanted: QuestionFilter, most: int) -> int:
        """How many match, counted as far as ``most``."""
        rows = self._db.rows(_COUNT.format(_where(wanted)), {**_values(wanted), "most": most})
        return int(rows[0][0])

    def channels(self, space: str, limit: int) -> list[int]:
        """The channels that questions of a space were asked in, in order of their numbers."""
        return [int(channel) for (channel,) in self._db.rows(_CHANNELS, {"space": space, "limit": limit})]

    def retrieved(self, interaction_id: int) -> list[Retrieved]:
        """The passages that a question found, best first, with the score of each stage; none of older questions."""
        rows = self._db.rows("SELECT retrieved FROM interaction WHERE id = ?", (interaction_id,))
        return [Retrieved(location, scores) for location, scores in json.loads(rows[0][0])] if rows else []

    def mark(self, interaction_id: int, verdict: Verdict | None) -> bool:
        """Says whether an answer was right; None takes that back. False where the question is gone."""
        with write_block(self._db):
            done = self._db.execute("UPDATE interaction SET verdict = ? WHERE id = ?", (verdict, interaction_id))
            return done.rowcount > 0

    def by_day(self, space: str, start: float, days: int) -> DayCounts:
        """Counts of ``days`` days of 24 hours, the first of which begins at ``start``."""
        scope = {"space": space, "start": start, "end": start + days * 86_400}
        decisions: list[dict[str, int]] = [{} for _ in range(days)]
        for day, decision, number in self._db.rows(_DAYS, scope):
            decisions[day][decision] = number
        return DayCounts(tuple(decisions), self._spread(_UNHELPFUL, scope, days), self._spread(_FLAGS, scope, days))

    def open_flags(self, space: str) -> int:
        """How many flagged messages wait for a verdict, but for those that were only listened to."""
        return int(self._db.rows(_OPEN_FLAGS, (space,))[0][0])

    def _spread(self, sql: str, scope: dict[str, object], days: int) -> tuple[int, ...]:
        counted = dict(self._db.rows(sql, scope))
        return tuple(counted.get(day, 0) for day in range(days))


def _where(wanted: QuestionFilter) -> str:
    """Only what is given becomes a condition, so that SQLite sees which index serves."""
    conditions = [sql for name, sql in _GIVEN.items() if getattr(wanted, name) is not None]
    conditions += [_VOTED[wanted.thought]] if wanted.thought else []
    conditions += [_WORD.format(number) for number in range(len(wanted.words.split()))]
    return " AND ".join(conditions) or "TRUE"


def _values(wanted: QuestionFilter) -> dict[str, object]:
    values = {name: value for name, value in asdict(wanted).items() if name not in ("thought", "words")}
    values["numbers"] = json.dumps(wanted.numbers)
    for number, word in enumerate(wanted.words.split()):
        values[f"word{number}"] = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return values
