"""Whether confidence promises what comes true: of messages that somebody judged, how many were right."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from retrieval.lab import Bin
from tui.widgets.plot_panel import Inks, PlotPanel
from tui.words import count

if TYPE_CHECKING:
    from textual_plotext.plot import Plot

_NOTHING = (
    "Nobody has said yet whether an answer was right. Votes under answers do, and r and w on the screen Questions."
)
_STEPS = [0, 0.25, 0.5, 0.75, 1]
_NAMES = ["0", "25 %", "50 %", "75 %", "100 %"]


class Reliability(PlotPanel):
    """Confidence to the right, how much came true upwards; on the line, every promise was kept."""

    def __init__(self) -> None:
        super().__init__("Does confidence keep its promise?", "reliability")

    def show(self, bins: Sequence[Bin]) -> None:
        """Draws the bins."""
        said = count(sum(each.right.whole for each in bins), "judged answer")
        text = f"● how many of {said} were right, │ what it may really be, ∙ a kept promise" if bins else _NOTHING
        self.show_plot(tuple(bins), text, partial(_draw, bins) if bins else None)


def _draw(bins: Sequence[Bin], plot: Plot, ink: Inks) -> None:
    kept = [step / 40 for step in range(41)]
    plot.scatter(kept, kept, marker="∙", color=ink.quiet)
    for each in bins:
        plot.plot([each.confidence] * 2, [each.right.low, each.right.high], marker="│", color=ink.bright)
    places = [each.confidence for each in bins], [each.right.value for each in bins]
    plot.scatter(*places, marker="●", color=ink.mark)
    plot.xlim(0, 1)
    plot.ylim(0, 1)
    plot.xticks(_STEPS, _NAMES)
    plot.yticks(_STEPS, _NAMES)
