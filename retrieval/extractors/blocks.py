"""Pieces of Markdown that blank lines set off: what the readers of HTML, DOCX, PDF and reStructuredText build from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrieval.extractors.headings import Anchors
from retrieval.types import Heading

_FENCE_LIKE = re.compile(r"^(?=`{3}|~{3})", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A piece of Markdown. A heading's ``level`` is 1 to 6 and ``text`` its bare title; see also ``mark``."""

    text: str
    level: int = 0
    anchor: str = ""

    @property
    def markdown(self) -> str:
        """How it reads between other blocks."""
        return f"{'#' * self.level} {self.text}" if self.level else self.text

    @property
    def nested(self) -> str:
        """How it reads inside a list or a quotation, where it opens no section."""
        return f"**{self.text}**" if self.level else self.text


PLACE_LEVEL = 7
"""Of headings that only mark a place: below every real one, so that they end no section's path."""


def mark(anchor: str) -> Block:
    """What shows nothing and says that a page or slide begins with the next block, which there has to be."""
    return Block("", PLACE_LEVEL, anchor)


def joined(blocks: Iterable[Block]) -> tuple[str, tuple[Heading, ...]]:
    """The text that the blocks make, and their headings at their offsets in it."""
    anchors, headings, parts, offset = Anchors(), [], [], 0
    for block in blocks:
        markdown = block.markdown
        if block.level == PLACE_LEVEL:
            headings.append(Heading(PLACE_LEVEL, "", block.anchor, offset, offset))
            continue
        if block.level:
            anchor = anchors.claim(block.text, block.anchor)
            headings.append(Heading(block.level, block.text, anchor, offset, offset + len(markdown)))
        parts.append(markdown)
        offset += len(markdown) + 2
    return "\n\n".join(parts), tuple(headings)


def prose(text: str) -> str:
    """``text`` with what would open a fence escaped."""
    return _FENCE_LIKE.sub(r"\\", text)


def fenced(code: str, language: str = "") -> str:
    """``code`` in a fence that is longer than any inside it."""
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`{3,}", code))])
    return f"{fence}{language}\n{code}\n{fence}"


def indented(first: str, others: str, text: str) -> str:
    """``text`` with ``first`` before its first line and ``others`` before the rest; no blanks at the lines' ends."""
    lines = text.split("\n")
    return "\n".join((f"{others if index else first}{line}").rstrip() for index, line in enumerate(lines))


def pipe_rows(grid: Sequence[Sequence[str]]) -> str:
    """A table of one line a row, the first of them its header; empty rows go, short ones are filled up.

    Within a cell a bar is escaped and all white space is one blank.
    """
    rows = [[" ".join(cell.split()).replace("|", "\\|") for cell in row] for row in grid if any(row)]
    width = max(map(len, rows), default=0)
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    return "\n".join([*lines[:1], "|" + " --- |" * width, *lines[1:]])
