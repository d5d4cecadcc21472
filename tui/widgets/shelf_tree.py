"""The tree of sources and documents: opened and closed by the arrows, narrowed down by a word."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input, Static

from tui.data.shelf import PAGE, Looked, Shelf, Wanted
from tui.widgets.live_table import LiveTable
from tui.widgets.panel import TablePanel
from tui.widgets.shelf_rows import SHELF_COLUMNS, Entry, shelf_lines
from tui.widgets.tree_table import TreeTable
from tui.words import count

_NONE = "Nothing has been taken in yet.\n\nPress a to add a folder, a file or an address of the web."
_NO_MATCH = "No document has that in its address, title or kind. Press f and type something else."


class ShelfTree(TablePanel):
    """Sources, and the documents of those that were opened."""

    class WantedChanged(Message):
        """Something else is to be read."""

    class Chosen(Message):
        """The cursor stands on another line."""

    def __init__(self) -> None:
        super().__init__("Documents", SHELF_COLUMNS, id="documents")
        self._first = True
        self._sought = ""

    def compose(self) -> ComposeResult:
        """The box and the tree."""
        yield Input(placeholder="f and a word narrows the documents down", id="filter", compact=True)
        yield TreeTable()
        yield Static("…", classes="empty", markup=False)

    @property
    def table(self) -> TreeTable:
        """The table."""
        return self.query_one(TreeTable)

    @property
    def wanted(self) -> Wanted:
        """What is to be read."""
        return Wanted(dict(self.table.opened), self.query_one(Input).value.strip().casefold(), self._first)

    @property
    def entry(self) -> Entry | None:
        """What the cursor stands on."""
        return self.table.entry

    def show_shelf(self, shelf: Shelf, looked: Looked | None) -> None:
        """Shows the sources; the first time a lone one is open."""
        if self._first and shelf.sources:
            self._first = False
            if len(shelf.sources) == 1:
                self.table.opened[shelf.sources[0].source.id if shelf.sources[0].source else None] = PAGE
        lines = shelf_lines(shelf, looked)
        self.table.know(lines)
        self.border_title = _title(shelf, self.wanted)
        empty = _NO_MATCH if shelf.documents or shelf.sources else _NONE
        matches = not self.wanted.word or any(each.matching for each in shelf.sources)
        self.show([line.row for line in lines] if matches else [], empty)
        if self._sought and self.table.go_to(f"document {self._sought}"):
            self._sought = ""

    def start_filter(self) -> None:
        """Puts the cursor into the box."""
        self.query_one(Input).focus()

    def find(self, location: str) -> None:
        """Narrows the tree down to a document and puts the cursor on it."""
        self._sought = location
        self.query_one(Input).value = location
        self.table.focus()

    @on(LiveTable.RowHighlighted)
    def _chosen(self) -> None:
        self.post_message(self.Chosen())

    @on(Input.Changed)
    @on(TreeTable.Opened)
    def _narrow(self) -> None:
        self.post_message(self.WantedChanged())

    @on(Input.Submitted)
    def _done(self) -> None:
        """On to the first document that was found."""
        if self.wanted.word:
            self.table.go_to_first_document()
        self.table.focus()


def _title(shelf: Shelf, wanted: Wanted) -> str:
    if wanted.word:
        return f"{sum(each.matching for each in shelf.sources):,} of {count(shelf.documents, 'document')}"
    sources = f" from {count(len(shelf.sources), 'source')}" if shelf.sources else ""
    return count(shelf.documents, "document") + sources
