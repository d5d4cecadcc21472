"""Files that are there as a whole or not at all, whenever the power goes."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

_BLOCK = 1 << 20


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A name beside ``path`` for its new content, which takes its place when the block ends without an error.

    Of several who replace the same file at once the last one wins; nobody ever reads half a file.
    """
    aside = path.with_name(f"{path.name}.{uuid4().hex}.tmp")
    try:
        yield aside
        sync(aside)
        aside.replace(path)
        sync(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def crc32_of(path: Path) -> int:
    """The checksum of a file's content."""
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return checksum


def sync(path: Path) -> None:
    """Waits until the disk has it: a file, or a folder's list of names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
