"""A table that is refreshed under its reader: cursor and scroll stay where they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.text import Text
from textual import events
from textual.coordinate import Coordinate
from textual.theme import Theme

from tui.widgets.edge_table import EdgeTable
from tui.words import one_line

NARROW = 84
"""Cells below which a table leaves out what is not needed most."""

LEAST_WIDTH = 8
"""A column that takes what the others leave is never narrower."""


@dataclass(frozen=True)
class Column:
    """A heading; ``width`` in cells, None for a column that takes what the others leave.

    ``colour`` is one of the theme's, such as ``primary``. A column that is ``wide_only`` is left out where there is
    little room.
    """

    title: str
    width: int | None = None
    align: Literal["left", "right"] = "left"
    colour: str = ""
    wide_only: bool = False


@dataclass(frozen=True)
class Row:
    """One line; ``key`` tells it from the others and stays the same when it is read again."""

    key: str
    cells: tuple[str, ...]
    style: str = ""


class LiveTable(EdgeTable):
    """Rows of plain text, chosen by the line."""

    def __init__(self, columns: Sequence[Column], id: str | None = None) -> None:
        super().__init__(id=id, cursor_type="row", zebra_stripes=True)
        self._wanted = tuple(columns)
        self._visible: Sequence[int] = range(len(self._wanted))
        self._shown: tuple[Row, ...] = ()

    @property
    def current(self) -> str | None:
        """The key of the row under the cursor."""
        return self._shown[self.cursor_row].key if self.cursor_row < len(self._shown) else None

    def line(self) -> str:
        """The row under the cursor as text, its cells apart by tabs; nothing where there is none."""
        return "\t".join(self._shown[self.cursor_row].cells) if self.current else ""

    def records(self) -> list[dict[str, str]]:
        """Every row with its cells by their headings."""
        titles = [column.title or str(place) for place, column in enumerate(self._wanted, start=1)]
        return [dict(zip(titles, row.cells, strict=True)) for row in self._shown]

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Shows these rows instead; nothing moves where nothing has changed."""
        before, self._shown = self._shown, tuple(rows)
        if self._shown == before or not self.columns:
            return
        if [row.key for row in before] == [row.key for row in self._shown]:
            self._rewrite(before)
        else:
            key = before[self.cursor_row].key if self.cursor_row < len(before) else None
            self._fill(key)

    def on_mount(self) -> None:
        """Follows the theme: what is coloured was coloured by the one before."""
        self.app.theme_changed_signal.subscribe(self, self._recolour)

    def on_resize(self, event: events.Resize) -> None:
        """The columns' widths follow the window's."""
        key = self.current
        self.clear(columns=True)
        is_narrow = event.size.width < NARROW
        self._visible = [place for place, each in enumerate(self._wanted) if not (each.wide_only and is_narrow)]
        visible = [self._wanted[place] for place in self._visible]
        room = self.scrollable_content_region.width - 2 * self.cell_padding * len(visible)
        for column, width in zip(visible, _widths(visible, room), strict=True):
            self.add_column(Text(column.title, justify=column.align), width=width)
        self._fill(key)

    def _fill(self, key: str | None) -> None:
        """All rows anew, with the cursor on the row ``key`` where it is still there, else on the line it was on."""
        line, top = self.cursor_row, self.scroll_y
        with self.app.batch_update():
            self.clear()
            for row in self._shown:
                self.add_row(*self._cells(row), key=row.key)
            places = {row.key: place for place, row in enumerate(self._shown)}
            self.move_cursor(row=places.get(key or "", min(line, max(len(self._shown) - 1, 0))), scroll=False)
        # How far it can be scrolled is known after the rows have been laid out.
        self.call_after_refresh(self._scroll_back, top)

    def _scroll_back(self, top: float) -> None:
        self.scroll_to(y=top, animate=False, force=True)
        self._scroll_cursor_into_view()

    def _rewrite(self, before: Sequence[Row | None]) -> None:
        for place, (old, new) in enumerate(zip(before, self._shown, strict=True)):
            if old != new:
                for column, cell in enumerate(self._cells(new)):
                    self.update_cell_at(Coordinate(place, column), cell)

    def _recolour(self, theme: Theme) -> None:
        if self.row_count and any(column.colour for column in self._wanted):
            self._rewrite([None] * len(self._shown))

    def _cells(self, row: Row) -> list[Text]:
        colours = self.app.theme_variables
        return [_cell(self._wanted[place], row.cells[place], row.style, colours) for place in self._visible]


def _widths(columns: Sequence[Column], room: int) -> list[int]:
    left = room - sum(column.width or 0 for column in columns)
    flexible = sum(column.width is None for column in columns) or 1
    return [column.width or max(left // flexible, LEAST_WIDTH) for column in columns]


def _cell(column: Column, words: str, style: str, colours: Mapping[str, str]) -> Text:
    cell = Text(one_line(words), style, justify=column.align, no_wrap=True, overflow="ellipsis")
    if column.colour:
        cell.stylize(colours[column.colour])
    return cell
