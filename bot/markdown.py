"""What documents are written in, as Discord shows it: no tables, no rules, no pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ROW = re.compile(r"^\s*\|(.*)\|\s*$")
_RULE = re.compile(r"^\s*\|?\s*:?[-=_*]{3,}:?\s*(\|\s*:?-{3,}:?\s*)*\|?\s*$")
_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_CELL_BORDER = re.compile(r"(?<!\\)\|")


def for_discord(text: str) -> str:
    """``text`` with each table row as ``first cell: the others``, rules left out, pictures as their words.

    What stands in a code block is left as it is.
    """
    return "\n".join(_lines(text)).strip()


def _lines(text: str) -> Iterator[str]:
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or line.strip() == fence):
            fence = "" if fence else mark[1]
            yield line
        elif fence:
            yield line
        elif row := _ROW.match(line):
            if not _RULE.match(line):
                yield _row(row[1])
        elif not _RULE.match(line):
            yield _PICTURE.sub(r"\1", line)


def _row(cells: str) -> str:
    first, *others = [cell.strip().replace("\\|", "|") for cell in _CELL_BORDER.split(cells)]
    rest = " · ".join(cell for cell in others if cell)
    return f"- {first}: {rest}" if first and rest else f"- {first or rest}"
