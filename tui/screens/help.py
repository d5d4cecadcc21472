"""Help: every key, and what the console's words mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.palette import Section

_WORDS = {
    "confidence": "the probability, from 0 to 1, that the first passage found answers the question",
    "off-topic score": "how far a message is from what the documents, or the messages taught, are about",
    "passage, title, lexical": "how near the passage, its heading and its words are to the question",
    "fused": "the three in one number: passages are ordered by it",
    "addressed": "somebody asked the bot: a mention, a reply to it, /ask, or this console",
    "generation": "all vectors made by one encoder; a new one stands beside the old until it is complete",
}


class HelpScreen(ModalScreen[None]):
    """A page to read; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q", "dismiss", "Close", key_display="Esc")]

    def __init__(self, sections: Sequence[Section]) -> None:
        super().__init__()
        self._sections = sections

    def compose(self) -> ComposeResult:
        """The page."""
        with VerticalScroll(classes="dialog help") as box:
            box.border_title = "Help"
            box.border_subtitle = "Escape closes"
            yield Static(_page(self._sections), markup=False)


def _page(sections: Sequence[Section]) -> Content:
    lines = [_pair(" 1 to 6", "the screens"), _pair("Tab", "the next part of a screen")]
    lines += [_pair("ctrl+p", "every screen and action by name"), _pair("q", "quit; nothing is lost")]
    for section in sections:
        lines += [Content(""), Content.from_markup("[b $primary]$name[/]", name=section.title)]
        lines += [_pair(key, words) for key, words in section.keys]
    lines += [Content(""), Content.from_markup("[b $primary]Words[/]")]
    lines += [_pair(word, meaning, 24) for word, meaning in _WORDS.items()]
    return Content("\n").join(lines)


def _pair(key: str, words: str, width: int = 8) -> Content:
    return Content.from_markup("  [b]$key[/b] $words", key=f"{key.strip():<{width}}", words=words)
