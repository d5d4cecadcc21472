"""A member's message becomes something to search with: cleaned, within the encoder's limit, split into terms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.counting.tokens import Tokenizer
from retrieval.texts.plain_message import is_follow_up, without_frames, without_markup, without_politeness
from retrieval.types import Note
from storage.errors import KnowbotError

MOST_TERMS = 64
_WORD = re.compile(r"\w+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])\s*|\n+")


class EmptyQuestionError(KnowbotError):
    """There is nothing to answer."""


@dataclass(frozen=True)
class PreparedQuery:
    """What is searched: ``text`` goes to the encoder, ``terms`` to the full-text index.

    ``notes`` say how it differs from what was asked. Without a single word there are no
    ``terms``: such a message (emoji, punctuation) holds no question.
    """

    text: str
    terms: tuple[str, ...]
    notes: tuple[Note, ...] = ()


def prepare_query(text: str, tokenizer: Tokenizer, max_tokens: int, context: Sequence[str] = ()) -> PreparedQuery:
    """Cleans ``text`` and reduces it to ``max_tokens`` (special tokens included); raises EmptyQuestionError.

    ``context`` is earlier text of the same thread, oldest first; a message that points back is searched with the last.
    """
    lines = _plain(text)
    clean = " ".join(lines.split())
    if not clean:
        raise EmptyQuestionError("there is no question in that message: write it in words")
    limit = max_tokens - tokenizer.special_tokens
    notes: list[Note] = ["with_error_only"] if without_frames(text) != text else []
    if context and is_follow_up(clean) and (before := " ".join(_plain(context[-1]).split())):
        notes.append("with_message_before")
        room = limit - tokenizer.count(clean)
        if room > 0:
            lines = f"{_cut(before, tokenizer, room)}\n{lines}"
            clean = " ".join(lines.split())
    reduced = _reduced(lines, clean, tokenizer, limit)
    if reduced != clean:
        notes.append("shortened")
    return PreparedQuery(reduced, query_terms(reduced), tuple(notes))


def _plain(text: str) -> str:
    """What the message says, line by line; all of it where nothing else would be left."""
    lines = _CONTROL.sub(" ", unicodedata.normalize("NFC", text))
    plain = without_politeness(without_frames(without_markup(lines)))
    return plain if plain.strip() else lines


def query_terms(text: str) -> tuple[str, ...]:
    """The distinct words of ``text``, lower case, in order, at most MOST_TERMS."""
    return tuple(dict.fromkeys(_WORD.findall(text.lower())))[:MOST_TERMS]


def _reduced(lines: str, clean: str, tokenizer: Tokenizer, limit: int) -> str:
    """``clean`` itself where it fits; else its questions first, then its opening, in the order they stood."""
    if tokenizer.count(clean) <= limit:
        return clean
    sentences = [" ".join(part.split()) for part in _SENTENCE_END.split(lines) if part.strip()]
    by_worth = sorted(range(len(sentences)), key=lambda i: (not sentences[i].endswith(("?", "？")), i))
    worthiest = sentences[by_worth[0]]
    if tokenizer.count(worthiest) > limit:
        # Its beginning says more than the "Thanks!" behind it that would fit.
        return _cut(worthiest, tokenizer, limit)
    kept: set[int] = set()
    room = limit
    for i in by_worth:
        cost = tokenizer.count(sentences[i])
        if cost <= room:
            kept.add(i)
            room -= cost
    return _cut(" ".join(sentences[i] for i in sorted(kept)), tokenizer, limit)


def _cut(text: str, tokenizer: Tokenizer, limit: int) -> str:
    """The longest prefix within ``limit`` tokens, by bisection; for one endless sentence there is no better rule."""
    low, high = 1, len(text)
    if tokenizer.count(text) <= limit:
        return text
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if tokenizer.count(text[:middle]) <= limit else (low, middle - 1)
    return text[:low].strip()
