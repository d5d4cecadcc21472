"""Do two texts say the same in nearly the same words? Answers, the corpus and its duplicates ask the same way."""

from __future__ import annotations

import re
from itertools import islice

Shingles = frozenset[tuple[str, ...]]

WIDTH = 3
"""Words in a shingle."""

SAME_SHARE = 0.8
"""Two texts are one where they share this much of what either holds."""

_WORDS = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """The words of ``text``, lower case, in order."""
    return _WORDS.findall(text.lower())


def shingles(text: str) -> Shingles:
    """The runs of WIDTH words (Broder 1997, "On the Resemblance and Containment of Documents")."""
    words = words_of(text)
    return frozenset(zip(*(islice(words, offset, None) for offset in range(WIDTH)), strict=False)) or frozenset(
        [tuple(words)]
    )


def resemblance(one: Shingles, other: Shingles) -> float:
    """What two texts share of what either holds, 0-1 (Jaccard)."""
    return len(one & other) / max(len(one | other), 1)


def same(one: Shingles, other: Shingles) -> bool:
    """True for two texts that a reader would call the same."""
    return resemblance(one, other) >= SAME_SHARE
