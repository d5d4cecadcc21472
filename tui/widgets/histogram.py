"""How the recorded scores are spread, with the threshold drawn in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from tui.widgets.axes import whole_ticks
from tui.widgets.plot_panel import Inks, PlotPanel
from tui.words import SCORES, count, plain

if TYPE_CHECKING:
    from textual_plotext.plot import Plot

BINS = 25
_WIDTH = 0.8


class Histogram(PlotPanel):
    """Bars of the scores from 0 to 1."""

    def __init__(self) -> None:
        super().__init__("", "histogram")

    def show(self, threshold: str, scores: Sequence[float], wanted: float, in_force: float) -> None:
        """Draws the scores that ``threshold`` is compared with."""
        self.border_title = f"{SCORES[threshold].capitalize()} of {count(len(scores), 'recorded message')}"
        draw = partial(_draw, scores, wanted, in_force) if scores else None
        shown = (threshold, tuple(scores), wanted, in_force)
        self.show_plot(shown, _legend(threshold, scores, wanted), draw)


def _draw(scores: Sequence[float], wanted: float, in_force: float, plot: Plot, ink: Inks) -> None:
    bins = Counter(min(int(score * BINS), BINS - 1) for score in scores)
    for colour, reached in ((ink.quiet, False), (ink.bright, True)):
        drawn = [number for number in range(BINS) if (_middle(number) >= wanted) == reached]
        # A bar that is alone is measured in the axis' units, others in shares of their distance.
        width = _WIDTH if len(drawn) > 1 else _WIDTH / BINS
        plot.bar([_middle(n) for n in drawn], [bins[n] for n in drawn], width=width, color=colour)
    plot.xlim(0, 1)
    plot.xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    plot.yticks(*whole_ticks(max(bins.values())))
    if in_force != wanted:
        plot.vline(in_force, color=ink.quiet)
    # Without a colour the line is all but invisible.
    plot.vline(wanted, color=ink.mark)


def _middle(number: int) -> float:
    return (number + 0.5) / BINS


def _legend(threshold: str, scores: Sequence[float], wanted: float) -> str:
    if not scores:
        return "Nothing has been recorded yet: ask something, or wait for the bot to be asked."
    above = sum(score >= wanted for score in scores)
    return f"│ {plain(threshold)} {wanted:.2f}: {len(scores) - above:,} below, {above:,} at it or above"
