"""Code blocks and tables: what can be torn, but reads only with its opening lines before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_FENCE = re.compile(r"^[ >]*(?P<mark>`{3,}|~{3,})[^`\n]*$", re.MULTILINE)
_CELLS = r"[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*+\|?[ \t]*"
_TABLE = re.compile(rf"^(?P<opening>[^\n|]*\|[^\n]*\n{_CELLS}\n)(?:[^\n]*\|[^\n]*(?:\n|\Z))+", re.MULTILINE)


@dataclass(frozen=True)
class Repeatable:
    """A fenced code block or a pipe table at ``text[start:end]``, whose content begins at ``body``.

    ``opening`` is what a later part must repeat: the fence's first line, the table's header.
    """

    start: int
    body: int
    end: int
    opening: str

    def ends_at(self, text: str, newline: int) -> bool:
        """Whether nothing comes after that line but the closing fence, which is no passage."""
        rest = text[newline : self.end].strip()
        return not rest or (len(rest) < 80 and set(rest) <= {self.opening[0], ">", " "})


def repeatables(text: str) -> list[Repeatable]:
    """The code blocks and tables of a Markdown text, in order; an unclosed fence reaches to the end."""
    fences = list(_fences(text))
    tables = (
        Repeatable(found.start(), found.end("opening"), found.end(), found["opening"].rstrip())
        for found in _TABLE.finditer(text)
    )
    outside = [table for table in tables if not any(fence.start < table.start < fence.end for fence in fences)]
    return sorted([*fences, *outside], key=lambda block: block.start)


def opening_at(blocks: Sequence[Repeatable], offset: int) -> str:
    """What a passage that starts at ``offset`` must repeat; "" where it starts in no block's content."""
    return next((block.opening for block in blocks if block.body <= offset < block.end), "")


def _fences(text: str) -> Iterator[Repeatable]:
    opened: re.Match[str] | None = None
    for line in _FENCE.finditer(text):
        if opened is None:
            opened = line
        elif line["mark"].startswith(opened["mark"]) and line[0].strip(" >") == line["mark"]:
            yield _fence(opened, line.end())
            opened = None
    if opened is not None:
        yield _fence(opened, len(text))


def _fence(opened: re.Match[str], end: int) -> Repeatable:
    return Repeatable(opened.start(), min(opened.end() + 1, end), end, opened[0].strip(" >"))
