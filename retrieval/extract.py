"""From a file to an Extracted: its text as Markdown, its title, its headings."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Protocol

from retrieval.extractors.decoding import decode, normalise
from retrieval.types import Extracted
from storage.errors import KnowbotError

EXTRACTOR_VERSION = 1
"""To be raised with any change that gives another text for the same file: what was cut from the old is then stale."""

LARGEST_BYTES = 25_000_000

MOST_CHARACTERS = 20_000_000
"""Of extracted text: what is small as a file may be huge once it is read."""

LONGEST_LINE = 1_000_000
"""Characters: no person writes a longer one, and no cutter is made for it."""

_MARKDOWN, _PLAIN, _HTML = (
    ("markdown", "read_markdown"),
    ("markdown", "read_plain"),
    ("html", "read_html"),
)
_RST = ("rst", "read_rst")
_TEXT_READERS = {
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".txt": _PLAIN,
    ".text": _PLAIN,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".rst": _RST,
    ".rest": _RST,
}
_DATA_READERS = {
    ".pdf": ("pdf", "read_pdf"),
    ".docx": ("docx", "read_docx"),
    ".pptx": ("pptx", "read_pptx"),
}
_WEB_READER = ("web", "read_web_page")
READABLE_SUFFIXES = frozenset(_TEXT_READERS.keys() | _DATA_READERS.keys())


WEB = "web"
"""The kind of a page from the web, whatever its address ends with; other kinds are suffixes."""


class Extract(Protocol):
    """What ``extract`` does, here or in another process."""

    def __call__(self, data: bytes, location: str, kind: str = "", charset: str | None = None, /) -> Extracted:
        """See ``extract``."""
        ...


class UnsupportedFormatError(KnowbotError):
    """No reader knows the file's suffix."""


class TooLargeError(KnowbotError):
    """The file is larger than ``LARGEST_BYTES``."""


class EmptyDocumentError(KnowbotError):
    """The document has no text."""


class LongLineError(KnowbotError):
    """The document is all but one line, as programs and data are."""


class TooDeepError(KnowbotError):
    """The document is nested deeper than any person would."""


def read_document(path: Path, location: str) -> Extracted:
    """Reads and extracts the file at ``path``; ``location`` is how it is named. Raises what read and extract raise."""
    return extract(read(path, location), location)


def read(path: Path, location: str) -> bytes:
    """The file's content. Raises OSError, and TooLargeError or UnsupportedFormatError before anything is read."""
    _suffix(location)
    return read_bytes(path, location)


def read_bytes(path: Path, location: str) -> bytes:
    """The file's content, whatever its format. Raises OSError, and TooLargeError before anything is read."""
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        limit = LARGEST_BYTES / 1e6
        raise TooLargeError(f"{location} has {size / 1e6:.1f} MB, over the limit of {limit:.0f} MB; split it.")
    return path.read_bytes()


def extract(data: bytes, location: str, kind: str = "", charset: str | None = None, /) -> Extracted:
    """The text in ``data``, read as ``kind`` says: WEB, or a suffix, by default that of ``location``.

    ``charset`` is what a server declares. Raises UnsupportedFormatError, NotTextError, UnreadableEncodingError,
    EmptyDocumentError, TooLargeError, LongLineError, TooDeepError and what the format's reader raises; all name
    ``location``.
    """
    try:
        extracted = _extracted(data, location, kind or _suffix(location), charset)
    except RecursionError as error:
        raise TooDeepError(f"{location} is nested too deeply to be read; flatten it, or leave it out.") from error
    if len(extracted.text) > MOST_CHARACTERS:
        limit = MOST_CHARACTERS // 1_000_000
        raise TooLargeError(f"{location} holds more than {limit} million characters; split it.")
    if max(map(len, extracted.text.split("\n"))) > LONGEST_LINE:
        raise LongLineError(
            f"{location} has a line of more than {LONGEST_LINE:,} characters; break it, or leave it out."
        )
    return _not_empty(extracted, location)


def extract_markdown(text: str, location: str, title: str = "") -> Extracted:
    """A Markdown text that is no file, under the ``title`` it is known by. Raises EmptyDocumentError."""
    return _not_empty(_reader(_MARKDOWN)(normalise(text), location, title), location)


def decoded_html(data: bytes, location: str, charset: str | None = None) -> str:
    """A page's source as text, in the encoding that its server or itself declares.

    Raises NotTextError or UnreadableEncodingError.
    """
    from bs4.dammit import EncodingDetector  # noqa: PLC0415 - see _reader

    return decode(data, location, charset or EncodingDetector.find_declared_encoding(data, is_html=True))


def _extracted(data: bytes, location: str, kind: str, charset: str | None) -> Extracted:
    if kind in _DATA_READERS:
        return _reader(_DATA_READERS[kind])(data, location)
    if kind == WEB:
        return _reader(_WEB_READER)(decoded_html(data, location, charset), location)
    reader = _TEXT_READERS[kind]
    text = decoded_html(data, location) if reader is _HTML else decode(data, location, charset)
    return _reader(reader)(text, location)


def _reader(place: tuple[str, str]) -> Callable[..., Extracted]:
    """A format's libraries are loaded with the first document that needs them: a question is answered without."""
    module, name = place
    reader: Callable[..., Extracted] = getattr(import_module(f"retrieval.extractors.{module}"), name)
    return reader


def _suffix(location: str) -> str:
    suffix = PurePosixPath(location).suffix.lower()
    if suffix not in READABLE_SUFFIXES:
        known = ", ".join(sorted(READABLE_SUFFIXES))
        raise UnsupportedFormatError(f"{location} is in no format that knowbot reads ({known}); convert it to one.")
    return suffix


def _not_empty(extracted: Extracted, location: str) -> Extracted:
    if not extracted.text.strip():
        raise EmptyDocumentError(f"{location} has no text; fill it, or leave it out.")
    return extracted
