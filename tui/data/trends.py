"""What happened in two weeks, by the day: the last seven days beside the seven before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from storage.asked import Asked, DayCounts
from storage.ledger import LedgerDay
from tui.words import DECISIONS

DAYS = 14
_WEEK = 7
_DAY = 86_400.0


@dataclass(frozen=True)
class Trend:
    """``days`` are DAYS amounts, oldest first; the last one is that of the 24 hours up to now."""

    name: str
    days: tuple[float, ...]

    @property
    def today(self) -> float:
        """The last 24 hours."""
        return self.days[-1]

    @property
    def before(self) -> float:
        """The sum of the seven days before the last seven."""
        return sum(self.days[:-_WEEK])

    @property
    def week(self) -> float:
        """The sum of the last seven days."""
        return sum(self.days[-_WEEK:])


def trends(asked: Asked, ledger: Sequence[LedgerDay], space: str, now: float) -> tuple[Trend, ...]:
    """Questions in all and by decision, what did not help, flags, tokens, money in each currency that was paid in."""
    counts = asked.by_day(space, now - DAYS * _DAY, DAYS)
    return (*_questions(counts), *_money(ledger, now))


def _questions(counts: DayCounts) -> tuple[Trend, ...]:
    return (
        Trend("questions", tuple(float(sum(day.values())) for day in counts.decisions)),
        *(Trend(name, tuple(float(day.get(name, 0)) for day in counts.decisions)) for name in DECISIONS),
        Trend("not helpful", tuple(map(float, counts.unhelpful))),
        Trend("flags", tuple(map(float, counts.flags))),
    )


def _money(ledger: Sequence[LedgerDay], now: float) -> list[Trend]:
    """By days in UTC, as the ledger keeps them."""
    today = datetime.fromtimestamp(now, UTC).date()
    days = [(today - timedelta(days=back)).isoformat() for back in reversed(range(DAYS))]
    tokens: dict[str, float] = defaultdict(float)
    paid: dict[str, dict[str, float]] = {"USD": defaultdict(float)}
    for line in ledger:
        tokens[line.day] += line.prompt_tokens + line.completion_tokens
        paid.setdefault(line.currency, defaultdict(float))[line.day] += line.price
    by_day = {"tokens": tokens, **paid}
    return [Trend(name, tuple(amounts[day] for day in days)) for name, amounts in by_day.items()]
