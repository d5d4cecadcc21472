"""The ledger by day without adding up twice what cannot change any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from retrieval.engine import Engine
from storage.ledger import LedgerDay

_DAY = 86_400.0


class LedgerDays:
    """The sums of days that are over are kept: lines are only ever added, and rolling them up changes no sum."""

    def __init__(self) -> None:
        self._first, self._today = "", ""
        self._former: list[LedgerDay] = []

    def lines(self, engine: Engine, days: int, now: float) -> list[LedgerDay]:
        """The sums of the last ``days`` days (UTC) up to ``now``, each space by itself, the newest day first."""
        today = datetime.fromtimestamp(now, UTC).date()
        first = (today - timedelta(days=days - 1)).isoformat()
        if self._today != today.isoformat() or first < self._first:
            sums = engine.stores.ledger.by_space(now - (days - 1) * _DAY)
            self._former = [line for line in sums if line.day < today.isoformat()]
            self._first, self._today = first, today.isoformat()
        lines = [line for line in self._former if line.day >= first] + engine.stores.ledger.by_space(now)
        return sorted(lines, key=lambda line: line.day, reverse=True)
