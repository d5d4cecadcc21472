"""A table whose lines are the entries of a tree: sources are opened and closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.data.shelf import PAGE
from tui.widgets.live_table import LiveTable
from tui.widgets.shelf_rows import SHELF_COLUMNS, Entry, Line


class TreeTable(LiveTable):
    """``opened`` is how many documents are shown of each source, by its number: 0 for one that was closed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "fold(True)", "Open a source", key_display="→", show=False),
        Binding("left", "fold(False)", "Close a source", key_display="←", show=False),
    ]

    class Opened(Message):
        """More of a source is to be shown, or less."""

    def __init__(self) -> None:
        super().__init__(SHELF_COLUMNS)
        self.opened: dict[int | None, int] = {}
        self._entries: dict[str, Entry] = {}

    @property
    def entry(self) -> Entry | None:
        """What the cursor stands on."""
        return self._entries.get(self.current or "")

    def know(self, lines: Sequence[Line]) -> None:
        """Says what the rows that are about to be shown stand for."""
        self._entries = {line.row.key: line.entry for line in lines}

    def open(self, number: int | None, documents: int) -> None:
        """Shows so many documents of a source. Where it is closed the lines below go, so the cursor goes to it."""
        self.opened[number] = documents
        if not documents:
            self.go_to(f"source {number}")
        self.post_message(self.Opened())

    def go_to(self, key: str) -> bool:
        """Puts the cursor on a line; False where there is none with that key."""
        place = next((place for place, each in enumerate(self._entries) if each == key), None)
        if place is not None:
            self.move_cursor(row=place)
        return place is not None

    def go_to_first_document(self) -> None:
        """Puts the cursor on a document, where there is one."""
        self.go_to(next((key for key, entry in self._entries.items() if entry.what == "document"), ""))

    def action_fold(self, opens: bool) -> None:
        """Opens the source of the chosen line, or closes it."""
        if entry := self.entry:
            self.open(entry.source_id, max(self.opened.get(entry.source_id, 0), PAGE) if opens else 0)

    @on(LiveTable.RowSelected)
    def _toggle(self) -> None:
        entry = self.entry
        if entry and entry.what == "more":
            self.open(entry.source_id, self.opened.get(entry.source_id, PAGE) + PAGE)
        elif entry and entry.what == "source":
            self.open(entry.source_id, 0 if self.opened.get(entry.source_id) else PAGE)
