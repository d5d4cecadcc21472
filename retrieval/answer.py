"""The sentences that answer, word for word from the passages that were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.reading import Encode, one_per_document, unlike
from retrieval.texts.sentences import Unit, worded_units
from retrieval.texts.shingles import words_of
from retrieval.texts.stretch import LONGEST_QUOTE, Scored, best_stretch
from retrieval.types import Candidate, Citation
from storage.records import Matrix

NEAR_THE_BEST = 0.12
"""How far behind the best passage another may be found to be a source of an answer: of those further behind one in ten
says anything of the question, see docs/quality.md."""

_CODE_ALONE = 0.2
_WORDS_COUNT = 0.3
"""What the question's words in a sentence count beside its cosine of 1.0: as much as in the search."""
_FOUND_BEHIND = 1.5
"""What a passage's lag behind the best one counts: the confidence speaks of the best, and a sentence knows less."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for: the question's unit vector, shape (dimensions,), and how rare each of its words is."""

    vector: Matrix
    rarities: Mapping[str, float]

    def coverage(self, text: str) -> float:
        """The share of the question's words that ``text`` holds, weighed by their rarity; 0-1."""
        held = set(words_of(text))
        covered = sum(rarity for word, rarity in self.rarities.items() if word in held)
        return covered / (sum(self.rarities.values()) or 1.0)


def near_the_best(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Of candidates, best first, those that an answer may name as its sources."""
    return [each for each in candidates if candidates[0].final - each.final <= NEAR_THE_BEST]


def cite(candidates: Sequence[Candidate], wanted: Wanted, encode: Encode) -> tuple[Citation, ...]:
    """Numbered sources for the best passages of up to MOST_SOURCES documents, the one that answers best first.

    ``encode`` gives unit vectors for sentences. Each quote is a stretch of its passage of at most LONGEST_QUOTE
    characters around the sentence that answers best; two sources never say the same.
    """
    passages = one_per_document(candidates)
    best = [
        (max(unit.score for unit in scored), c, _quote(c, scored)) for c, scored in _scored(passages, wanted, encode)
    ]
    best.sort(key=lambda each: -each[0])
    return tuple(
        Citation(
            number=number,
            title=candidate.chunk.heading or candidate.chunk.document_title,
            location=candidate.chunk.location,
            quote=quote,
            score=candidate.final,
            chunk=candidate.chunk,
        )
        for number, (candidate, quote) in enumerate(unlike([each[1:] for each in best]), start=1)
    )


def _scored(passages: Sequence[Candidate], wanted: Wanted, encode: Encode) -> list[tuple[Candidate, list[Scored]]]:
    """Every passage's units by how near they are to the question, in meaning and in words.

    A passage starts as far behind as it was found behind; its heading's words count for each of its units. Code answers
    nothing without the sentence that introduces it.
    """
    cut = [(candidate, worded_units(candidate.chunk.text)) for candidate in passages]
    texts = [candidate.chunk.text[u.start : u.end] for candidate, found in cut for u in found]
    cosines = iter(encode(texts) @ wanted.vector if texts else np.zeros(0, np.float32))
    pieces = iter(texts)

    def score(candidate: Candidate, unit: Unit) -> Scored:
        text = next(pieces)
        words = wanted.coverage(f"{candidate.chunk.heading} {text}")
        near = float(next(cosines)) + _WORDS_COUNT * words - _CODE_ALONE * unit.code
        return Scored(unit, text, near - _FOUND_BEHIND * (passages[0].final - candidate.final))

    return [(candidate, [score(candidate, unit) for unit in found]) for candidate, found in cut if found]


def _quote(candidate: Candidate, scored: Sequence[Scored]) -> str:
    first, last = best_stretch(scored)
    return _shortened(candidate.chunk.text[scored[first].unit.start : scored[last].unit.end])


def _shortened(quote: str) -> str:
    """Cut at a word, so that the rest still stands in the source; a table or a code block can be longer."""
    if len(quote) <= LONGEST_QUOTE:
        return quote
    cut = quote[:LONGEST_QUOTE]
    border = max(cut.rfind("\n"), cut.rfind(" "))
    return cut[: border if border > LONGEST_QUOTE // 2 else LONGEST_QUOTE].rstrip()
