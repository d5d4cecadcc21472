"""Questions that the corpus asks of itself, so that a community without a single recorded question can be fitted.

Three kinds, each with the document that ought to be found: headings with words dropped, sentences with words dropped,
and words drawn from a passage by their rarity (known-item queries: Azzopardi, de Rijke and Balog 2007, "Building
Simulated Queries for Known-Item Topics"). All from one seed: the same corpus gives the same questions.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from storage.records import Chunk

EACH_KIND = 150
MOST_WHOLE_HEADINGS, MOST_WHOLE_SENTENCES = 700, 1300
_WORD = re.compile(r"\w[\w'-]*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True)
class PseudoQuestion:
    """A made-up question with the ids of the document and of the passage that it was made from."""

    text: str
    document_id: int
    passage_id: int


def pseudo_questions(chunks: Sequence[Chunk], seed: int = 0) -> list[PseudoQuestion]:
    """Up to EACH_KIND questions of each kind, each from another passage, in a fixed order."""
    draw = random.Random(seed)
    spread = Counter(word for chunk in chunks for word in set(_long_words(chunk.text)))
    return [
        *_questions(draw, _first_of_each_heading(chunks), lambda chunk: _thinned(draw, _own_heading(chunk), 3, 0.6)),
        *_questions(draw, chunks, lambda chunk: _from_sentence(draw, chunk.text)),
        *_questions(draw, chunks, lambda chunk: _from_rare_words(draw, chunk.text, spread, len(chunks))),
    ]


def whole_questions(chunks: Sequence[Chunk]) -> list[PseudoQuestion]:
    """Headings and sentences as they stand, mixed, in a fixed order: what tells how the corpus words things."""
    draw = random.Random(0)
    asked = [
        *_questions(draw, _first_of_each_heading(chunks), _heading_of_words, MOST_WHOLE_HEADINGS),
        *_questions(draw, chunks, lambda chunk: _sentence(draw, chunk.text), MOST_WHOLE_SENTENCES),
    ]
    return draw.sample(asked, len(asked))


def _questions(
    draw: random.Random, chunks: Sequence[Chunk], ask: Callable[[Chunk], str], most: int = EACH_KIND
) -> list[PseudoQuestion]:
    found: list[PseudoQuestion] = []
    for chunk in draw.sample(chunks, len(chunks)):
        if len(found) == most:
            break
        if text := ask(chunk):
            found.append(PseudoQuestion(text, chunk.document_id, chunk.id))
    return found


def _first_of_each_heading(chunks: Sequence[Chunk]) -> list[Chunk]:
    return list({(chunk.document_id, chunk.heading): chunk for chunk in reversed(chunks)}.values())


def _own_heading(chunk: Chunk) -> str:
    """The last part of the heading path."""
    return chunk.heading.rpartition(" > ")[2]


def _heading_of_words(chunk: Chunk) -> str:
    heading = _own_heading(chunk)
    return heading if len(_WORD.findall(heading)) > 1 else ""


def _from_sentence(draw: random.Random, text: str) -> str:
    return _thinned(draw, _sentence(draw, text), 6, 0.5)


def _sentence(draw: random.Random, text: str) -> str:
    """One of six to 25 words; nothing where there is none."""
    sentences = [s.strip() for s in _SENTENCE_END.split(text) if 6 <= len(_WORD.findall(s)) <= 25]
    return draw.choice(sentences) if sentences else ""


def _thinned(draw: random.Random, text: str, at_least: int, share: float) -> str:
    """``share`` of the words of ``text`` in their order, at least two; nothing where it has under ``at_least``."""
    words = _WORD.findall(text)
    if len(words) < at_least:
        return ""
    kept = sorted(draw.sample(range(len(words)), max(2, round(len(words) * share))))
    return " ".join(words[i] for i in kept)


def _from_rare_words(draw: random.Random, text: str, spread: Counter[str], passages: int) -> str:
    """Two to six words of the passage, drawn by their inverse document frequency."""
    words = list(dict.fromkeys(_long_words(text)))
    if len(words) < 8:
        return ""
    rarity = [math.log(1 + passages / spread[word]) for word in words]
    drawn = {draw.choices(words, rarity)[0] for _ in range(draw.randint(2, 6))}
    return " ".join(word for word in words if word in drawn)


def _long_words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text) if len(word) > 2 and not word.isdigit()]
