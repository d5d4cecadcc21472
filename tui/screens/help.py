"""Help: what a screen is for, its keys, those that work everywhere, and what the console's words mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.words import GLOSSARY


@dataclass(frozen=True)
class Section:
    """Keys with what they do, under a title."""

    title: str
    keys: tuple[tuple[str, str], ...]


class HelpScreen(ModalScreen[None]):
    """A page to read; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q", "dismiss", "Close", key_display="Esc")]

    def __init__(self, title: str, purpose: str, sections: Sequence[Section]) -> None:
        super().__init__()
        self.topic, self.purpose, self.sections = title, purpose, sections

    def compose(self) -> ComposeResult:
        """The page."""
        with VerticalScroll(classes="dialog help") as box:
            box.border_title = f"Help: {self.topic}"
            box.border_subtitle = "Escape closes"
            yield Static(_page(self.purpose, self.sections), markup=False)


def _page(purpose: str, sections: Iterable[Section]) -> Content:
    lines = [Content(purpose), Content("")] if purpose else []
    for section in sections:
        if section.keys:
            lines += [_title(section.title), *(_pair(key, words) for key, words in section.keys), Content("")]
    return Content("\n").join([*lines, _title("Words"), *(_pair(*meaning, 24) for meaning in GLOSSARY.items())])


def _title(words: str) -> Content:
    return Content.from_markup("[b $primary]$words[/]", words=words)


def _pair(key: str, words: str, width: int = 8) -> Content:
    return Content.from_markup("  [b]$key[/b] $words", key=f"{key.strip():<{width}}", words=words)
