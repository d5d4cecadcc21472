"""A box for words that something is narrowed down by: it takes room only while it is used."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import Input


class WordsBox(Input):
    """Hidden while it is empty and nobody types in it."""

    def __init__(self, what: str, id: str) -> None:
        """``what`` says words of what are meant."""
        super().__init__(placeholder=f"words of {what}, then Enter", id=id, compact=True, classes="words-box")
        self.display = False

    def start(self) -> None:
        """Shows the box and puts the cursor into it."""
        self.display = True
        self.focus()

    def settle(self, words: str, back: Widget) -> None:
        """Shows what is sought; whoever typed goes on in ``back``."""
        self.value = words
        if self.has_focus:
            back.focus()
        self.display = bool(words)
