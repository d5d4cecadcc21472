"""What documents are written in, as Discord shows it, and what people wrote, as mere text."""

from __future__ import annotations

import re
from collections.abc import Iterator

import discord

_ROW = re.compile(r"^\s*\|(.*)\|\s*$")
_RULE = re.compile(r"^\s*\|?\s*:?[-=_*]{3,}:?\s*(\|\s*:?-{3,}:?\s*)*\|?\s*$")
_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_CELL_BORDER = re.compile(r"(?<!\\)\|")

_MARKS = re.compile(r"(?P<address>https?://[^\s<>\[\]()|`*\\]+)|(?P<mark>[\\`*_~|<>\[\]#]|^\s*-)")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_STACKED = re.compile(r"([\u0300-\u036f\u0483-\u0489]{2})[\u0300-\u036f\u0483-\u0489]+")


def plain(text: str, limit: int) -> str:
    """One line of at most ``limit`` characters that Discord shows as it was written, and that pings and links nothing.

    What turns a line around, and all but two of the marks stacked on a letter, are left out: they would spoil their
    neighbours. A bare address stays one.
    """
    line = _STACKED.sub(r"\1", _INVISIBLE.sub("", " ".join(text.split())))
    escaped = discord.utils.escape_mentions(_MARKS.sub(_escaped, line))
    if len(escaped) <= limit:
        return escaped
    cut = escaped[: limit - 1]
    return f"{cut[:-1] if _ends_in_escape(cut) else cut}…"


def _escaped(found: re.Match[str]) -> str:
    return found["address"] or f"\\{found['mark'].strip()}"


def _ends_in_escape(text: str) -> bool:
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def for_discord(text: str) -> str:
    """``text`` with each table row as ``first cell: the others``, rules left out, pictures as their words.

    Codes of mentions are shown and highlight nobody. What stands in a code block is left as it is, and one that is
    never closed is closed at the end.
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
        elif not _RULE.match(line):
            row = _ROW.match(line)
            yield discord.utils.escape_mentions(_row(row[1]) if row else _PICTURE.sub(r"\1", line))
    if fence:
        yield fence


def _row(cells: str) -> str:
    first, *others = [cell.strip().replace("\\|", "|") for cell in _CELL_BORDER.split(cells)]
    rest = " · ".join(cell for cell in others if cell)
    return f"- {first}: {rest}" if first and rest else f"- {first or rest}"
