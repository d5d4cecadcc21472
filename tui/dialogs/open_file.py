"""Which file to open."""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from tui.dialogs.base import Dialog


class OpenFileDialog(Dialog[Path]):
    """Asks for the path of a file."""

    def __init__(self, title: str, say: str) -> None:
        super().__init__()
        self._title, self._say = title, say

    def compose(self) -> ComposeResult:
        """The question."""
        with self.frame(self._title):
            yield Static(self._say, markup=False)
            yield Input(placeholder="~/page.html", id="path")

    @on(Input.Submitted)
    def _submitted(self, submitted: Input.Submitted) -> None:
        if submitted.value.strip():
            self.dismiss(Path(submitted.value.strip()))
