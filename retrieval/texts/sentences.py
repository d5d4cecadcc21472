"""A passage as the units an answer may be cut at: sentences, list items, table rows, whole code blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_UNITS_READ = 40
_WORD = re.compile(r"\w")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[*`]*[A-Z0-9À-Þ])")
_LINE = re.compile(r"[^\n]+")
_FENCE = re.compile(r"^\s*(```|~~~)")
_STRUCTURED = re.compile(r"^\s*([-*+]|\d+[.)]|\|)\s?")
_RULE = re.compile(r"^\s*([-=*_~#])\1{2,}\s*$")
_ABBREVIATION = re.compile(r"\b(e\.g|i\.e|etc|vs|approx|No|Mr|Ms|Dr|St)\.\s*$")


@dataclass(frozen=True)
class Unit:
    """A stretch of a passage: ``passage[start:end]``, without surrounding whitespace."""

    start: int
    end: int
    code: bool = False
    item: bool = False
    """Of a list or a table."""


def units(passage: str) -> list[Unit]:
    """The units of ``passage`` in order; they overlap nowhere and leave out only whitespace."""
    found: list[Unit] = []
    fence_start: int | None = None
    prose_start: int | None = None
    previous_end = 0
    after_rule = False
    for line in _LINE.finditer(passage):
        is_fence = bool(_FENCE.match(line[0]))
        breaks = is_fence or _begins(line[0]) or "\n\n" in passage[previous_end : line.start()] or after_rule
        after_rule = fence_start is None and bool(_RULE.match(line[0]))
        if fence_start is None and breaks and prose_start is not None:
            found += _sentences(passage, prose_start, previous_end)
            prose_start = None
        if is_fence and fence_start is None:
            fence_start = line.start()
        elif is_fence and fence_start is not None:
            found += _trimmed(passage, fence_start, line.end(), code=True)
            fence_start = None
        elif fence_start is None and prose_start is None:
            prose_start = line.start()
        previous_end = line.end()
    if fence_start is not None:
        found += _trimmed(passage, fence_start, previous_end, code=True)
    elif prose_start is not None:
        found += _sentences(passage, prose_start, previous_end)
    return found


def worded_units(passage: str) -> list[Unit]:
    """The units that are read, at most 40. Without rules: they answer nothing, and the one in a table would keep its
    head from its rows."""
    return [unit for unit in units(passage) if _WORD.search(passage, unit.start, unit.end)][:_UNITS_READ]


def _begins(line: str) -> bool:
    return bool(_STRUCTURED.match(line) or _RULE.match(line))


def _sentences(passage: str, start: int, end: int) -> Iterator[Unit]:
    begin = start
    item = bool(_STRUCTURED.match(passage[start:end]))
    for border in _SENTENCE_END.finditer(passage, start, end):
        if not _ABBREVIATION.search(passage, begin, border.start() + 1):
            yield from _trimmed(passage, begin, border.end(), item=item)
            begin = border.end()
    yield from _trimmed(passage, begin, end, item=item)


def _trimmed(passage: str, start: int, end: int, code: bool = False, item: bool = False) -> Iterator[Unit]:
    text = passage[start:end]
    if text.strip():
        yield Unit(start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip()), code, item)
