"""Which folder to take in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Input, Static

from storage.errors import KnowbotError
from tui.dialogs.base import Dialog

_SAY = (
    "A folder or a file of Markdown, text or HTML. The worker reads it, and looks at it again with every refresh. "
    "What is in it can be quoted to every member."
)


class FolderDialog(Dialog[Path]):
    """Asks for a path, and does not take one that offers no document."""

    def __init__(self, count_files: Callable[[Path], Awaitable[int]]) -> None:
        super().__init__()
        self._count_files = count_files

    def compose(self) -> ComposeResult:
        """The question."""
        with self.frame("Add a folder"):
            yield Static(_SAY, markup=False)
            yield Input(placeholder="~/handbook", id="path")
            yield Static("", id="complaint", markup=False)

    @on(Input.Submitted)
    def _submitted(self, submitted: Input.Submitted) -> None:
        if submitted.value.strip():
            self._check(Path(submitted.value.strip()))

    @work(exclusive=True)
    async def _check(self, path: Path) -> None:
        complaint = self.query_one("#complaint", Static)
        complaint.update("looking …")
        try:
            await self._count_files(path)
        except KnowbotError as error:
            complaint.update(f"! {error}")
        else:
            self.dismiss(path)
