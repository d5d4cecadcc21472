"""Where a file is to be written."""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from tui.dialogs.base import Dialog


class PathDialog(Dialog[Path]):
    """Asks for the path of a file; one that exists is taken only when Enter is pressed once more."""

    def __init__(self, title: str, say: str, suggested: Path) -> None:
        super().__init__()
        self._title, self._say, self._suggested = title, say, suggested
        self._warned_of: Path | None = None

    def compose(self) -> ComposeResult:
        """The question, with an answer to begin with."""
        with self.frame(self._title):
            yield Static(self._say, markup=False)
            yield Input(str(self._suggested), id="path", select_on_focus=False)
            yield Static("", id="complaint", markup=False)

    @on(Input.Submitted)
    def _submitted(self, submitted: Input.Submitted) -> None:
        if not submitted.value.strip():
            return
        path = Path(submitted.value.strip()).expanduser()
        if path.exists() and path != self._warned_of:
            self._warned_of = path
            self.query_one("#complaint", Static).update(f"! {path} exists: Enter once more writes over it")
            return
        self.dismiss(path)
