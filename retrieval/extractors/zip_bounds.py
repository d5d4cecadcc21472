"""Whether a zipped document may be unpacked: what it says of itself is bounded, and so is what really comes out."""

from __future__ import annotations

import io
import zipfile
import zlib

from storage.errors import KnowbotError

MOST_ENTRIES = 5_000
MOST_UNPACKED = 200_000_000
"""Bytes of all entries together."""
LARGEST_MARKUP = 40_000_000
"""Bytes of one XML part, of which a parser makes ten times as many."""

_BLOCK = 1 << 20


class UnpacksTooLargeError(KnowbotError):
    """A small file that would become a huge one."""


class BrokenArchiveError(KnowbotError):
    """The file is no zip archive, or is damaged."""


def check_zip(data: bytes, location: str) -> None:
    """Returns where ``data`` is a whole archive within bounds; else raises an error that names ``location``.

    Unpacks everything, a block at a time, and keeps nothing.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise _too_large(location)
            left = MOST_UNPACKED
            for entry in entries:
                left -= _unpacked(archive, entry, left, location)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise BrokenArchiveError(f"{location} is damaged, encrypted or no such document: save it anew.") from error


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int, location: str) -> int:
    if entry.filename.lower().endswith((".xml", ".rels")):
        most = min(most, LARGEST_MARKUP)
    size = 0
    with archive.open(entry) as stream:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > most:
                raise _too_large(location)
    return size


def _too_large(location: str) -> UnpacksTooLargeError:
    limit = MOST_UNPACKED / 1e6
    return UnpacksTooLargeError(f"{location} unpacks to more than {limit:.0f} MB or too many parts: split it.")
