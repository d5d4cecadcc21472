"""Whether confidence promises what comes true: of messages that somebody judged, how many were right."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static
from textual_plotext import PlotextPlot

from retrieval.lab import Bin
from tui.widgets.colours import BRIGHT, MARK, QUIET
from tui.words import count

_NOTHING = (
    "Nobody has said yet whether an answer was right. Votes under answers do, and r and w on the screen Questions."
)
_STEPS = [0, 0.25, 0.5, 0.75, 1]
_NAMES = ["0", "25 %", "50 %", "75 %", "100 %"]


class Reliability(Vertical):
    """Confidence to the right, how much came true upwards; on the line, every promise was kept."""

    def __init__(self) -> None:
        super().__init__(id="reliability", classes="panel")
        self.border_title = "Does confidence keep its promise?"
        self._shown: tuple[Bin, ...] | None = None

    def compose(self) -> ComposeResult:
        """The plot, and what is what."""
        yield PlotextPlot()
        yield Static("", markup=False, classes="legend")

    def show(self, bins: Sequence[Bin]) -> None:
        """Draws the bins, unless they are drawn already."""
        if self._shown == tuple(bins):
            return
        self._shown = tuple(bins)
        self.query_one(PlotextPlot).display = bool(bins)
        said = count(sum(each.right.whole for each in bins), "judged answer")
        text = f"● how many of {said} were right, │ what it may really be, ∙ a kept promise" if bins else _NOTHING
        self.query_one(Static).update(text)
        if bins:
            self._draw(bins)

    def _draw(self, bins: Sequence[Bin]) -> None:
        plot = self.query_one(PlotextPlot)
        plot.plt.clear_figure()
        plot.plt.scatter([step / 40 for step in range(41)], [step / 40 for step in range(41)], marker="∙", color=QUIET)
        for each in bins:
            plot.plt.plot([each.confidence] * 2, [each.right.low, each.right.high], marker="│", color=BRIGHT)
        places = [each.confidence for each in bins], [each.right.value for each in bins]
        plot.plt.scatter(*places, marker="●", color=MARK)
        plot.plt.xlim(0, 1)
        plot.plt.ylim(0, 1)
        plot.plt.xticks(_STEPS, _NAMES)
        plot.plt.yticks(_STEPS, _NAMES)
        plot.refresh()
