"""The line on top: the screens with the keys that lead to them, and whose data they show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static


@dataclass(frozen=True)
class Tab:
    """A screen as the line on top shows it: ``short`` is its name where there is little room.

    One that is not ``always`` there stands in the line only while it is shown.
    """

    key: str
    name: str
    title: str
    short: str
    always: bool = True


TABS = (
    Tab("1", "overview", "Overview", "Home"),
    Tab("2", "knowledge", "Knowledge", "Docs"),
    Tab("3", "questions", "Questions", "Asked"),
    Tab("4", "thresholds", "Thresholds", "Limits"),
    Tab("5", "flags", "Off-topic", "Flags"),
    Tab("6", "costs", "Costs", "Costs"),
    Tab("7", "tokens", "Tokens", "Tokens"),
    Tab("8", "index", "Index", "Index"),
    Tab("9", "jobs", "Jobs", "Jobs"),
    Tab("0", "map", "Map", "Map", always=False),
)
"""In the order of their keys. A new screen has its tab here and its class in ``tui.palette.SCREENS``."""

TITLES = {tab.name: tab.title for tab in TABS}


class TabLine(Horizontal):
    """Shows where one is; a click leads elsewhere."""

    def __init__(self, current: str, space: str) -> None:
        super().__init__()
        self._current, self._space = current, space

    def compose(self) -> ComposeResult:
        """The tabs, and where there is room for it the space."""
        yield Static(self._tabs(lambda tab: tab.title), id="tabs")
        yield Static(f"space {self._space}", id="space", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Short names where the long ones do not fit; keys alone on a screen whose tab comes on top."""
        wide = self._tabs(lambda tab: tab.title)
        self.query_one("#tabs", Static).update(
            wide if wide.cell_length <= event.size.width else self._tabs(self._short)
        )

    def _short(self, tab: Tab) -> str:
        alone = tab.name != self._current and any(not each.always and each.name == self._current for each in TABS)
        return "" if alone else tab.short

    def _tabs(self, name: Callable[[Tab], str]) -> Content:
        shown = (tab for tab in TABS if tab.always or tab.name == self._current)
        return Content(" ").join(_tab(tab, name(tab), tab.name == self._current) for tab in shown)


def _tab(tab: Tab, name: str, here: bool) -> Content:
    # A mark, not only a colour, says which one is shown.
    if here:
        return Content.from_markup(f"[b $background on $primary]▸{tab.key} {name}[/]")
    return Content.from_markup(f"[@click=app.switch_mode('{tab.name}')] [b]{tab.key}[/b] {name}[/]")
