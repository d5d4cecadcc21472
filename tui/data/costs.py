"""What encoding cost, and what was spared because it was known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from storage.ledger import LedgerDay
from tui.data.desk import Desk

DAY = 86_400.0


@dataclass(frozen=True)
class Costs:
    """The ledger's lines of the last ``days`` days, newest day first. Texts and tokens of all spaces."""

    days: int
    lines: tuple[LedgerDay, ...]

    @property
    def encoded_tokens(self) -> int:
        """Tokens that went through a model."""
        return sum(line.prompt_tokens for line in self.lines)

    @property
    def saved_tokens(self) -> int:
        """Tokens that did not, because their vectors were known."""
        return sum(line.cached_tokens for line in self.lines)

    @property
    def texts(self) -> int:
        """Texts whose vectors were asked for."""
        return sum(line.texts + line.cached_texts for line in self.lines)

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
    def by_day(self) -> Mapping[str, tuple[int, int]]:
        """Encoded and saved tokens of each day (ISO date, UTC), oldest first."""
        sums: dict[str, tuple[int, int]] = {}
        for line in sorted(self.lines, key=lambda line: line.day):
            encoded, saved = sums.get(line.day, (0, 0))
            sums[line.day] = (encoded + line.prompt_tokens, saved + line.cached_tokens)
        return sums


class CostsData:
    """Reads the ledger."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def view(self, days: int) -> Costs:
        """The last ``days`` days, today included."""
        since = self._desk.clock() - (days - 1) * DAY
        lines = await self._desk.threads.reading.run(lambda engine: engine.upkeep.costs(since))
        return Costs(days, tuple(sorted(lines, key=lambda line: line.day, reverse=True)))
