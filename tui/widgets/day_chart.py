"""Tokens or money by day, as stacked bars: what each model, operation or space came to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.content import Content

from tui.data.costs import Stack
from tui.times import day_name
from tui.widgets.axes import whole_ticks
from tui.widgets.plot_panel import Inks, PlotPanel
from tui.words import one_line

if TYPE_CHECKING:
    from textual_plotext.plot import Plot

# The pattern, too, tells them apart, for whoever sees no colours.
_LOOKS = (("█", "primary"), ("▓", "accent"), ("▒", "success"), ("░", "error"), ("·", "secondary"))
_NOTHING = "Nothing to draw yet."
_LABELS = 6


class DayChart(PlotPanel):
    """A bar a day, cut into the parts of a stack."""

    def __init__(self) -> None:
        super().__init__("", "day-chart")

    def show(self, title: str, days: Sequence[str], stacks: Sequence[Stack]) -> None:
        """Draws a stack of amounts for each of ``days`` (ISO dates)."""
        self.border_title = title
        drawn = [stack for stack in stacks if any(stack.amounts)]
        draw = partial(_draw, days, drawn) if drawn else None
        self.show_plot((title, tuple(days), tuple(stacks)), _legend(drawn) if drawn else _NOTHING, draw)


def _draw(days: Sequence[str], stacks: Sequence[Stack], plot: Plot, ink: Inks) -> None:
    places = [float(place) for place in range(len(days))]
    heights = [[sum(parts) for parts in zip(*amounts, strict=True)] for amounts in _from_the_top(stacks)]
    # Each bar hides the lower part of the one before: what is left to see is its own part.
    for (mark, name), height in zip(reversed(_LOOKS[: len(stacks)]), heights, strict=True):
        plot.bar(places, height, width=0.7, color=ink.named[name], marker=mark)
    step = max(len(days) // _LABELS, 1)
    plot.xticks(places[::step], [day_name(day) for day in days[::step]])
    highest = max(heights[0])
    if highest >= 1:
        plot.yticks(*whole_ticks(highest))
    plot.ylim(0, highest)


def _from_the_top(stacks: Sequence[Stack]) -> list[list[Sequence[float]]]:
    """All stacks, then all but the last, and so on down to the first."""
    return [[stack.amounts for stack in stacks[:end]] for end in range(len(stacks), 0, -1)]


def _legend(stacks: Sequence[Stack]) -> Content:
    parts = [
        Content.from_markup(f"[${ink}]$mark[/] $name", mark=mark, name=one_line(stack.name))
        for (mark, ink), stack in zip(_LOOKS, stacks, strict=False)
    ]
    return Content("   ").join([*parts, Content("(days in UTC)")])
