"""Documents that moderators hand in on Discord: kept as files in the data folder, which a refresh looks at again."""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from uuid import uuid4

from retrieval.handed_in.editor import UPLOADS

LARGEST_UPLOAD = 10_000_000
"""Bytes, which is what Discord lets everybody attach."""

_UNSAFE = re.compile(r"[^\w.-]+")


def safe_name(name: str) -> str:
    """A file's name without a folder, a hidden file's dot, or anything that a file system may stumble on."""
    plain = _UNSAFE.sub("-", PurePath(name.replace("\\", "/")).name).strip(".-_")[-100:]
    return plain or "document.txt"


def is_address(text: str) -> bool:
    """True for pages of the web; a path of this machine is nothing that anybody on Discord may name."""
    return text.startswith(("http://", "https://"))


def keep(data_dir: Path, space: str, name: str, content: bytes) -> Path:
    """Writes an upload, in the place of a former one of that name; returns where it is."""
    folder = data_dir / UPLOADS / safe_name(space)
    folder.mkdir(parents=True, exist_ok=True)
    path, aside = folder / safe_name(name), folder / f".{uuid4().hex}"
    aside.write_bytes(content)
    aside.replace(path)
    return path
