"""Anchors of headings: what comes after the ``#`` of an address."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_NOT_IN_SLUG = re.compile(r"[^\w\- ]")
_INDEX_NAMES = {"index", "readme", "_index"}


class Anchors:
    """Hands out the anchors of one document, each once, as GitHub does: ``title``, ``title-1``, ``title-2``."""

    def __init__(self) -> None:
        self._repeats: dict[str, int] = {}

    def claim(self, title: str, own: str = "") -> str:
        """The anchor for a heading: its ``own`` identifier where it has one, else made from its title."""
        wanted = anchor = own or slug(title)
        while anchor in self._repeats:
            self._repeats[wanted] += 1
            anchor = f"{wanted}-{self._repeats[wanted]}"
        self._repeats[anchor] = 0
        return anchor


def slug(title: str) -> str:
    """GitHub's anchor for a title: small letters, hyphens for blanks, no other punctuation."""
    return _NOT_IN_SLUG.sub("", title.strip().lower()).replace(" ", "-") or "section"


def humanised(location: str) -> str:
    """A title for want of any: the file's name as words (its folder's for an index page)."""
    path = PurePosixPath(location)
    name = path.parent.name if path.stem.lower() in _INDEX_NAMES and path.parent.name else path.stem
    words = re.sub(r"[\s_-]+", " ", name).strip()
    return words[:1].upper() + words[1:]
