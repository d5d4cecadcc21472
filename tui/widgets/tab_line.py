"""The line on top: the six screens with the keys that lead to them, and whose data they show."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

SCREENS = ("overview", "knowledge", "questions", "costs", "thresholds", "flags")
"""In the order of their number keys."""


class TabLine(Horizontal):
    """Shows where one is; a click leads elsewhere."""

    def __init__(self, current: str, space: str) -> None:
        super().__init__()
        self._current, self._space = current, space

    def compose(self) -> ComposeResult:
        """The tabs, and where there is room for it the space."""
        tabs = [_tab(number, name, name == self._current) for number, name in enumerate(SCREENS, start=1)]
        yield Static(Content(" ").join(tabs), id="tabs")
        yield Static(f"space {self._space}", id="space", markup=False)


def _tab(number: int, name: str, here: bool) -> Content:
    # A mark, not only a colour, says which one is shown.
    if here:
        return Content.from_markup(f"[b $background on $primary]▸{number} {name.title()} [/]")
    return Content.from_markup(f"[@click=app.switch_mode('{name}')] [b]{number}[/b] {name.title()} [/]")
