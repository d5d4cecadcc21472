"""Costs: tokens and money by day, model and operation, and what the cache saved."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from storage.ledger import LedgerDay
from tui.admin_data import AdminData
from tui.screens.base import ConsoleScreen
from tui.times import day_name
from tui.widgets.cost_text import cost_text
from tui.widgets.day_chart import DayChart
from tui.widgets.live_table import Column, Row
from tui.widgets.panel import TablePanel, TextPanel
from tui.words import short_model

PERIODS = (30, 7, 90)
"""Days that can be looked at."""

_NONE = "Nothing has been encoded in this time. Press p to look further back."
_COLUMNS = (
    Column("day", 6),
    Column("model"),
    Column("operation", 9),
    Column("texts", 6, "right"),
    Column("known", 6, "right"),
    Column("tokens", 9, "right"),
    Column("saved", 8, "right"),
    Column("price", 8, "right"),
)


class CostsScreen(ConsoleScreen):
    """Shows the ledger; ``p`` changes how far back."""

    NAME = "costs"
    PURPOSE = "What encoding and writing cost, and what was spared."
    AUTO_FOCUS = "LiveTable"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("p", "next_period", "Period")]

    def __init__(self, data: AdminData) -> None:
        super().__init__(data)
        self._days = PERIODS[0]

    def body(self) -> ComposeResult:
        """Sums and the chart above, the ledger below."""
        with Horizontal(id="cost-top"):
            yield TextPanel("Costs", id="cost-sums")
            yield DayChart()
        yield TablePanel("By day, model and operation", _COLUMNS, id="ledger")

    async def load(self) -> None:
        """See ConsoleScreen."""
        costs = await self.data.costs.view(self._days)
        sums = self.query_one("#cost-sums", TextPanel)
        sums.border_title = f"The last {self._days} days"
        sums.show(cost_text(costs))
        self.query_one(DayChart).show(costs.by_day)
        self.query_one("#ledger", TablePanel).show([_row(line) for line in costs.lines], _NONE)

    def action_next_period(self) -> None:
        """Looks at another stretch of time."""
        self._days = PERIODS[(PERIODS.index(self._days) + 1) % len(PERIODS)]
        self.reload()


def _row(line: LedgerDay) -> Row:
    numbers = (line.texts, line.cached_texts, line.prompt_tokens, line.cached_tokens)
    key = f"{line.day} {line.model} {line.operation} {line.currency}"
    cells = (day_name(line.day), short_model(line.model), line.operation, *(f"{number:,}" for number in numbers))
    return Row(key, (*cells, f"{line.price:.4f}" if line.price else "free"))
