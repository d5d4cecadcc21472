"""The screens and their actions by name: for the command palette and the help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textual.binding import Binding, BindingType

from tui.screens.base import ConsoleScreen
from tui.screens.costs import CostsScreen
from tui.screens.flags import FlagsScreen
from tui.screens.knowledge import KnowledgeScreen
from tui.screens.overview import OverviewScreen
from tui.screens.questions import QuestionsScreen
from tui.screens.thresholds import ThresholdsScreen
from tui.widgets.sliders import Sliders

SCREENS: Mapping[str, type[ConsoleScreen]] = {
    screen.NAME: screen
    for screen in (OverviewScreen, KnowledgeScreen, QuestionsScreen, CostsScreen, ThresholdsScreen, FlagsScreen)
}
"""In the order of their number keys."""


@dataclass(frozen=True)
class Action:
    """Something that can be done on a screen."""

    screen: str
    name: str
    words: str
    key: str


@dataclass(frozen=True)
class Section:
    """The keys of one screen, with what they do."""

    title: str
    keys: tuple[tuple[str, str], ...]


def actions() -> Iterator[Action]:
    """Whatever the screens do, screen by screen."""
    for name, screen in SCREENS.items():
        for binding in _bindings(screen.BINDINGS):
            if binding.show:
                yield Action(name, binding.action, binding.description, binding.key_display or binding.key)


def sections() -> list[Section]:
    """The keys for the help, screen by screen."""
    found = [
        Section(name.title(), tuple((each.key, each.words) for each in actions() if each.screen == name))
        for name in SCREENS
    ]
    moving = tuple((b.key_display or b.key, b.description) for b in _bindings(Sliders.BINDINGS) if b.show)
    return [Section(s.title, moving + s.keys) if s.title == "Thresholds" else s for s in found]


def _bindings(listed: list[BindingType]) -> Iterator[Binding]:
    return (binding for binding in listed if isinstance(binding, Binding))
