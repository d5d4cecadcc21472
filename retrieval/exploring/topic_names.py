"""What a group of texts is about, in a few words that the other groups do not use."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import cache

from retrieval.banks import off_topic_lines, small_talk_lines
from retrieval.texts.shingles import words_of

NAME_WORDS = 3
NAMELESS = "(no words)"

_COMMON_LINES = 8
_COMMON_SHARE = 0.6
_ENOUGH_TEXTS = 20
_SHORTEST = 3
_ENDING = 2


def topic_names(texts: Sequence[str], groups: Sequence[int]) -> list[str]:
    """A name for each group, by its number: its words of highest weight.

    The weight is the class-based TF-IDF of BERTopic (Grootendorst 2022): a word's share of its group's words, times
    log(1 + A / f), with A the mean number of words a group and f how often the word stands in all of them.
    """
    counts: list[Counter[str]] = [Counter() for _ in range(max(groups, default=-1) + 1)]
    spread = Counter(word for text in texts for word in set(content_words(text)))
    # A word of nearly every text is about none of them, whatever the language.
    most = max(_COMMON_SHARE * len(texts), 1) if len(texts) >= _ENOUGH_TEXTS else len(texts)
    for text, group in zip(texts, groups, strict=True):
        counts[group].update(word for word in content_words(text) if spread[word] <= most)
    everywhere = sum(counts, Counter[str]())
    mean = everywhere.total() / max(len(counts), 1)

    def weight(word: str, own: Counter[str]) -> float:
        return own[word] / own.total() * math.log(1 + mean / everywhere[word])

    def name(own: Counter[str]) -> str:
        named: list[str] = []
        for word in sorted(own, key=lambda word: (-weight(word, own), word)):
            if len(named) < NAME_WORDS and not any(_akin(word, other) for other in named):
                named.append(word)
        return ", ".join(named) or NAMELESS

    return [name(own) for own in counts]


def _akin(one: str, other: str) -> bool:
    """True for a word and its plural, which say one thing."""
    return (one.startswith(other) or other.startswith(one)) and abs(len(one) - len(other)) <= _ENDING


def content_words(text: str) -> list[str]:
    """The words of ``text`` that may say what it is about: neither short, nor numbers, nor in everybody's mouth."""
    common = _common()
    return [w for w in words_of(text) if len(w) >= _SHORTEST and not w[0].isdigit() and w not in common]


@cache
def _common() -> frozenset[str]:
    """Words of many of the built-in lines, which speak of everything and so of nothing."""
    lines = (*off_topic_lines(), *small_talk_lines())
    spread = Counter(word for line in lines for word in set(words_of(line)))
    return frozenset(word for word, number in spread.items() if number >= _COMMON_LINES)
