"""A framed plot with a line below it that says what is what, in the colours of the theme."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.color import Color
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from textual_plotext import PlotextPlot
    from textual_plotext.plot import Plot

PLOTS = "textual_plotext"
"""Takes a fifth of a second to import, which the first screen does not wait for: it has no plot."""

Ink = tuple[int, int, int]


_NAMES = ("primary", "secondary", "accent", "success", "error")


@dataclass(frozen=True)
class Inks:
    """What a plot is drawn with: the theme's colours by their names, and ``parts`` that tell things apart."""

    named: Mapping[str, Ink]
    parts: tuple[Ink, ...]

    @property
    def bright(self) -> Ink:
        """For what the plot is about."""
        return self.named["primary"]

    @property
    def quiet(self) -> Ink:
        """For what stands around it."""
        return self.named["secondary"]

    @property
    def mark(self) -> Ink:
        """For what must not be missed."""
        return self.named["accent"]


Draw = Callable[["Plot", Inks], None]


def inks(theme: Mapping[str, str]) -> Inks:
    """The inks of a theme by its variables; parts beyond three are mixed."""
    colours = {name: Color.parse(theme[name]) for name in _NAMES}
    bright, good, bad = colours["primary"], colours["success"], colours["error"]
    # What stands around is nearer to the ground than any word on it.
    colours["secondary"] = colours["secondary"].blend(Color.parse(theme["surface"]), 0.4)
    parts = (bright, good, bad, bright.blend(bad, 0.5), bright.blend(good, 0.5))
    return Inks({name: colour.rgb for name, colour in colours.items()}, tuple(part.rgb for part in parts))


class PlotPanel(Vertical):
    """Drawn anew when what it shows, or the theme, is another one."""

    def __init__(self, title: str, id: str) -> None:
        super().__init__(id=id, classes="panel")
        self.border_title = title
        self._shown: object = None
        self._draw: Draw | None = None
        self._plot: PlotextPlot = import_module(PLOTS).PlotextPlot()

    def compose(self) -> ComposeResult:
        """The plot, and what is what."""
        yield self._plot
        yield Static("", markup=False, classes="legend")

    def on_mount(self) -> None:
        """Follows the theme."""
        self._plot.display = False
        self.app.theme_changed_signal.subscribe(self, lambda _: self._redraw())

    def show_plot(self, shown: object, legend: str | Content, draw: Draw | None) -> None:
        """Shows ``legend`` with what ``draw`` draws, or alone; nothing is done where ``shown`` stands there already."""
        if shown == self._shown:
            return
        self._shown, self._draw = shown, draw
        self.query_one(Static).update(legend)
        self._plot.display = draw is not None
        self._redraw()

    def _redraw(self) -> None:
        if self._draw is not None:
            self._plot.plt.clear_figure()
            self._draw(self._plot.plt, inks(self.app.theme_variables))
            self._plot.refresh()
