"""Who has a file open: what SQLite's locks say of a sound database, the system says of any file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROCESSES = Path("/proc")
_LONGEST = 100


def users_of(path: Path) -> list[str]:
    """Other processes that have ``path`` open, with what they were started as: ``process 812 (knowbot run)``.

    As far as this user may see them; on a system without ``/proc``, none.
    """
    wanted = path.stat()
    others = (process for process in _processes() if process.name != str(os.getpid()))
    return [f"process {process.name} ({_line(process)})" for process in others if _has_open(process, wanted)]


def _processes() -> Iterator[Path]:
    with suppress(OSError):
        yield from sorted(each for each in _PROCESSES.iterdir() if each.name.isdecimal())


def _has_open(process: Path, wanted: os.stat_result) -> bool:
    # One that has just ended, or is somebody else's, tells nothing.
    with suppress(OSError):
        for handle in (process / "fd").iterdir():
            with suppress(OSError):
                if os.path.samestat(handle.stat(), wanted):
                    return True
    return False


def _line(process: Path) -> str:
    with suppress(OSError):
        words = (process / "cmdline").read_text(encoding="utf-8", errors="replace").split("\0")
        return " ".join([Path(words[0]).name, *words[1:]]).strip()[:_LONGEST]
    return ""
