"""The log of the bot and the worker, as they write it: files of JSON lines, the latest lines of each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.errors import KnowbotError
from tui.data.desk import Desk

SHOWN_LINES = 500
_TAIL = 1 << 18
_GRAVE = ("warning", "error", "critical")


class LogUnreadableError(KnowbotError):
    """A log file is there and cannot be read."""


@dataclass(frozen=True)
class LogLine:
    """One event: ``at`` in seconds since the epoch, and which part of the program said it."""

    number: int
    at: float
    level: str
    part: str
    words: str


class LogData:
    """Reads the files that there are."""

    def __init__(self, desk: Desk, files: Sequence[Path]) -> None:
        self._desk, self._files = desk, files

    async def latest(self, grave_only: bool, wanted: str) -> list[LogLine]:
        """The latest SHOWN_LINES lines, newest first: warnings and errors only, or those with all ``wanted`` words."""
        return await self._desk.threads.looking.run(lambda _: self._latest(grave_only, wanted.casefold().split()))

    def _latest(self, grave_only: bool, wanted: Sequence[str]) -> list[LogLine]:
        lines = [line for file in self._files if file.exists() for line in _lines(file)]
        found = [
            line
            for line in sorted(lines, key=lambda line: line.at, reverse=True)
            if (line.level in _GRAVE or not grave_only)
            and all(word in f"{line.part} {line.words}".casefold() for word in wanted)
        ]
        return found[:SHOWN_LINES]


def _lines(file: Path) -> list[LogLine]:
    try:
        with file.open("rb") as opened:
            opened.seek(max(file.stat().st_size - _TAIL, 0))
            raw = opened.read().decode("utf-8", "replace").splitlines()
    except OSError as error:
        raise LogUnreadableError(f"{file} cannot be read ({error.strerror}): check its permissions") from error
    return [line for number, text in enumerate(raw) if (line := _line(number, text)) is not None]


def _line(number: int, text: str) -> LogLine | None:
    """None for what is no line of ours: the first one may be torn."""
    try:
        said = json.loads(text)
        at = datetime.fromisoformat(said["timestamp"]).timestamp()
    except (ValueError, KeyError, TypeError):
        return None
    known = {"timestamp", "level", "logger", "event", "exception"}
    more = [f"{name}={value}" for name, value in said.items() if name not in known]
    trace = str(said.get("exception", "")).strip().splitlines()[-1:]
    words = " ".join([str(said.get("event", "")), *more, *trace])
    return LogLine(number, at, str(said.get("level", "")), str(said.get("logger", "")), words)
