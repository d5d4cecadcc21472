"""HTML tables as Markdown's: one line a row, the first of them the header."""

from __future__ import annotations

from collections.abc import Callable

from bs4 import Tag

from retrieval.extractors.blocks import pipe_rows
from retrieval.extractors.html_page import HEADINGS, attribute

_LONGEST_CELL = 600
_MOST_COLUMNS = 50


def is_layout(table: Tag) -> bool:
    """Whether ``table`` only places things on the page: one column or row, or cells too rich to be cells."""
    if attribute(table, "role") in {"presentation", "none"} or table.find([*HEADINGS, "table"]):
        return True
    if any("\n" in pre.get_text().strip() for pre in table.find_all("pre")):
        return True
    rows = table.find_all("tr")
    cells = [row.find_all(["td", "th"]) for row in rows]
    widest = max(map(len, cells), default=0)
    return len(rows) < 2 or widest < 2 or any(len(cell.get_text()) > _LONGEST_CELL for row in cells for cell in row)


def pipe_table(table: Tag, text_of: Callable[[Tag], str]) -> str:
    """``table`` with the first row as header; merged cells are repeated downwards and left empty sideways."""
    return pipe_rows(_grid(table, text_of))


def _grid(table: Tag, text_of: Callable[[Tag], str]) -> list[list[str]]:
    grid: list[list[str]] = []
    reaching: dict[int, tuple[int, str]] = {}  # by column, how many more rows a cell from above fills
    for row in table.find_all("tr"):
        cells: list[str] = []
        for cell in row.find_all(["td", "th"]):
            _fill_from_above(cells, reaching)
            text = text_of(cell)
            below = _span(cell, "rowspan") - 1
            for column in range(min(_span(cell, "colspan"), max(1, _MOST_COLUMNS - len(cells)))):
                reaching[len(cells)] = (below, text)
                cells.append("" if column else text)
        _fill_from_above(cells, reaching)
        grid.append(cells)
    return grid


def _fill_from_above(cells: list[str], reaching: dict[int, tuple[int, str]]) -> None:
    while reaching.get(len(cells), (0, ""))[0] > 0:
        rows, text = reaching[len(cells)]
        reaching[len(cells)] = (rows - 1, text)
        cells.append(text)


def _span(cell: Tag, name: str) -> int:
    value = attribute(cell, name)
    return max(1, int(value)) if value.isdecimal() and len(value) < 6 else 1
