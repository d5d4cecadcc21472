"""Tokens: a text in two vocabularies side by side, and what it spends tokens on."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import TextArea

from tui.admin_data import AdminData
from tui.data.tokens import TokenView
from tui.dialogs.open_file import OpenFileDialog
from tui.screens.base import ConsoleScreen
from tui.widgets.panel import TextPanel
from tui.widgets.token_source import TokenSource
from tui.widgets.token_text import NOTHING, costs_text, token_title, tokens_text

PAUSE_SECONDS = 0.15
"""How long nobody types before a text is counted."""

_SAY = "A text, a web page, a PDF, a Word or a PowerPoint file. Of a web page it is shown what cleaning saves."


class TokensScreen(ConsoleScreen):
    """The text above with what it costs; below it its tokens twice."""

    NAME = "tokens"
    PURPOSE = (
        "What a text costs before it is sent: its tokens in two vocabularies, what wastes them, its languages, and "
        "what cleaning saves of a web page. Nothing is stored."
    )
    AUTO_FOCUS = "#tokens-0"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "type", "Type"),
        Binding("o", "open", "Open a file"),
        Binding("left_square_bracket", "next_encoding(0)", "Left vocabulary", key_display="["),
        Binding("right_square_bracket", "next_encoding(1)", "Right vocabulary", key_display="]"),
        Binding("h", "next_reading", "Page / text / cleaned"),
        Binding("delete", "clear", "Clear", key_display="del"),
        Binding("escape", "leave_text", "Leave the text", show=False),
    ]

    def __init__(self, data: AdminData) -> None:
        super().__init__(data)
        self._encodings: tuple[str, ...] = ()
        self._chosen = [0, 1]

    def body(self) -> ComposeResult:
        """The text, its costs, its tokens."""
        with Container(id="token-top"):
            yield TokenSource()
            yield TextPanel("What it costs", id="token-costs")
        with Container(id="token-bottom"):
            yield TextPanel("", id="tokens-0")
            yield TextPanel("", id="tokens-1")

    async def load(self) -> None:
        """See ConsoleScreen. What was typed is counted only when it changes."""
        encodings = await self.data.tokens.encodings()
        if encodings != self._encodings:
            self._encodings = encodings
            self._chosen = [0, min(1, len(encodings) - 1)]
            # At once: loading a vocabulary takes as long as a screen may take to open.
            for side, place in enumerate(self._chosen[: len(encodings)]):
                panel = self.query_one(f"#tokens-{side}", TextPanel)
                panel.border_title = encodings[place]
                panel.show(NOTHING)
            self._count()

    def on_paste(self, pasted: events.Paste) -> None:
        """What is pasted anywhere on the screen is the text."""
        text = self.query_one(TokenSource)
        if not text.has_focus:
            text.load_text(pasted.text)

    def action_type(self) -> None:
        """Into the text; Escape leads out of it."""
        self.query_one(TokenSource).focus()

    def action_next_encoding(self, side: int) -> None:
        """Another vocabulary on one of the sides."""
        if self._encodings:
            self._chosen[side] = (self._chosen[side] + 1) % len(self._encodings)
            self._count()

    def action_clear(self) -> None:
        """An empty text."""
        self.query_one(TokenSource).text = ""

    def action_leave_text(self) -> None:
        """Out of the text, where number keys lead to other screens."""
        self.query_one("#tokens-0", TextPanel).focus()

    def action_next_reading(self) -> None:
        """The page as it is, its text without tags, or cleaned as a model is given it."""
        if not self.query_one(TokenSource).next_reading():
            self.notify("this is for web pages: open one, or paste its source")

    @work
    async def action_open(self) -> None:
        """Asks for a file and shows its text."""
        path = await self.app.push_screen_wait(OpenFileDialog("Open a file", _SAY))
        if path is not None:
            with self.sentences():
                given = await self.data.tokens.open(path)
                self.query_one(TokenSource).show_file(path.name, given.text)

    @on(TextArea.Changed)
    @work(group="count", exclusive=True)
    async def _count(self) -> None:
        await asyncio.sleep(PAUSE_SECONDS)
        if not self._encodings:
            return
        text = self.query_one(TokenSource).text
        names = tuple(self._encodings[place] for place in self._chosen)
        with self.sentences():
            self._show(await self.data.tokens.examine(text, names), names)

    def _show(self, view: TokenView, names: tuple[str, ...]) -> None:
        self.query_one(TokenSource).know(view.given)
        self.query_one("#token-costs", TextPanel).show(costs_text(view))
        rows = [each.counted for each in view.examined]
        for side, (name, found) in enumerate(zip(names, view.examined, strict=True)):
            panel = self.query_one(f"#tokens-{side}", TextPanel)
            panel.border_title = token_title(name, found, rows)
            panel.show(tokens_text(found))
