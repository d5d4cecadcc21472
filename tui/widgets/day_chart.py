"""Tokens or money by day, as stacked bars: what each model, operation or space came to."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static
from textual_plotext import PlotextPlot

from tui.data.costs import Stack
from tui.times import day_name
from tui.widgets.axes import whole_ticks
from tui.widgets.colours import BRIGHT, GREEN, MARK, QUIET, RED
from tui.words import one_line

# The pattern, too, tells them apart, for whoever sees no colours.
_LOOKS = (("█", BRIGHT), ("▓", MARK), ("▒", GREEN), ("░", RED), ("·", QUIET))
_NOTHING = "Nothing to draw yet."
_LABELS = 6


class DayChart(Vertical):
    """A bar a day, cut into the parts of a stack."""

    def __init__(self) -> None:
        super().__init__(id="day-chart", classes="panel")
        self._shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """The plot, and a line that says what is what."""
        yield PlotextPlot()
        yield Static(_NOTHING, markup=False, classes="legend")

    def show(self, title: str, days: Sequence[str], stacks: Sequence[Stack]) -> None:
        """Draws a stack of amounts for each of ``days`` (ISO dates), unless they are drawn already."""
        self.border_title = title
        if (shown := (title, tuple(days), tuple(stacks))) == self._shown:
            return
        self._shown = shown
        drawn = [stack for stack in stacks if any(stack.amounts)]
        self.query_one(PlotextPlot).display = bool(drawn)
        self.query_one(Static).update(_legend(drawn) if drawn else _NOTHING)
        if drawn:
            self._draw(days, drawn)

    def _draw(self, days: Sequence[str], stacks: Sequence[Stack]) -> None:
        plot, places = self.query_one(PlotextPlot), [float(place) for place in range(len(days))]
        plot.plt.clear_figure()
        heights = [[sum(parts) for parts in zip(*amounts, strict=True)] for amounts in _from_the_top(stacks)]
        # Each bar hides the lower part of the one before: what is left to see is its own part.
        for (mark, colour), height in zip(reversed(_LOOKS[: len(stacks)]), heights, strict=True):
            plot.plt.bar(places, height, width=0.7, color=colour, marker=mark)
        step = max(len(days) // _LABELS, 1)
        plot.plt.xticks(places[::step], [day_name(day) for day in days[::step]])
        highest = max(heights[0])
        if highest >= 1:
            plot.plt.yticks(*whole_ticks(highest))
        plot.plt.ylim(0, highest)
        plot.refresh()


def _from_the_top(stacks: Sequence[Stack]) -> list[list[Sequence[float]]]:
    """All stacks, then all but the last, and so on down to the first."""
    return [[stack.amounts for stack in stacks[:end]] for end in range(len(stacks), 0, -1)]


def _legend(stacks: Sequence[Stack]) -> Content:
    parts = [
        Content.from_markup(f"[rgb{colour}]$mark[/] $name", mark=mark, name=one_line(stack.name))
        for (mark, colour), stack in zip(_LOOKS, stacks, strict=False)
    ]
    return Content("   ").join([*parts, Content("(days in UTC)")])
