"""Documents as letters of their topics, and the latest day's questions, in two dimensions."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from retrieval.explore import CorpusMap
from tui.widgets.plot_panel import Inks, PlotPanel
from tui.words import count

if TYPE_CHECKING:
    from textual_plotext.plot import Plot

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

_NOTHING = "There is no map yet. Press s to have the space looked at."


class MapChart(PlotPanel):
    """The topic that is looked at stands out; the others are quiet."""

    def __init__(self) -> None:
        super().__init__("Map", "map-chart")

    def show(self, found: CorpusMap | None, topic: int | None = None) -> None:
        """Draws the map with ``topic`` standing out, or all topics alike."""
        draw = partial(_draw, found, topic) if found else None
        self.show_plot((found, topic), _legend(found) if found else _NOTHING, draw)


def _draw(found: CorpusMap, topic: int | None, plot: Plot, ink: Inks) -> None:
    places: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    for point in found.points:
        places[point.topic].append((point.x, point.y))
    for number in sorted(places, key=lambda each: each == topic):
        xs, ys = zip(*places[number], strict=True)
        colour = ink.parts[number % len(ink.parts)] if topic in (None, number) else ink.quiet
        plot.scatter(list(xs), list(ys), marker=topic_letter(number), color=colour)
    if found.questions:
        xs, ys = zip(*((each.x, each.y) for each in found.questions), strict=True)
        plot.scatter(list(xs), list(ys), marker="?", color=ink.mark)
    plot.xticks([])
    plot.yticks([])


def topic_letter(topic: int) -> str:
    """The letter of a topic; a dot for those beyond the alphabets."""
    return LETTERS[topic] if topic < len(LETTERS) else "."


def _legend(found: CorpusMap) -> str:
    asked = count(len(found.questions), "question")
    seen = f"{found.explained:.0%} of all differences are to be seen"
    return f"a letter is a document in its topic, ? one of {asked} of the last day; {seen}"
