"""Costs: tokens and money by day, cut as one likes, the budget, what was spared, and what would be otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import ClassVar, get_args

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from storage.errors import KnowbotError
from tui.admin_data import AdminData
from tui.data.costs import Costs, Cut
from tui.export import Record
from tui.screens.base import ConsoleScreen
from tui.widgets.cost_text import COST_COLUMNS, WHAT_IF_COLUMNS, cost_row, cost_text, what_if_rows, what_if_title
from tui.widgets.day_chart import DayChart
from tui.widgets.live_table import LiveTable
from tui.widgets.panel import TablePanel, TextPanel

PERIODS = (30, 7, 90)
"""Days that can be looked at."""

_CUTS: tuple[Cut, ...] = get_args(Cut)
_NONE = "Nothing has been encoded in this time. Press p to look further back."


class CostsScreen(ConsoleScreen):
    """Shows the ledger, and on demand the table of what it would have been."""

    NAME = "costs"
    PURPOSE = "What encoding and writing cost by day, what was spared, what is left, and what would be otherwise."
    AUTO_FOCUS = "LiveTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "next_period", "Period"),
        Binding("b", "next_cut", "By …"),
        Binding("u", "toggle_unit", "Tokens / money"),
        Binding("w", "what_if", "What if"),
    ]

    def __init__(self, data: AdminData) -> None:
        super().__init__(data)
        self._costs: Costs | None = None
        self._days = PERIODS[0]
        self._cut: Cut = _CUTS[0]
        self._money = False

    def body(self) -> ComposeResult:
        """Sums and the chart above; the ledger, or what if, below."""
        with Horizontal(id="cost-top"):
            yield TextPanel("Costs", id="cost-sums")
            yield DayChart()
        yield TablePanel("By day, model, operation and space", COST_COLUMNS, id="ledger")
        yield TablePanel("What if", WHAT_IF_COLUMNS, id="what-if")

    def on_mount(self) -> None:
        """The ledger is shown first."""
        super().on_mount()
        self.query_one("#what-if").display = False

    async def load(self) -> None:
        """See ConsoleScreen."""
        self._costs = await self.data.costs.view(self._days)
        self._show(self._costs)

    async def records(self, table: LiveTable) -> Sequence[Record]:
        """The ledger in full numbers; what if as it is shown."""
        if self._costs is None or table is not self.query_one("#ledger", TablePanel).table:
            return table.records()
        return [asdict(line) for line in self._costs.lines]

    def action_next_period(self) -> None:
        """Looks at another stretch of time."""
        self._days = PERIODS[(PERIODS.index(self._days) + 1) % len(PERIODS)]
        self.reload()
        if self.query_one("#what-if").display:
            self._price()

    def action_next_cut(self) -> None:
        """Cuts the bars by operation, model or space, or by what was spared."""
        self._cut = _CUTS[(_CUTS.index(self._cut) + 1) % len(_CUTS)]
        self._redraw()

    def action_toggle_unit(self) -> None:
        """Tokens, or money."""
        self._money = not self._money
        self._redraw()

    def action_what_if(self) -> None:
        """The table of what the same traffic would have cost otherwise, or the ledger again."""
        panel, ledger = self.query_one("#what-if", TablePanel), self.query_one("#ledger", TablePanel)
        panel.display, ledger.display = not panel.display, panel.display
        (panel if panel.display else ledger).table.focus()
        if panel.display:
            self._price()

    @work(exclusive=True, group="what-if")
    async def _price(self) -> None:
        panel = self.query_one("#what-if", TablePanel)
        panel.border_title = "What if: counting tokens …"
        try:
            found = await self.data.costs.what_if(self._days)
        except KnowbotError as error:
            panel.border_title = "What if"
            panel.show([], f"! {error}")
            return
        panel.border_title = what_if_title(found, self._days)
        panel.show(what_if_rows(found), "There was no traffic to price.")

    def _show(self, costs: Costs) -> None:
        sums = self.query_one("#cost-sums", TextPanel)
        sums.border_title = f"The last {self._days} days"
        sums.show(cost_text(costs))
        self.query_one("#ledger", TablePanel).show([cost_row(line) for line in costs.lines], _NONE)
        self._redraw()

    def _redraw(self) -> None:
        if self._costs is not None:
            unit = "Money" if self._money and self._cut != "saving" else "Tokens"
            title = f"{unit} by day and {self._cut}"
            self.query_one(DayChart).show(title, self._costs.dates, self._costs.stacks(self._cut, self._money))
