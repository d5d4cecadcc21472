"""Messages that looked off topic, and what moderators said of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from storage.database import Connection, write_block
from storage.errors import KnowbotError
from storage.records import Label

_RAISE = """
INSERT INTO flag (interaction_id, space, kind, channel_id, message_id, author_hash, excerpt, score, reason, raised_at,
                  shadow)
VALUES (:interaction_id, :space, :kind, :channel_id, :message_id, :author_hash, :excerpt, :score, :reason, :now,
        :shadow)
"""
_FLAG = """
SELECT id, space, kind, excerpt, score, reason, interaction_id, channel_id, message_id, author_hash, raised_at,
       verdict, decided_by, decided_at, notice_id, noticed_at, shadow
FROM flag
"""
_LATEST_FIRST = " ORDER BY raised_at DESC, id DESC LIMIT :limit"
_UNNOTICED = _FLAG + (
    "JOIN server_channel USING (channel_id) WHERE server_id = ? AND noticed_at IS NULL AND verdict IS NULL "
    "AND NOT shadow ORDER BY raised_at, id"
)
_NOTICES = """
SELECT noticed_at FROM flag JOIN server_channel USING (channel_id)
WHERE server_id = ? AND noticed_at > ? GROUP BY notice_id ORDER BY noticed_at
"""
_NOTICED = "UPDATE flag SET notice_id = ?, noticed_at = ? WHERE id IN (SELECT value FROM json_each(?))"
_DECIDE = "UPDATE flag SET verdict = ?, decided_by = ?, decided_at = ? WHERE id = ?"


OFF_TOPIC = "off_topic"
"""The kind of a flag that the judge raised."""


class NoSuchFlagError(KnowbotError):
    """There is no flag with that number."""


@dataclass(frozen=True)
class FlagDraft:
    """A flag before it has a row. ``excerpt`` is the message as it is taught once a moderator decides.

    ``shadow``: the message was only listened to, so that moderators are not told.
    """

    space: str
    kind: str
    excerpt: str
    score: float
    reason: str = ""
    interaction_id: int | None = None
    channel_id: int | None = None
    message_id: int | None = None
    author_hash: str | None = None
    shadow: bool = False


@dataclass(frozen=True)
class Flag:
    """A flagged message. ``notice_id`` is the message in the moderators' channel that told of it, alone or with others.

    ``verdict`` says whether the message was on topic ("in") after all, or off topic ("out"); None while it is open.
    Moderators are not told of one on a message that was only listened to (``shadow``).
    """

    id: int
    space: str
    kind: str
    excerpt: str
    score: float
    reason: str
    interaction_id: int | None
    channel_id: int | None
    message_id: int | None
    author_hash: str | None
    raised_at: float
    verdict: Label | None
    decided_by: str | None
    decided_at: float | None
    notice_id: int | None
    noticed_at: float | None
    shadow: bool = False


class Flags:
    """The flags of every space."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def put(self, draft: FlagDraft, now: float) -> Flag:
        """Stores a flag, open and not yet noticed by anybody."""
        with write_block(self._db):
            number = int(self._db.execute(_RAISE, {**asdict(draft), "now": now}).lastrowid or 0)
            return self.get(number)

    def get(self, flag_id: int) -> Flag:
        """One flag; raises NoSuchFlagError."""
        rows = self._db.rows(_FLAG + "WHERE id = ?", (flag_id,))
        if not rows:
            raise NoSuchFlagError(f"there is no flag {flag_id} any more: its message was forgotten")
        return _flag(rows[0])

    def of_question(self, interaction_id: int) -> Flag | None:
        """The flag on a recorded message, if there is one."""
        rows = self._db.rows(_FLAG + "WHERE interaction_id = ?", (interaction_id,))
        return _flag(rows[0]) if rows else None

    def unnoticed(self, server_id: int) -> list[Flag]:
        """Open flags of a server that its moderators have not been told of, oldest first."""
        return [_flag(row) for row in self._db.rows(_UNNOTICED, (server_id,))]

    def notices_since(self, server_id: int, since: float) -> list[float]:
        """When a server's moderators were told of flags after ``since``, one time a message in their channel."""
        return [at for (at,) in self._db.rows(_NOTICES, (server_id, since))]

    def mark_noticed(self, flag_ids: Iterable[int], notice_id: int, now: float) -> None:
        """Remembers which message told of these flags."""
        with write_block(self._db):
            self._db.execute(_NOTICED, (notice_id, now, json.dumps(list(flag_ids))))

    def decide(self, flag_id: int, verdict: Label | None, by: str | None, now: float) -> Flag:
        """Closes a flag, or with None opens it again; raises NoSuchFlagError."""
        with write_block(self._db):
            self._db.execute(_DECIDE, (verdict, by, now if verdict else None, flag_id))
            return self.get(flag_id)

    def open(self) -> int:
        """How many flags of all spaces nobody has decided yet, but for those that were only listened to."""
        return int(self._db.rows("SELECT count(*) FROM flag WHERE verdict IS NULL AND NOT shadow")[0][0])

    def list(self, space: str | None = None, open_only: bool = False, limit: int = 200) -> list[Flag]:
        """The latest flags of a space, or of all, newest first; those on what was only listened to are among them."""
        # Only what is given becomes a condition, so that SQLite sees which index serves.
        conditions = ["space = :space"] if space is not None else []
        conditions += ["verdict IS NULL"] if open_only else []
        where = "WHERE " + (" AND ".join(conditions) or "TRUE")
        return [_flag(row) for row in self._db.rows(_FLAG + where + _LATEST_FIRST, {"space": space, "limit": limit})]


def _flag(row: tuple[Any, ...]) -> Flag:
    return Flag(*(*row[:-1], bool(row[-1])))
