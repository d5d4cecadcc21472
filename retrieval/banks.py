"""Built-in lines that are off topic, or mere small talk, in nearly every community. Written for this project."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def off_topic_lines() -> tuple[str, ...]:
    """Messages from some fifty walks of life: negatives for the calibration and for the off-topic threshold."""
    return _lines("off_topic.txt")


@cache
def small_talk_lines() -> tuple[str, ...]:
    """Greetings, thanks, laughter: messages that want a short friendly line and no answer."""
    return _lines("small_talk.txt")


@cache
def suspicious_lines() -> tuple[tuple[str, str], ...]:
    """(kind, line) of what is written by those who talk assistants out of their rules or people out of secrets."""
    pairs = (line.partition(": ") for line in _lines("suspicious.txt"))
    return tuple((kind, text) for kind, _, text in pairs)


def _lines(name: str) -> tuple[str, ...]:
    text = (files("retrieval") / "data" / name).read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("# "))
