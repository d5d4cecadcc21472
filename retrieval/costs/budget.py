"""Budgets: what a call may cost is set aside before it is made, and what it did cost takes its place afterwards."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from retrieval.costs.pricing import Price
from storage.errors import KnowbotError
from storage.spending import Limit, OverLimitError, Spending

RESERVED_SECONDS = 900.0
"""How long a reservation stands whose process never settles it: longer than any call may take."""

_NANO = 1_000_000_000


class BudgetExhaustedError(KnowbotError):
    """A call was refused, since it might cost more than what is left."""


class UnpricedCallError(BudgetExhaustedError):
    """There is a budget, and nobody knows what the call would cost."""


@dataclass(frozen=True)
class BudgetLimits:
    """At most so many USD a day and a month, which begin at midnight in ``time_zone``; None is no limit."""

    day: float | None = None
    month: float | None = None
    time_zone: str = "UTC"

    @property
    def given(self) -> bool:
        """True where there is any limit."""
        return self.day is not None or self.month is not None

    def at(self, now: float) -> list[Limit]:
        """The limits that hold at ``now`` (seconds since the epoch)."""
        today = datetime.fromtimestamp(now, ZoneInfo(self.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        # Midnight anew, since the clocks may have been changed since then.
        begins = {"day": today.replace(fold=0), "month": today.replace(day=1, fold=0)}
        given = {"day": self.day, "month": self.month}
        return [
            Limit(period, begins[period].timestamp(), math.floor(round(dollars * _NANO, 3)))
            for period, dollars in given.items()
            if dollars is not None
        ]


NO_LIMITS = BudgetLimits()


@dataclass(frozen=True)
class Left:
    """What of a budget is spent or reserved, in USD."""

    period: str
    limit: float
    spent: float


class Reservation:
    """Money set aside for one call. Who leaves its block without settling has spent all of it, for all one knows."""

    def __init__(self, spending: Spending, number: int, amount: float) -> None:
        self._spending, self._number, self._amount = spending, number, amount
        self._settled = False

    def settle(self, price: float) -> None:
        """The call did cost ``price`` USD; 0 for one that was refused."""
        self._spending.settle(self._number, _nano(price))
        self._settled = True

    def __enter__(self) -> Reservation:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._settled:
            self.settle(self._amount)


class Budget:
    """The limits of a data folder, the same for every process over it."""

    def __init__(self, spending: Spending, limits: BudgetLimits, clock: Callable[[], float]) -> None:
        self._spending, self._limits, self._clock = spending, limits, clock

    def reserve(self, most: Price | None) -> Reservation:
        """Sets aside what a call may cost at most; to be used as a context manager around the call.

        Raises BudgetExhaustedError, or UnpricedCallError where ``most`` is None and there is a limit.
        """
        if most is None and self._limits.given:
            raise UnpricedCallError(
                "nobody knows what this call costs, so no budget can cover it: write its price into knowbot.toml "
                '([prices."the model\'s name"] input = ...), or take the budget away'
            )
        amount = most.amount if most else 0.0
        now = self._clock()
        try:
            number = self._spending.reserve(_nano(amount), self._limits.at(now), now, now + RESERVED_SECONDS)
        except OverLimitError as full:
            raise _exhausted(full, amount) from full
        return Reservation(self._spending, number, amount)

    def left(self) -> list[Left]:
        """How each limit stands now."""
        now = self._clock()
        return [
            Left(limit.period, limit.nano_usd / _NANO, self._spending.spent(limit.since, now) / _NANO)
            for limit in self._limits.at(now)
        ]


def _exhausted(full: OverLimitError, amount: float) -> BudgetExhaustedError:
    return BudgetExhaustedError(
        f"the budget of this {full.limit.period} ({full.limit.nano_usd / _NANO:.2f} USD) leaves "
        f"{max(full.left_nano_usd, 0) / _NANO:.6f} USD, and the call might cost {amount:.6f}: "
        "raise it in knowbot.toml under [budget], or wait"
    )


def _nano(dollars: float) -> int:
    """Rounded up, except for what binary fractions add: 0.1 USD is 100,000,000 and not one more."""
    return math.ceil(round(dollars * _NANO, 3))
