"""The tree of sources and documents: opened and closed by the arrows, narrowed down by a word."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, Static

from tui.data.shelf import PAGE, Looked, Shelf, Wanted
from tui.widgets.live_table import LiveTable
from tui.widgets.panel import TablePanel
from tui.widgets.shelf_rows import SHELF_COLUMNS, Entry, shelf_lines
from tui.words import count

_NONE = "Nothing has been taken in yet.\n\nPress a to add a folder, a file or an address of the web."
_NO_MATCH = "No document has that in its address, title or kind. Press f and type something else."


class TreeTable(LiveTable):
    """A table whose lines are opened and closed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "fold(True)", "Open a source", key_display="→", show=False),
        Binding("left", "fold(False)", "Close a source", key_display="←", show=False),
    ]

    class Folded(Message):
        """The line under the cursor is to be opened or closed."""

        def __init__(self, opens: bool) -> None:
            super().__init__()
            self.opens = opens

    def action_fold(self, opens: bool) -> None:
        """Asks whoever has the lines."""
        self.post_message(self.Folded(opens))


class ShelfTree(TablePanel):
    """Sources, and the documents of those that were opened."""

    class WantedChanged(Message):
        """Something else is to be read."""

    class Chosen(Message):
        """The cursor stands on another line."""

    def __init__(self) -> None:
        super().__init__("Documents", SHELF_COLUMNS, id="documents")
        self._entries: dict[str, Entry] = {}
        self._opened: dict[int | None, int] = {}
        self._first = True
        self._sought = ""

    def compose(self) -> ComposeResult:
        """The box and the tree."""
        yield Input(placeholder="f and a word narrows the documents down", id="filter", compact=True)
        yield TreeTable(SHELF_COLUMNS)
        yield Static("…", classes="empty", markup=False)

    @property
    def wanted(self) -> Wanted:
        """What is to be read."""
        return Wanted(dict(self._opened), self.query_one(Input).value.strip().casefold())

    @property
    def entry(self) -> Entry | None:
        """What the cursor stands on."""
        return self._entries.get(self.table.current or "")

    def show_shelf(self, shelf: Shelf, looked: Looked | None) -> None:
        """Shows the sources; the first time a single one is opened at once."""
        if self._first and shelf.sources:
            self._first = False
            if len(shelf.sources) == 1:
                self._open(shelf.sources[0].source.id if shelf.sources[0].source else None, PAGE)
        lines = shelf_lines(shelf, looked)
        self._entries = {line.row.key: line.entry for line in lines}
        self.border_title = _title(shelf, self.wanted)
        empty = _NO_MATCH if shelf.documents or shelf.sources else _NONE
        matches = not self.wanted.word or any(each.matching for each in shelf.sources)
        self.show([line.row for line in lines] if matches else [], empty)
        self._go_to_sought()

    def start_filter(self) -> None:
        """Puts the cursor into the box."""
        self.query_one(Input).focus()

    def find(self, location: str) -> None:
        """Narrows the tree down to a document and puts the cursor on it."""
        self._sought = location
        self.query_one(Input).value = location
        self.table.focus()

    @on(TreeTable.Folded)
    def _fold(self, folded: TreeTable.Folded) -> None:
        if self.entry is None:
            return
        number = self.entry.source_id
        if folded.opens:
            self._open(number, max(self._opened.get(number, 0), PAGE))
        else:
            self._close(number)

    @on(LiveTable.RowSelected)
    def _toggle(self) -> None:
        entry = self.entry
        if entry and entry.what == "more":
            self._open(entry.source_id, self._opened.get(entry.source_id, PAGE) + PAGE)
        elif entry and entry.what == "source":
            if self._opened.get(entry.source_id):
                self._close(entry.source_id)
            else:
                self._open(entry.source_id, PAGE)

    @on(LiveTable.RowHighlighted)
    def _chosen(self) -> None:
        self.post_message(self.Chosen())

    @on(Input.Changed)
    def _narrow(self) -> None:
        self.post_message(self.WantedChanged())

    @on(Input.Submitted)
    def _done(self) -> None:
        """On to the first document that was found."""
        documents = [place for place, entry in enumerate(self._entries.values()) if entry.what == "document"]
        if documents and self.wanted.word:
            self.table.move_cursor(row=documents[0])
        self.table.focus()

    def _go_to_sought(self) -> None:
        key = f"document {self._sought}"
        if key in self._entries:
            self.table.move_cursor(row=list(self._entries).index(key))
            self._sought = ""

    def _open(self, number: int | None, documents: int) -> None:
        self._opened[number] = documents
        self.post_message(self.WantedChanged())

    def _close(self, number: int | None) -> None:
        self._opened[number] = 0
        # The cursor goes to the source: the lines below it are about to go.
        place = list(self._entries).index(f"source {number}") if f"source {number}" in self._entries else 0
        self.table.move_cursor(row=place)
        self.post_message(self.WantedChanged())


def _title(shelf: Shelf, wanted: Wanted) -> str:
    if wanted.word:
        return f"{sum(each.matching for each in shelf.sources):,} of {count(shelf.documents, 'document')}"
    sources = f" from {count(len(shelf.sources), 'source')}" if shelf.sources else ""
    return count(shelf.documents, "document") + sources
