"""Long text in pieces that each stand alone: cut between paragraphs, lines or sentences, with code fences whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*$", re.MULTILINE)
_MARKS = re.compile(r"\s*(`{3,}|~{3,})")
_BORDERS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])"), re.compile(r"\s+"))
_EARLIEST = 0.3
"""A border nearer to the start than this share of the limit would leave a piece too short to be worth it."""


def split(text: str, limit: int) -> list[str]:
    """``text`` in pieces of at most ``limit`` characters (40 or more), none of them blank.

    A piece that ends inside a code block closes its fence, and the next one opens it again with the same language.
    """
    return list(_pieces(text, limit))


def _pieces(text: str, limit: int) -> Iterator[str]:
    rest, opened = text.strip(), ""
    while len(opened) + len(rest) > limit:
        head, rest, unclosed = _cut(rest, opened, limit)
        yield head
        opened = f"{unclosed}\n" if unclosed else ""
        if not rest.strip() or rest.strip() == _marks(unclosed):
            return
    if rest:
        yield opened + rest


def _cut(rest: str, opened: str, limit: int) -> tuple[str, str, str]:
    """One piece with its fences balanced, what is left, and the fence line that the piece had to close."""
    room = limit - len(opened) - len(_marks(opened)) - 8  # room for a fence that may have to be closed
    place = _border(rest, room)
    head, unclosed = opened + rest[:place].rstrip(), _unclosed(opened + rest[:place])
    if unclosed and len(unclosed) > limit // 2:  # no language is that long: it was no fence that anybody wanted
        unclosed = _marks(unclosed)
    closing = f"\n{_marks(unclosed)}" if unclosed else ""
    left = rest[place:].lstrip("\n") if unclosed else rest[place:].lstrip()
    return head + closing, left, unclosed


def _border(text: str, room: int) -> int:
    """The last good place to cut within ``room``: before a code block that would be torn, else the widest border."""
    for fence in _FENCE.finditer(text, 0, room):
        closing = _FENCE.search(text, fence.end())
        fits_alone = closing is not None and closing.end() - fence.start() <= room
        if fits_alone and closing is not None and closing.end() > room and fence.start() > 0:
            return fence.start()
    for border in _BORDERS:
        ends = [found.end() for found in border.finditer(text, 0, room) if found.end() >= room * _EARLIEST]
        ends = [end for end in ends if not _makes_fence(text, end)]
        if ends:
            return ends[-1]
    while room > 1 and _makes_fence(text, room):
        room -= 1
    return room


def _makes_fence(text: str, place: int) -> bool:
    """True if a cut would put marks at the beginning of a line that stand within one, or tear them apart."""
    within = text[place - 1 : place] != "\n"
    return within and (_MARKS.match(text, place) is not None or text[place - 1 : place + 1] in ("``", "~~"))


def _unclosed(piece: str) -> str:
    """The opening line of the code block that ``piece`` ends in, or nothing."""
    opening = ""
    for fence in _FENCE.finditer(piece):
        if not opening:
            opening = fence[0]
        elif fence[0].strip() == _marks(opening):
            opening = ""
    return opening


def _marks(fence: str) -> str:
    found = _FENCE.match(fence)
    return found[1] if found else ""
