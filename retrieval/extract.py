"""From a file to an Extracted: its text as Markdown, its title, its headings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from bs4.dammit import EncodingDetector

from retrieval.decoding import decode, normalise
from retrieval.extract_html import read_html
from retrieval.extract_markdown import read_markdown, read_plain
from retrieval.types import Extracted
from storage.errors import KnowbotError

EXTRACTOR_VERSION = 1
"""To be raised with any change that gives another text for the same file: what was cut from the old is then stale."""

LARGEST_BYTES = 25_000_000

_READERS = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_plain,
    ".text": read_plain,
    ".html": read_html,
    ".htm": read_html,
}
READABLE_SUFFIXES = frozenset(_READERS)


class UnsupportedFormatError(KnowbotError):
    """No reader knows the file's suffix."""


class TooLargeError(KnowbotError):
    """The file is larger than ``LARGEST_BYTES``."""


class EmptyDocumentError(KnowbotError):
    """The document has no text."""


def read_document(path: Path, location: str) -> Extracted:
    """Reads and extracts the file at ``path``; ``location`` is how it is named. Raises what read and extract raise."""
    return extract(read(path, location), location)


def read(path: Path, location: str) -> bytes:
    """The file's content. Raises OSError, and TooLargeError or UnsupportedFormatError before anything is read."""
    _reader(location)
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        limit = LARGEST_BYTES / 1e6
        raise TooLargeError(f"{location} has {size / 1e6:.1f} MB, over the limit of {limit:.0f} MB; split it.")
    return path.read_bytes()


def extract(data: bytes, location: str) -> Extracted:
    """The text in ``data``, read as the suffix of ``location`` says.

    Raises UnsupportedFormatError, NotTextError, UnreadableEncodingError or EmptyDocumentError; all name ``location``.
    """
    reader = _reader(location)
    declared = EncodingDetector.find_declared_encoding(data, is_html=True) if reader is read_html else None
    return _not_empty(reader(decode(data, location, declared), location), location)


def extract_markdown(text: str, location: str, title: str = "") -> Extracted:
    """A Markdown text that is no file, under the ``title`` it is known by. Raises EmptyDocumentError."""
    return _not_empty(read_markdown(normalise(text), location, title), location)


def _reader(location: str) -> Callable[[str, str], Extracted]:
    suffix = PurePosixPath(location).suffix.lower()
    if suffix not in _READERS:
        known = ", ".join(sorted(_READERS))
        raise UnsupportedFormatError(f"{location} is in no format that knowbot reads ({known}); convert it to one.")
    return _READERS[suffix]


def _not_empty(extracted: Extracted, location: str) -> Extracted:
    if not extracted.text.strip():
        raise EmptyDocumentError(f"{location} has no text; fill it, or leave it out.")
    return extracted
