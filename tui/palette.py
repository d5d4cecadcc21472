"""The screens and their actions by name: for the command palette and the help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.screens.base import ConsoleScreen
from tui.screens.costs import CostsScreen
from tui.screens.flags import FlagsScreen
from tui.screens.help import HelpScreen, Section
from tui.screens.index import IndexScreen
from tui.screens.jobs import JobsScreen
from tui.screens.knowledge import KnowledgeScreen
from tui.screens.map import MapScreen
from tui.screens.overview import OverviewScreen
from tui.screens.questions import QuestionsScreen
from tui.screens.table_actions import TableActions
from tui.screens.thresholds import ThresholdsScreen
from tui.screens.tokens import TokensScreen
from tui.widgets.tab_line import TABS, TITLES

_CLASSES: tuple[type[ConsoleScreen], ...] = (
    OverviewScreen,
    KnowledgeScreen,
    QuestionsScreen,
    ThresholdsScreen,
    FlagsScreen,
    CostsScreen,
    TokensScreen,
    IndexScreen,
    JobsScreen,
    MapScreen,
)
SCREENS: Mapping[str, type[ConsoleScreen]] = {screen.NAME: screen for screen in _CLASSES}
"""In the order of their tabs."""


@dataclass(frozen=True)
class Action:
    """Something that can be done on a screen, or with a ``part`` of it that has keys of its own."""

    screen: str
    name: str
    words: str
    key: str
    part: type[Widget] | None = None


def actions() -> Iterator[Action]:
    """Whatever the screens do, screen by screen; what a key does in two directions, direction by direction."""
    for name, screen in SCREENS.items():
        yield from _actions(name, screen.BINDINGS)
        for part in screen.PARTS:
            yield from _actions(name, part.BINDINGS, part)


def everywhere() -> Iterator[Action]:
    """What can be done to the table or the text of any screen."""
    yield from _actions("", TableActions.BINDINGS)


def help_screen(name: str, of_the_app: Iterable[BindingType]) -> HelpScreen:
    """The help of one screen: its own keys first."""
    screen = SCREENS[name]
    parts = [binding for part in screen.PARTS for binding in part.BINDINGS]
    sections = (
        Section("On this screen", _keys([*parts, *screen.BINDINGS])),
        Section("In every table and text", (("↑ ↓", "Choose a line"), *_keys(TableActions.BINDINGS))),
        Section("Everywhere", (("tab", "The next part of the screen"), *_keys(of_the_app), *_PALETTE)),
    )
    return HelpScreen(TITLES[name], screen.PURPOSE, sections)


_PALETTE = (
    ("ctrl+p", "Every screen and action by name"),
    (f"{TABS[0].key} to {TABS[-2].key}, {TABS[-1].key}", "The screens"),
)


def _actions(screen: str, bindings: Iterable[BindingType], part: type[Widget] | None = None) -> Iterator[Action]:
    for binding in bindings:
        if isinstance(binding, Binding) and binding.description:
            words, key = binding.tooltip or binding.description, binding.key_display or binding.key
            yield Action(screen, binding.action, words, key, part)


def _keys(bindings: Iterable[BindingType]) -> tuple[tuple[str, str], ...]:
    return tuple((binding.key_display or binding.key, binding.description) for binding in _told(bindings))


def _told(bindings: Iterable[BindingType]) -> Iterator[Binding]:
    """Those with words; of keys that do the same in two directions the first stands for both."""
    told: set[str] = set()
    for binding in bindings:
        if isinstance(binding, Binding) and binding.description and binding.description not in told:
            told.add(binding.description)
            yield binding
