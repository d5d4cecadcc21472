"""Which folder, file or address to take in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Input, Static

from storage.errors import KnowbotError
from tui.dialogs.base import Dialog

_SAY = (
    "A folder or a file (Markdown, text, HTML, reStructuredText, PDF, Word, PowerPoint, a table of questions), or the "
    "address of a page or a sitemap. The worker reads it, and looks at it again with every refresh. What is in it can "
    "be quoted to every member."
)


class AddDialog(Dialog[str]):
    """Asks for a place, and does not take one that offers no document."""

    def __init__(self, count_offered: Callable[[str], Awaitable[int]]) -> None:
        super().__init__()
        self._count_offered = count_offered

    def compose(self) -> ComposeResult:
        """The question."""
        with self.frame("Add documents"):
            yield Static(_SAY, markup=False)
            yield Input(placeholder="~/handbook or https://example.org/help", id="path")
            yield Static("", id="complaint", markup=False)

    @on(Input.Submitted)
    def _submitted(self, submitted: Input.Submitted) -> None:
        if submitted.value.strip():
            self._check(submitted.value.strip())

    @work(exclusive=True)
    async def _check(self, location: str) -> None:
        complaint = self.query_one("#complaint", Static)
        complaint.update("looking …")
        try:
            await self._count_offered(location)
        except KnowbotError as error:
            complaint.update(f"! {error}")
        else:
            self.dismiss(location)
