"""A folder, or a single file, as a source."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from retrieval.extract import READABLE_SUFFIXES, Extract, UnsupportedFormatError, extract, read
from retrieval.types import Extracted

# Documents that people expect to be read; offered too, so that they are reported as unread instead of missed.
_UNREAD_SUFFIXES = frozenset({".adoc", ".doc", ".epub", ".odt", ".rtf", ".xlsx"})
_ROWS = frozenset({".csv", ".tsv", ".jsonl"})
_JUNK_FOLDERS = frozenset({"__pycache__", "__MACOSX", "node_modules", "site-packages", "venv", "vendor"})


@dataclass(frozen=True)
class FoundFile:
    """A file of the source: ``location`` is its path below the root, ``size`` in bytes, ``modified_at`` in seconds."""

    path: Path
    location: str
    size: int
    modified_at: float
    extractor: Extract = field(default=extract, compare=False, repr=False)

    def read(self) -> bytes:
        """Its content; raises OSError, TooLargeError or UnsupportedFormatError."""
        if self.path.suffix.lower() in _ROWS:
            raise UnsupportedFormatError(
                f"{self.location} holds rows: if they are questions and answers, ingest the file by itself"
            )
        return read(self.path, self.location)

    def extract(self, content: bytes) -> Extracted:
        """Its text and headings; raises KnowbotError."""
        return self.extractor(content, self.location, self.path.suffix.lower())


def walk(root: Path, ignore: tuple[str, ...] = ()) -> Iterator[FoundFile]:
    """The documents below ``root``, sorted by location; or ``root`` alone, whatever its suffix, if it is a file.

    Hidden files, the usual junk and what ``ignore`` names (``drafts/*``, ``*.html``, ``drafts`` for a whole folder) are
    passed over. Links are followed, each folder once.
    """
    if root.is_file():
        yield _found(root, root.name)
        return
    paths = {path.relative_to(root).as_posix(): path for path in _files(root)}
    for location in sorted(paths):
        if not _is_ignored(location, ignore):
            yield _found(paths[location], location)


def _is_ignored(location: str, ignore: tuple[str, ...]) -> bool:
    """Whether a pattern fits the path, or a folder above it."""
    path = PurePosixPath(location)
    names = [location, *(parent.as_posix() for parent in path.parents[:-1])]
    return any(fnmatch(name, pattern.rstrip("/")) for name in names for pattern in ignore)


def _files(root: Path) -> Iterator[Path]:
    seen = {root.resolve()}
    for folder, folders, names in os.walk(root, followlinks=True):
        folders[:] = [name for name in sorted(folders) if _is_wanted(name) and _is_new(Path(folder, name), seen)]
        for name in names:
            path = Path(folder, name)
            if not name.startswith(".") and path.suffix.lower() in READABLE_SUFFIXES | _UNREAD_SUFFIXES | _ROWS:
                # A link that leads nowhere, or to a pipe that would wait for ever, is no document.
                yield from [path] if path.is_file() else []


def _is_wanted(folder: str) -> bool:
    return not folder.startswith(".") and folder not in _JUNK_FOLDERS


def _is_new(folder: Path, seen: set[Path]) -> bool:
    """Whether no other way led here before: that ends the loops that links can make."""
    real = folder.resolve()
    new = real not in seen
    seen.add(real)
    return new


def _found(path: Path, location: str) -> FoundFile:
    status = path.stat()
    return FoundFile(path, location, status.st_size, status.st_mtime)
