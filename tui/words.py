"""The console's words for decisions, thresholds, jobs and sizes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import PurePath

from retrieval.types import Answer

DECISIONS = ("answer", "unsure", "off_topic", "small_talk")

_MARKS = {"answer": "✓", "unsure": "?", "off_topic": "✗", "small_talk": "~"}

THRESHOLDS: Mapping[str, str] = {
    "answer": "Somebody asked the bot: it answers from this confidence on, and says that it does not know below.",
    "unasked": "Nobody asked it, or it looks off topic: the bot answers only from this confidence on.",
    "off_topic": "From this off-topic score on a message looks off topic, and is flagged in watched channels.",
}
"""What each threshold does, in one sentence."""

SCORES: Mapping[str, str] = {"answer": "confidence", "unasked": "confidence", "off_topic": "off-topic score"}
"""What each threshold is compared with."""

GLOSSARY: Mapping[str, str] = {
    "confidence": "the probability, from 0 to 1, that the first passage found answers the question",
    "off-topic score": "how far a message is from what the documents, or the messages taught, are about",
    "passage, title, lexical": "how near the passage, its heading and its words are to the question",
    "fused": "the three in one number: passages are ordered by it",
    "addressed": "somebody asked the bot: a mention, a reply to it, /ask, or this console",
    "only heard, ◌": "said in a channel of the mode shadow: what would have become of it; nothing was posted",
    "generation": "all vectors made by one encoder; a new one stands beside the old until it is complete",
}
"""What the console's words mean."""


NOTES: Mapping[str, str] = {
    "with_error_only": "searched with the error that its traceback ends with",
    "with_message_before": "searched together with the message before it",
    "shortened": "too long: searched with the part that reads like the question",
    "by_words": "searched by words only",
    "sentences_by_words": "sentences chosen by their words only",
    "not_read_lately": "source {number} was last read {days} days ago and could not be read since",
    "expires_soon": "a source expires within two days",
}
"""How a question was searched, where not as it was asked, and what its sources are worth."""

STALE: Mapping[str, str] = {
    "expired": "it has expired",
    "not_indexed": "not of the active generation",
    "unreadable": "the source cannot be read; its documents are kept",
    "gone": "gone from its source",
    "changed": "its file has changed",
}
"""Why a document or a source is out of date."""


def plain(name: str) -> str:
    """``off topic`` for ``off_topic``."""
    return name.replace("_", " ")


def notes_words(answer: Answer) -> str:
    """One line for the notes of an answer; "" where there are none."""
    return "; ".join(NOTES[note].format_map(answer.note_figures) for note in answer.notes)


def decision_words(decision: str) -> str:
    """The decision with its mark, so that a list is scanned quickly and needs no colour."""
    return f"{_MARKS.get(decision, '·')} {plain(decision)}"


def one_line(text: str) -> str:
    """``text`` in one line. What a member wrote may hold control characters that would drive the terminal."""
    if not text.isprintable():  # as a rule it is, and a table has thousands of cells
        text = "".join(_printable(letter) for letter in text)
    return " ".join(text.split())


def many_lines(text: str) -> str:
    """``text`` with its line breaks, and without anything that would drive the terminal."""
    return "\n".join("".join(_printable(letter) for letter in line) for line in text.splitlines())


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 document``, ``1,204 documents``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def share(part: float, whole: float) -> str:
    """``45 %``; nothing of nothing is 0 %."""
    return f"{round(100 * part / whole) if whole else 0} %"


def bar(part: float, whole: float, width: int) -> str:
    """A bar of ``width`` cells, filled by the share of ``part``."""
    filled = round(width * min(max(part / whole, 0.0), 1.0)) if whole else 0
    return "█" * filled + "░" * (width - filled)


def short_places(places: Iterable[str]) -> dict[str, str]:
    """Each path or address by its last parts, as few as tell it from the others."""
    parts = {place: PurePath(place).parts or (place,) for place in places}
    return {place: _told_apart(place, parts) for place in parts}


def short_model(name: str) -> str:
    """A model without its publisher, or a model's folder without where it lies."""
    return PurePath(name).name or name


def _told_apart(place: str, parts: Mapping[str, tuple[str, ...]]) -> str:
    own, others = parts[place], [each for other, each in parts.items() if other != place]
    for length in range(1, len(own)):
        if all(other[-length:] != own[-length:] for other in others):
            return "…/" + "/".join(own[-length:])
    return place


def _printable(letter: str) -> str:
    return " " if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else letter
