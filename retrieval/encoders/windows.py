"""Passages in the window of their document that they are encoded in: what late chunking encodes instead of texts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from retrieval.counting.tokens import Tokenizer

OVERLAP = 4
"""A window begins with what the one before it ended with, up to this part of it: nobody is encoded without context."""


@dataclass(frozen=True)
class Window:
    """Neighbouring passages of a document, as many as an encoder reads at once, in ``tokens`` with all around them.

    ``begins`` and ``ends`` say whether the document does so here.
    """

    passages: tuple[str, ...]
    begins: bool
    ends: bool
    tokens: int

    @cached_property
    def digest(self) -> str:
        """The sha256, in hex, of all that decides the vectors."""
        return hashlib.sha256(json.dumps([self.passages, self.begins, self.ends]).encode()).hexdigest()


@dataclass(frozen=True)
class InContext:
    """The passage at ``place`` of its window."""

    window: Window
    place: int

    @property
    def key(self) -> str:
        """What its vector is known by: never the hash of a text, and another one as soon as anything around it is."""
        return f"{self.window.digest}:{self.place}"


Text = str | InContext
"""What is encoded: a text by itself, or a passage within its document."""


def in_context(passages: Sequence[str], lengths: Sequence[int], room: int, around: int) -> list[Text]:
    """Each passage of a document in its window; one that is all of it stands by itself.

    ``lengths`` are in tokens, none over half of ``room``; so many more stand ``around`` those of every window.
    """
    if len(passages) < 2:
        return list(passages)
    texts: list[Text] = []
    for first, own, end in windows(lengths, room):
        tokens = sum(lengths[first:end]) + around
        window = Window(tuple(passages[first:end]), first == 0, end == len(passages), tokens)
        texts += [InContext(window, place - first) for place in range(own, end)]
    return texts


def windows(lengths: Sequence[int], room: int) -> Iterator[tuple[int, int, int]]:
    """Runs of passages as (first, own, end), each of at most ``room`` tokens, which together own every passage once.

    Those before ``own`` are there for the others to be read with: at least one, but for the document's beginning.
    """
    own = 0
    while own < len(lengths):
        first, end, used = own, own + 1, lengths[own]
        while first and (first == own or sum(lengths[first - 1 : own]) <= room // OVERLAP):
            first -= 1
            used += lengths[first]
        while end < len(lengths) and used + lengths[end] <= room:
            used += lengths[end]
            end += 1
        yield first, own, end
        own = end


def slices(texts: Sequence[Text], size: int) -> Iterator[tuple[int, int]]:
    """Stretches of ``size`` texts, or more where a window would be torn and encoded twice."""
    start = 0
    while start < len(texts):
        end = min(start + size, len(texts))
        while end < len(texts) and _share_window(texts[end - 1], texts[end]):
            end += 1
        yield start, end
        start = end


def _share_window(one: Text, other: Text) -> bool:
    return isinstance(one, InContext) and isinstance(other, InContext) and one.window is other.window


def tokens_of(texts: Iterable[Text], tokenizer: Tokenizer, prompt: str) -> int:
    """What is read for ``texts``, special tokens included: each behind ``prompt``, or once the window that it is in."""
    read, total = set[Window](), 0
    for text in texts:
        if isinstance(text, str):
            total += tokenizer.count(prompt + text) + tokenizer.special_tokens
        else:
            read.add(text.window)
    return total + sum(window.tokens for window in read)
