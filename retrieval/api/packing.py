"""Texts become requests: long ones in pieces, pieces in requests within the API's limits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.counting.tokens import Tokenizer

MOST_INPUTS = 2048
"""Inputs of one request, by OpenAI's limit."""

MOST_TOKENS = 300_000
"""Tokens of one request, by OpenAI's limit."""

_FEWEST_INPUTS = 64
"""A request of fewer is not split further only to have several in flight."""


@dataclass(frozen=True)
class Piece:
    """A text or a part of one: ``owner`` is the text's place, ``most`` what it may count, ``tokens`` what it does."""

    owner: int
    text: str
    tokens: int
    most: int


def pieces(texts: Sequence[str], tokenizer: Tokenizer, limit: int, prompt: str = "") -> list[Piece]:
    """Every text as one piece, or as several where it has more than ``limit`` tokens; in order, each with ``prompt``
    before it."""
    return [piece for owner, text in enumerate(texts) for piece in _pieces(owner, text, tokenizer, limit, prompt)]


def _pieces(owner: int, text: str, tokenizer: Tokenizer, limit: int, prompt: str) -> Iterator[Piece]:
    sent = prompt + text
    tokens = tokenizer.count(sent) + tokenizer.special_tokens
    # Without the vocabulary nobody knows; but no tokenizer that can spell bytes has more tokens than there are.
    most = len(sent.encode("utf-8", "replace")) + tokenizer.special_tokens if tokenizer.estimate else tokens
    if most <= limit or len(text) < 2:
        yield Piece(owner, sent, tokens, most)
        return
    middle = _border(text)
    yield from _pieces(owner, text[:middle], tokenizer, limit, prompt)
    yield from _pieces(owner, text[middle:], tokenizer, limit, prompt)


def _border(text: str) -> int:
    """Where to halve: behind the last white space of the first half, if there is any in its later half."""
    middle = len(text) // 2
    blank = max((i for i in range(middle // 2, middle) if text[i].isspace()), default=-1)
    return blank + 1 if blank > 0 else middle


def packed(wanted: Sequence[Piece], in_flight: int) -> list[list[Piece]]:
    """Requests within the limits, and enough of them to keep ``in_flight`` busy where there is enough to do."""
    most = min(MOST_INPUTS, max(_FEWEST_INPUTS, math.ceil(len(wanted) / in_flight)))
    requests: list[list[Piece]] = []
    room = 0
    for piece in wanted:
        if not requests or len(requests[-1]) == most or piece.most > room:
            requests.append([])
            room = MOST_TOKENS
        requests[-1].append(piece)
        room -= piece.most
    return requests
