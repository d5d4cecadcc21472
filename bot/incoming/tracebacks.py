"""What a message asks that comes with a log or a traceback: the error in one line, before everything else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

LARGEST_ATTACHMENT = 256_000
"""Bytes; a larger file is no question."""

MOST_ATTACHMENTS = 3

LONGEST_TEXT = 6000
"""Characters that are handed on of a message with its attachments; the engine reduces them further by its own rule."""

_TEXT = frozenset(
    {".txt", ".log", ".md", ".json", ".py", ".js", ".ts", ".java", ".kt", ".cs", ".go", ".rs", ".rb", ".php", ".c"}
    | {".h", ".cpp", ".sh", ".ps1", ".yml", ".yaml", ".toml", ".ini", ".cfg", ".conf", ".xml", ".html", ".css", ".sql"}
    | {".csv", ".env", ".properties", ".gradle", ".diff", ".patch", ".out", ".err", ".trace"}
)
_PYTHON = re.compile(
    r"^[^\S\n]*Traceback \(most recent call last\):\n(?:(?:[ \t].*)?\n)*(?P<last>[^\s].*)", re.MULTILINE
)
_FRAME = re.compile(r"^\s+at\s.+$|^\s*\.\.\. \d+ (?:more|common frames omitted)\s*$", re.MULTILINE)
_THROWN = re.compile(
    r"^(?:Exception in thread .*|Caused by: .*|Uncaught .*|(?:[\w$]+\.)*\w*(?:Error|Exception)\b.*|panic: .*)$", re.M
)
_LOGGED = re.compile(r"^.*\b(?:ERROR|FATAL|CRITICAL|error:|fatal:|Error:).*$", re.MULTILINE)
_STAMP = re.compile(r"^\W*\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*\s*")


def is_text(filename: str) -> bool:
    """True for files that people attach to questions and that are text by their name."""
    return PurePath(filename.lower()).suffix in _TEXT


def decoded(content: bytes) -> str:
    """Text as UTF-8; what is none is replaced, and a file of zeros is nothing."""
    return "" if b"\x00" in content[:1000] else content.decode("utf-8", "replace")


def question_in(prose: str, attachments: Sequence[str] = ()) -> str:
    """What ``prose`` and its attachments ask: first the errors they show, then the words without their stack frames."""
    prose, errors = _without_frames(prose)
    for text in attachments:
        rest, found = _without_frames(text)
        errors += found or _logged(rest)
        if not errors and not prose.strip():
            prose = rest.strip()[:LONGEST_TEXT]
    parts = [*dict.fromkeys(error.strip() for error in errors if error.strip()), prose.strip()]
    return "\n".join(part for part in parts if part)[:LONGEST_TEXT]


def _without_frames(text: str) -> tuple[str, list[str]]:
    """``text`` without stack traces, and the line of each that names the error: the last one in Python's."""
    errors = [found["last"] for found in _PYTHON.finditer(text)][-1:]
    rest = _PYTHON.sub("", text)
    if _FRAME.search(rest):
        rest = _FRAME.sub("", rest)
        thrown = _THROWN.findall(rest)
        errors += thrown[-1:]
        rest = _THROWN.sub("", rest)
    return re.sub(r"\n{3,}", "\n\n", rest), errors


def _logged(text: str) -> list[str]:
    """The last line of a log that speaks of an error, without the time it was written at."""
    lines = _LOGGED.findall(text)
    return [_STAMP.sub("", lines[-1])[:300]] if lines else []
