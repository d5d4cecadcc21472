"""The line on top: whose console this is, and the six screens with the keys that lead to them."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

SCREENS = ("overview", "knowledge", "questions", "costs", "thresholds", "flags")
"""In the order of their number keys."""


class TabLine(Static):
    """Shows where one is; a click leads elsewhere."""

    def __init__(self, current: str, space: str) -> None:
        super().__init__(_tabs(current, space))


def _tabs(current: str, space: str) -> Content:
    tabs = [_tab(number, name, name == current) for number, name in enumerate(SCREENS, start=1)]
    # The space may be long, the tabs may not vanish.
    return Content(" ").join([*tabs, Content.from_markup("  [$secondary]space $space[/]", space=space)])


def _tab(number: int, name: str, here: bool) -> Content:
    # A mark, not only a colour, says which one is shown.
    if here:
        return Content.from_markup(f"[b $background on $primary]▸{number} {name.title()} [/]")
    return Content.from_markup(f"[@click=app.switch_mode('{name}')] [b]{number}[/b] {name.title()} [/]")
