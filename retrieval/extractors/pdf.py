"""PDF as an Extracted: the text page by page, headings from the outline, and every place named by its page.

A heading without a title and of level ``PLACE_LEVEL`` marks where a page begins, so that passages say
``manual.pdf#page=3``.
"""

from __future__ import annotations

import io
import logging
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import Destination

from retrieval.extractors.blocks import PLACE_LEVEL, prose
from retrieval.extractors.decoding import normalise
from retrieval.extractors.headings import humanised
from retrieval.types import Extracted, Heading
from storage.errors import KnowbotError

MOST_PAGES = 2_000
_MOST_ENTRIES = 5_000
_LONGEST_TITLE = 300
_DEEPEST = 5
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_HYPHENATED = re.compile(r"(?<=[^\W\d_A-Z]{2})-\n(?=[^\W\d_A-Z]{2})")
_BLANK_LINES = re.compile(r"\n{3,}")
_USELESS_TITLE = re.compile(r"\A(?:untitled|microsoft word\b.*|document\d*|.*\.\w{2,4})?\Z", re.IGNORECASE | re.DOTALL)

# What pypdf raises, by accident or on purpose, at files that are not as they should be.
_DAMAGE = (PyPdfError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, OSError, struct.error)

# pypdf tells every oddity of every file; what matters is in the errors.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


class EncryptedError(KnowbotError):
    """The file opens with a password only."""


class NoTextLayerError(KnowbotError):
    """The pages are pictures."""


class TooManyPagesError(KnowbotError):
    """The file has more than ``MOST_PAGES``."""


class BrokenFileError(KnowbotError):
    """The file is not what its suffix says, or is damaged."""


@dataclass(frozen=True)
class _Entry:
    """A line of the outline; ``level`` is 1 to 6, ``page`` counts from 0."""

    title: str
    level: int
    page: int


def read_pdf(data: bytes, location: str) -> Extracted:
    """Reads a PDF. Raises EncryptedError, NoTextLayerError, TooManyPagesError or BrokenFileError; all name the file."""
    try:
        reader = _opened(data, location)
        pages = [_page_text(page.extract_text()) for page in reader.pages]
        outline, title = _outline(reader), _declared_title(reader)
    except DependencyError as error:
        raise EncryptedError(f"{location} is encrypted: save it without a password.") from error
    except _DAMAGE as error:
        raise BrokenFileError(
            f"{location} is a damaged PDF, or none: save it anew ({type(error).__name__})."
        ) from error
    if not any(pages):
        raise NoTextLayerError(f"{location} holds pictures of pages and no text: run text recognition (OCR) over it.")
    text, headings = _assembled(pages, outline)
    return Extracted(_title(title, pages) or humanised(location), text, "pdf", headings)


def _opened(data: bytes, location: str) -> PdfReader:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise EncryptedError(f"{location} is encrypted: save it without a password.")
    if len(reader.pages) > MOST_PAGES:
        raise TooManyPagesError(f"{location} has {len(reader.pages)} pages, over the limit of {MOST_PAGES}: split it.")
    return reader


def _outline(reader: PdfReader) -> list[_Entry]:
    """The outline; without one, or with a broken one, the pages are read all the same."""
    try:
        return list(_entries(reader, reader.outline, 1))
    except _DAMAGE:
        return []


def _declared_title(reader: PdfReader) -> str:
    try:
        return (reader.metadata and reader.metadata.title) or ""
    except _DAMAGE:
        return ""


def _page_text(text: str) -> str:
    text = normalise(text.translate(_LIGATURES)).strip("\n")
    return prose(_BLANK_LINES.sub("\n\n", _HYPHENATED.sub("", text)))


def _title(declared: str, pages: Sequence[str]) -> str:
    """The title that the file declares, unless a program named it, or its pages do not know it."""
    title = " ".join(normalise(declared).split())
    start = _squeezed("\n".join(pages)[:20_000])
    return "" if _USELESS_TITLE.match(title) or _squeezed(title) not in start else title


def _entries(reader: PdfReader, outline: Sequence[object], level: int, left: int = _MOST_ENTRIES) -> Iterator[_Entry]:
    """The outline in order; entries that lead nowhere are passed over."""
    for item in outline[:left]:
        if isinstance(item, list):
            yield from _entries(reader, item, min(level + 1, 6)) if level <= _DEEPEST else ()
        elif isinstance(item, Destination):
            page = reader.get_destination_page_number(item)
            title = " ".join(normalise(str(item.title or "")[:_LONGEST_TITLE]).split())
            if title and page is not None and page >= 0:
                yield _Entry(title, level, page)


def _assembled(pages: Sequence[str], outline: Sequence[_Entry]) -> tuple[str, tuple[Heading, ...]]:
    """The pages one below the other, with the outline's titles as headings where they stand."""
    parts: list[str] = []
    headings: list[Heading] = []
    offset = 0
    for number, page in enumerate(pages):
        entries = [entry for entry in outline if entry.page == number]
        if not page and not entries:
            continue
        anchor = f"page={number + 1}"
        shown, found = _with_headings(page, entries)
        if not found or shown[: found[0][1]].strip():
            headings.append(Heading(PLACE_LEVEL, "", anchor, offset, offset))
        headings += [
            Heading(each.level, each.title, anchor, offset + start, offset + end) for each, start, end in found
        ]
        parts.append(shown)
        offset += len(shown) + 2
    return "\n\n".join(parts), tuple(headings)


def _with_headings(page: str, entries: Sequence[_Entry]) -> tuple[str, list[tuple[_Entry, int, int]]]:
    """The page with its entries as headings, each with its span. A title that the page does not show comes first."""
    shown, position, found = "", 0, []
    places = {entry: _place(page, entry.title) for entry in entries}
    missing = [entry for entry in entries if places[entry] is None]
    there = sorted(((place, entry) for entry, place in places.items() if place), key=lambda found: found[0])
    for entry in missing:
        start = len(shown)
        shown += f"{'#' * entry.level} {entry.title}"
        found.append((entry, start, len(shown)))
        shown += "\n\n"
    for (start, end), entry in there:
        if start < position:
            continue
        before = page[position:start].rstrip("\n")
        shown += f"{before}\n\n" if before.strip() else ""
        found.append((entry, len(shown), len(shown) + entry.level + 1 + len(entry.title)))
        shown += f"{'#' * entry.level} {entry.title}\n\n"
        position = end
    return (shown + page[position:].lstrip("\n")).rstrip("\n"), found


def _place(page: str, title: str) -> tuple[int, int] | None:
    """Where whole lines of ``page`` say ``title``, perhaps after a number (``2.1 Title``); blanks do not count."""
    words = r"\s*".join(map(re.escape, _squeezed(title)))
    found = re.search(rf"^[ \t]*(?:[\dA-Z]{{1,3}}(?:\.\d+)*\.?\s*)?{words}[ \t]*$", page, re.MULTILINE | re.IGNORECASE)
    return found.span() if found else None


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()
