"""A framed part of a screen with a title: a table with a note where it is empty, or a text to read."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.widgets.live_table import Column, LiveTable, Row


class TablePanel(Vertical):
    """A table, or where it has no rows a note that says why and what to do next."""

    def __init__(self, title: str, columns: Sequence[Column], id: str) -> None:
        super().__init__(id=id, classes="panel")
        self.border_title = title
        self._columns = columns
        self._shown: tuple[tuple[Row, ...], str] | None = None

    def compose(self) -> ComposeResult:
        """The table and its note."""
        yield LiveTable(self._columns)
        yield Static("…", classes="empty", markup=False)

    @property
    def table(self) -> LiveTable:
        """The table."""
        return self.query_one(LiveTable)

    def show(self, rows: Sequence[Row], empty: str) -> None:
        """Shows ``rows``, or ``empty`` where there are none."""
        if (shown := (tuple(rows), empty)) == self._shown:
            return
        self._shown = shown
        # The table stays, and with it the focus: a hidden one would hand it to whatever box is next.
        self.table.set_class(not rows, "bare")
        note = self.query_one(".empty", Static)
        note.display = not rows
        note.update(empty)
        self.table.show_rows(rows)


class TextPanel(VerticalScroll):
    """A text that can be scrolled."""

    def __init__(self, title: str, id: str) -> None:
        super().__init__(id=id, classes="panel")
        self.border_title = title
        self._text = Content("")

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static("", markup=False)

    @property
    def text(self) -> str:
        """What is shown, without its colours."""
        return self._text.plain

    def show(self, text: Content) -> None:
        """Shows ``text``; where it is what is shown already nothing is drawn."""
        if text != self._text or text.spans != self._text.spans:
            self._text = text
            self.query_one(Static).update(text)
