"""How the recorded scores are spread, with the threshold drawn in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static
from textual_plotext import PlotextPlot

from tui.widgets.axes import whole_ticks
from tui.widgets.colours import BRIGHT, MARK, QUIET
from tui.words import SCORES, count, plain

BINS = 25
_WIDTH = 0.8


class Histogram(Vertical):
    """Bars of the scores from 0 to 1."""

    def __init__(self) -> None:
        super().__init__(id="histogram", classes="panel")
        self._shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """The plot, and a line that says what is what."""
        yield PlotextPlot()
        yield Static("", markup=False, classes="legend")

    def show(self, threshold: str, scores: Sequence[float], wanted: float, in_force: float) -> None:
        """Draws the scores that ``threshold`` is compared with, unless they are drawn already."""
        shown = (threshold, tuple(scores), wanted, in_force)
        if shown == self._shown:
            return
        self._shown = shown
        self.border_title = f"{SCORES[threshold].capitalize()} of {count(len(scores), 'recorded message')}"
        self.query_one(PlotextPlot).display = bool(scores)
        self.query_one(Static).update(_legend(threshold, scores, wanted))
        if scores:
            self._draw(scores, wanted, in_force)

    def _draw(self, scores: Sequence[float], wanted: float, in_force: float) -> None:
        plot = self.query_one(PlotextPlot)
        bins = Counter(min(int(score * BINS), BINS - 1) for score in scores)
        plot.plt.clear_figure()
        for colour, reached in ((QUIET, False), (BRIGHT, True)):
            drawn = [number for number in range(BINS) if (_middle(number) >= wanted) == reached]
            # A bar that is alone is measured in the axis' units, others in shares of their distance.
            width = _WIDTH if len(drawn) > 1 else _WIDTH / BINS
            plot.plt.bar([_middle(n) for n in drawn], [bins[n] for n in drawn], width=width, color=colour)
        plot.plt.xlim(0, 1)
        plot.plt.xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
        plot.plt.yticks(*whole_ticks(max(bins.values())))
        if in_force != wanted:
            plot.plt.vline(in_force, color=QUIET)
        # Without a colour the line is all but invisible.
        plot.plt.vline(wanted, color=MARK)
        plot.refresh()


def _middle(number: int) -> float:
    return (number + 0.5) / BINS


def _legend(threshold: str, scores: Sequence[float], wanted: float) -> str:
    if not scores:
        return "Nothing has been recorded yet: ask something, or wait for the bot to be asked."
    above = sum(score >= wanted for score in scores)
    return f"│ {plain(threshold)} {wanted:.2f}: {len(scores) - above:,} below, {above:,} at it or above"
