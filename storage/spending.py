"""Money that was spent, and money that is about to be: reserved before a call, settled after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, write_block
from storage.errors import KnowbotError

# A reservation whose process died holds its money until it expires, never for longer.
_SPENT = """
SELECT COALESCE(sum(nano_usd), 0) FROM spending
WHERE at >= :since AND (expires_at IS NULL OR expires_at > :now)
"""
_RESERVE = "INSERT INTO spending (at, nano_usd, expires_at) VALUES (?, ?, ?)"
_SETTLE = "UPDATE spending SET nano_usd = ?, expires_at = NULL WHERE id = ?"
_FORGET = "DELETE FROM spending WHERE at < ?"


@dataclass(frozen=True)
class Limit:
    """At most ``nano_usd`` (1e-9 USD) from ``since`` (seconds since the epoch) on; ``period`` names it."""

    period: str
    since: float
    nano_usd: int


class OverLimitError(KnowbotError):
    """A reservation does not fit under a limit any more."""

    def __init__(self, limit: Limit, left_nano_usd: int) -> None:
        self.limit, self.left_nano_usd = limit, left_nano_usd
        super().__init__(
            f"the limit of this {limit.period} is reached: raise it, or wait until the {limit.period} ends"
        )


class Spending:
    """Every amount that counts towards a budget. A reservation is one line from the first moment on."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def spent(self, since: float, now: float) -> int:
        """Nano-dollars settled or still reserved at ``now``, of calls made at or after ``since``."""
        return int(self._db.rows(_SPENT, {"since": since, "now": now})[0][0])

    def reserve(self, nano_usd: int, limits: Sequence[Limit], now: float, expires_at: float) -> int:
        """Sets money aside and returns its number; raises OverLimitError where it fits under one of ``limits`` no more.

        Looking and writing are one transaction that no other process can come between.
        """
        with write_block(self._db):
            for limit in limits:
                left = limit.nano_usd - self.spent(limit.since, now)
                if nano_usd > left:
                    raise OverLimitError(limit, left)
            cursor = self._db.execute(_RESERVE, (now, nano_usd, expires_at))
            assert cursor.lastrowid is not None
            return cursor.lastrowid

    def settle(self, reservation: int, nano_usd: int) -> None:
        """Puts the real price in the place of a reservation; 0 for a call that cost nothing."""
        with write_block(self._db):
            self._db.execute(_SETTLE, (nano_usd, reservation))

    def forget(self, before: float) -> int:
        """Removes what no budget asks for any more, the lines from before ``before``; how many."""
        with write_block(self._db):
            return self._db.execute(_FORGET, (before,)).rowcount
