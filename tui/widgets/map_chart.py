"""Documents as letters of their topics, and the latest day's questions, in two dimensions."""

from __future__ import annotations

from collections import defaultdict

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static
from textual_plotext import PlotextPlot

from retrieval.explore import CorpusMap
from tui.widgets.colours import BRIGHT, GREEN, MARK, QUIET, RED, Colour
from tui.words import count

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

_COLOURS: tuple[Colour, ...] = (BRIGHT, GREEN, RED, (190, 150, 214), (140, 200, 190))
_NOTHING = "There is no map yet. Press s to have the space looked at."


class MapChart(Vertical):
    """The topic that is looked at stands out; the others are quiet."""

    def __init__(self) -> None:
        super().__init__(id="map-chart", classes="panel")
        self.border_title = "Map"
        self._shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """The plot, and a line that says what is what."""
        yield PlotextPlot()
        yield Static(_NOTHING, markup=False, classes="legend")

    def show(self, found: CorpusMap | None, topic: int | None = None) -> None:
        """Draws the map with ``topic`` standing out, or all topics alike; unless it is drawn so already."""
        if (shown := (found, topic)) == self._shown:
            return
        self._shown = shown
        plot = self.query_one(PlotextPlot)
        plot.display = found is not None
        self.query_one(Static).update(_legend(found) if found else _NOTHING)
        if found:
            self._draw(plot, found, topic)

    def _draw(self, plot: PlotextPlot, found: CorpusMap, topic: int | None) -> None:
        places: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
        for point in found.points:
            places[point.topic].append((point.x, point.y))
        plot.plt.clear_figure()
        for number in sorted(places, key=lambda each: each == topic):
            xs, ys = zip(*places[number], strict=True)
            colour = _COLOURS[number % len(_COLOURS)] if topic in (None, number) else QUIET
            plot.plt.scatter(list(xs), list(ys), marker=topic_letter(number), color=colour)
        if found.questions:
            xs, ys = zip(*((each.x, each.y) for each in found.questions), strict=True)
            plot.plt.scatter(list(xs), list(ys), marker="?", color=MARK)
        plot.plt.xticks([])
        plot.plt.yticks([])
        plot.refresh()


def topic_letter(topic: int) -> str:
    """The letter of a topic; a dot for those beyond the alphabets."""
    return LETTERS[topic] if topic < len(LETTERS) else "."


def _legend(found: CorpusMap) -> str:
    asked = count(len(found.questions), "question")
    seen = f"{found.explained:.0%} of all differences are to be seen"
    return f"a letter is a document in its topic, ? one of {asked} of the last day; {seen}"
