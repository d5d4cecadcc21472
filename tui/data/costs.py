"""What models were called for and what that cost, what was spared, what may still be spent, and what if."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from retrieval.costs.budget import Left
from retrieval.costs.metering import RERANK
from retrieval.engine import Engine
from retrieval.planning.what_if import WhatIf, what_if
from storage.ledger import LedgerDay
from tui.data.desk import Desk

DAY = 86_400.0
MOST_PARTS = 5
_FEWEST_DAYS = 7
OTHERS = "others"

Cut = Literal["operation", "model", "space", "saving"]
"""What a day's bar is cut into; ``saving`` is what was encoded beside what was known already."""


@dataclass(frozen=True)
class Stack:
    """A part of the bars, by its name: an amount for each day."""

    name: str
    amounts: tuple[float, ...]


@dataclass(frozen=True)
class Costs:
    """The ledger's lines of the last ``days`` days up to ``today`` (UTC), newest day first. Amounts of all spaces."""

    days: int
    today: str
    lines: tuple[LedgerDay, ...]
    budget: tuple[Left, ...]

    @property
    def encoded_tokens(self) -> int:
        """Tokens that went through a model, but for a re-ranker's: it gives no vector that could be spared."""
        return sum(line.prompt_tokens for line in self.lines if line.operation != RERANK)

    @property
    def reranked_tokens(self) -> int:
        """Tokens that a re-ranker read."""
        return sum(line.prompt_tokens for line in self.lines if line.operation == RERANK)

    @property
    def saved_tokens(self) -> int:
        """Tokens that did not, because their vectors were known."""
        return sum(line.cached_tokens for line in self.lines)

    @property
    def texts(self) -> int:
        """Texts whose vectors were asked for."""
        return sum(line.texts + line.cached_texts for line in self.lines if line.operation != RERANK)

    @property
    def saved_texts(self) -> int:
        """Texts among them that were known."""
        return sum(line.cached_texts for line in self.lines)

    @property
    def money(self) -> Mapping[str, float]:
        """The sum in each currency."""
        sums: dict[str, float] = defaultdict(float)
        for line in self.lines:
            sums[line.currency] += line.price
        return dict(sums)

    @property
    def dates(self) -> list[str]:
        """Every day since the first that is in the ledger, at least seven, as ISO dates, oldest first."""
        last = datetime.fromisoformat(self.today).date()
        dates = [(last - timedelta(days=back)).isoformat() for back in reversed(range(self.days))]
        first = min((line.day for line in self.lines), default=self.today)
        return [day for place, day in enumerate(dates, start=_FEWEST_DAYS - self.days) if day >= first or place >= 0]

    def stacks(self, cut: Cut, money: bool) -> list[Stack]:
        """Tokens, or money, of every day by what ``cut`` says, the largest part first; small ones become OTHERS."""
        sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for line in self.lines:
            for name, amount in _parts(line, cut, money):
                sums[name][line.day] += amount
        largest = sorted(sums, key=lambda name: -sum(sums[name].values()))
        if len(largest) > MOST_PARTS:
            rest = largest[MOST_PARTS - 1 :]
            sums[OTHERS] = _together([sums[name] for name in rest])
            largest = [*largest[: MOST_PARTS - 1], OTHERS]
        return [Stack(name, tuple(sums[name][day] for day in self.dates)) for name in largest]


def _parts(line: LedgerDay, cut: Cut, money: bool) -> list[tuple[str, float]]:
    tokens = line.prompt_tokens + line.completion_tokens
    if cut == "saving":
        return [] if line.operation == RERANK else [("encoded", float(tokens)), ("spared", float(line.cached_tokens))]
    amount = line.price if money else float(tokens)
    name = {"operation": line.operation, "model": line.model, "space": line.space or "no space"}[cut]
    return [(name, amount)]


def _together(sums: list[dict[str, float]]) -> dict[str, float]:
    together: dict[str, float] = defaultdict(float)
    for each in sums:
        for day, amount in each.items():
            together[day] += amount
    return together


class CostsData:
    """Reads the ledger."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def view(self, days: int) -> Costs:
        """The last ``days`` days, today included."""
        now = self._desk.clock()
        today = datetime.fromtimestamp(now, UTC).date().isoformat()

        def read(engine: Engine) -> Costs:
            lines = engine.stores.ledger.by_space(now - (days - 1) * DAY)
            newest_first = sorted(lines, key=lambda line: line.day, reverse=True)
            return Costs(days, today, tuple(newest_first), tuple(engine.meter.budget.left()))

        return await self._desk.threads.reading.run(read)

    async def what_if(self, days: int) -> WhatIf:
        """The same traffic with other models and habits; takes a while, since it counts tokens anew."""
        since = self._desk.clock() - (days - 1) * DAY
        return await self._desk.threads.looking.run(lambda engine: what_if(engine.stores, engine.spaces, since))
