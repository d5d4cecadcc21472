"""A map of a space in letters, for a terminal without a console."""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_lowercase, ascii_uppercase

from retrieval.explore import CorpusMap

WIDTH, HEIGHT = 76, 24
_LETTERS = ascii_uppercase + ascii_lowercase
_OTHER = "."
_QUESTION = "?"


def scatter(found: CorpusMap) -> Iterator[str]:
    """The lines of the map, then what its letters mean; topics beyond the letters are dots."""
    places = [(point.x, point.y, _letter(point.topic)) for point in found.points]
    places += [(question.x, question.y, _QUESTION) for question in found.questions]
    grid = [[" "] * WIDTH for _ in range(HEIGHT)]
    left, right = min(x for x, _, _ in places), max(x for x, _, _ in places)
    low, high = min(y for _, y, _ in places), max(y for _, y, _ in places)
    for x, y, mark in places:
        grid[_cell(high - y, high - low, HEIGHT)][_cell(x - left, right - left, WIDTH)] = mark
    yield from ("".join(row).rstrip() for row in grid)
    yield ""
    shown = sorted({point.topic for point in found.points if point.topic < len(_LETTERS)})
    yield from (f"{_letter(topic)}  {found.topics[topic]}" for topic in shown)
    if found.questions:
        yield f"{_QUESTION}  {len(found.questions)} questions of the last day"
    yield f"the two directions hold {found.explained:.0%} of what tells the documents apart"


def _letter(topic: int) -> str:
    return _LETTERS[topic] if topic < len(_LETTERS) else _OTHER


def _cell(distance: float, span: float, cells: int) -> int:
    return round(distance / span * (cells - 1)) if span else cells // 2
