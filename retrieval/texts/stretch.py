"""Which stretch of a passage is quoted: around the sentence that answers, as much as a reader needs and no more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.texts.sentences import Unit
from retrieval.texts.shingles import words_of

LONGEST_QUOTE = 600
"""Characters; what members read without scrolling."""

ENOUGH = 350
"""Characters up to which the neighbours of a sentence come along, since they say what it is about."""

_NEAR = 0.8
"""Beyond ENOUGH a neighbour must score this share of the best."""

_RELATED = 0.25
"""Up to ENOUGH this share will do."""

_SAID_SHARE = 0.8
_INTRODUCES = re.compile(r":[*_`]*$")
_SENTENCE = re.compile(r"[.!?…。！？][\"')\]*_`]*$")
_LABEL_WORDS = 5


@dataclass(frozen=True)
class Scored:
    """A unit of a passage and how well it answers; ``text`` is its words."""

    unit: Unit
    text: str
    score: float

    @property
    def introduces(self) -> bool:
        """True for what ends in a colon: it says nothing without what comes next."""
        return bool(_INTRODUCES.search(self.text))

    @property
    def is_label(self) -> bool:
        """True for a few words that are no sentence, such as a heading: it is not worth ending on."""
        structured = self.unit.code or self.unit.item
        return not structured and not _SENTENCE.search(self.text) and len(self.text.split()) <= _LABEL_WORDS


def best_stretch(scored: Sequence[Scored]) -> tuple[int, int]:
    """Places of the first and the last unit to quote, around the one of the highest score; ``scored`` is not empty.

    It grows by the better neighbour while that belongs to it, matters, or there is not ENOUGH yet, within
    LONGEST_QUOTE; what only repeats is never taken. A label or an introduction is not left at its edge.
    """
    best = max(range(len(scored)), key=lambda i: scored[i].score)
    first = last = best
    while True:
        neighbours = [i for i in (first - 1, last + 1) if 0 <= i < len(scored)]
        fitting = [i for i in neighbours if _wanted(scored, i, first, last, scored[best].score)]
        if not fitting:
            return _trimmed(scored, first, last, best)
        chosen = max(fitting, key=lambda i: (_belongs(scored, i, first, last), scored[i].score))
        first, last = min(first, chosen), max(last, chosen)


def _wanted(scored: Sequence[Scored], i: int, first: int, last: int, best: float) -> bool:
    length = scored[max(last, i)].unit.end - scored[min(first, i)].unit.start
    if length > LONGEST_QUOTE or _is_said(scored, i, first, last) or (scored[i].unit.code and i < first):
        return False
    enough = _NEAR if length > ENOUGH else _RELATED
    return scored[i].score >= enough * best or _belongs(scored, i, first, last)


def _belongs(scored: Sequence[Scored], i: int, first: int, last: int) -> bool:
    """Items of one list or table, and what is introduced with its introduction, read only together."""
    before, after = (i, first) if i < first else (last, i)
    one, other = scored[before], scored[after]
    return one.introduces or (one.unit.item and other.unit.item) or (other.unit.code and not one.unit.code and i > last)


def _is_said(scored: Sequence[Scored], i: int, first: int, last: int) -> bool:
    """Maximal marginal relevance (Carbonell and Goldstein 1998) at its plainest: what repeats is worth nothing."""
    words = set(words_of(scored[i].text))
    said = set(words_of(" ".join(each.text for each in scored[first : last + 1])))
    return not scored[i].unit.code and len(words & said) >= _SAID_SHARE * len(words)


def _trimmed(scored: Sequence[Scored], first: int, last: int, best: int) -> tuple[int, int]:
    while first < best and scored[first].is_label and not scored[first].introduces:
        first += 1
    while last > best and (scored[last].is_label or scored[last].introduces):
        last -= 1
    return first, last
