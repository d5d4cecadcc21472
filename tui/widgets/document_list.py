"""The documents of the space, narrowed down by what one types."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from storage.records import DocumentSummary
from tui.data.knowledge import Knowledge
from tui.times import short_time
from tui.widgets.live_table import Column, Row
from tui.widgets.panel import TablePanel
from tui.words import count

_NONE = "Nothing has been taken in yet.\n\nPress a to add a folder of Markdown, text or HTML files."
_NO_MATCH = "No document has that in its address, title or kind. Press f and type something else."
_COLUMNS = (Column("location"), Column("title"), Column("kind", 4), Column("size", 5, "right"), Column("of", 9))
_KINDS = {"markdown": "md"}


class DocumentList(TablePanel):
    """A table, and above it a box to filter it by words of address, title or kind."""

    def __init__(self) -> None:
        super().__init__("Documents", _COLUMNS, id="documents")
        self._view: Knowledge | None = None

    def compose(self) -> ComposeResult:
        """The box and the table."""
        yield Input(placeholder="f and a word narrows the list down", id="filter", compact=True)
        yield from super().compose()

    def show_documents(self, view: Knowledge) -> None:
        """Shows the documents that match."""
        self._view = view
        wanted = self.query_one(Input).value.casefold().split()
        found = [document for document in view.documents if _matches(document, wanted)]
        self.border_title = _title(len(found), view)
        self.show([_row(document, view.now) for document in found], _NO_MATCH if view.documents else _NONE)

    def start_filter(self) -> None:
        """Puts the cursor into the box."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _narrow(self) -> None:
        if self._view:
            self.show_documents(self._view)

    @on(Input.Submitted)
    def _done(self) -> None:
        self.table.focus()


def _matches(document: DocumentSummary, wanted: list[str]) -> bool:
    text = f"{document.location} {document.title} {document.format}".casefold()
    return all(word in text for word in wanted)


def _title(found: int, view: Knowledge) -> str:
    if found != len(view.documents):
        return f"{found:,} of {count(len(view.documents), 'document')}"
    passages = f", {count(view.passages, 'passage')}" if view.passages else ""
    return count(found, "document") + passages


def _row(document: DocumentSummary, now: float) -> Row:
    size = f"{max(round(document.characters / 1000), 1):,} k" if document.characters else "empty"
    kind = _KINDS.get(document.format, document.format)
    when = short_time(document.modified_at or document.stored_at, now)
    return Row(document.location, (document.location, document.title, kind, size, when))
