"""Tokens by day, as bars: encoded below, spared by the cache on top."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static
from textual_plotext import PlotextPlot

from tui.times import day_name
from tui.widgets.axes import whole_ticks
from tui.widgets.colours import BRIGHT, QUIET

_LEGEND = "█ encoded   ▒ spared by the cache   (days in UTC)"


class DayChart(Vertical):
    """A bar a day."""

    def __init__(self) -> None:
        super().__init__(id="day-chart", classes="panel")
        self.border_title = "Tokens by day"
        self._shown: Mapping[str, tuple[int, int]] = {}

    def compose(self) -> ComposeResult:
        """The plot, and a line that says what is what."""
        yield PlotextPlot()
        yield Static("Nothing to draw yet.", markup=False, classes="legend")

    def show(self, days: Mapping[str, tuple[int, int]]) -> None:
        """Draws these days (ISO date: encoded and spared tokens), unless they are drawn already."""
        self.query_one(PlotextPlot).display = bool(days)
        self.query_one(Static).update(_LEGEND if days else "Nothing to draw yet.")
        if days == self._shown or not days:
            return
        self._shown = days
        plot = self.query_one(PlotextPlot)
        plot.plt.clear_figure()
        names = [day_name(day) for day in days]
        # The second bar hides the lower part of the first: what is left to see of that was spared.
        plot.plt.bar(names, [sum(amounts) for amounts in days.values()], width=0.6, color=QUIET, marker="▒")
        plot.plt.bar(names, [encoded for encoded, _ in days.values()], width=0.6, color=BRIGHT)
        plot.plt.yticks(*whole_ticks(max(sum(amounts) for amounts in days.values())))
        plot.refresh()
