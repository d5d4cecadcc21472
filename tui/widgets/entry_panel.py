"""What the chosen line of the tree stands for, in full."""

from __future__ import annotations

from textual import work

from storage.errors import KnowbotError
from tui.data.shelf import ShelfData, SourceShelf
from tui.widgets.document_text import document_text, entry_text
from tui.widgets.panel import TextPanel
from tui.widgets.shelf_rows import Entry

_BORDER = 4
_LEAST_WIDTH = 20


class EntryPanel(TextPanel):
    """A document with its passages, or what is known of a source."""

    def __init__(self, data: ShelfData) -> None:
        super().__init__("The document", id="document")
        self._data = data

    @work(group="document", exclusive=True)
    async def show_entry(self, entry: Entry, source: SourceShelf | None, now: float) -> None:
        """Reads the document, where it is one, and shows it."""
        if entry.what == "document":
            try:
                preview = await self._data.preview(entry.location)
            except KnowbotError as error:
                self.notify(str(error), title="Not read", severity="error", timeout=12, markup=False)
                return
            if preview is not None:
                self.show(document_text(preview, entry.state, max(self.size.width - _BORDER, _LEAST_WIDTH)))
        elif entry.what != "more":
            self.show(entry_text(entry, source, now))
