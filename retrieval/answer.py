"""The sentences that answer, word for word from the passages that were found."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.texts.sentences import Unit, units
from retrieval.texts.shingles import Shingles, same, shingles, words_of
from retrieval.texts.stretch import LONGEST_QUOTE, Scored, best_stretch
from retrieval.types import Candidate, Citation
from storage.records import Matrix

MOST_SOURCES = 3

NEAR_THE_BEST = 0.12
"""How far behind the best passage another may be found to be a source of an answer: of those further behind one in ten
says anything of the question, see docs/quality.md."""

_UNITS_READ = 40
_CODE_ALONE = 0.2
_WORDS_COUNT = 0.3
"""What the question's words in a sentence count beside its cosine of 1.0: as much as in the search."""
_FOUND_BEHIND = 1.5
"""What a passage's lag behind the best one counts: the confidence speaks of the best, and a sentence knows less."""

_WORD = re.compile(r"\w")

Encode = Callable[[Sequence[str]], Matrix]


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
    passages = _one_per_document(candidates)
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
        for number, (candidate, quote) in enumerate(_unlike([each[1:] for each in best]), start=1)
    )


def _one_per_document(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best passage of each document; of two that say the same in nearly the same words, only the better one."""
    firsts = {candidate.chunk.document_id: candidate for candidate in reversed(candidates)}
    ordered = sorted(firsts.values(), key=lambda candidate: -candidate.final)
    return [candidate for candidate, _ in _unlike([(each, each.chunk.text) for each in ordered], MOST_SOURCES)]


def _unlike(texts: Sequence[tuple[Candidate, str]], most: int | None = None) -> list[tuple[Candidate, str]]:
    """Of candidates with a text, the first ones whose texts differ."""
    chosen: list[tuple[Candidate, str]] = []
    said: list[Shingles] = []
    for candidate, text in texts:
        own = shingles(text)
        if len(chosen) == most:
            break
        if not any(same(own, other) for other in said):
            chosen.append((candidate, text))
            said.append(own)
    return chosen


def _scored(passages: Sequence[Candidate], wanted: Wanted, encode: Encode) -> list[tuple[Candidate, list[Scored]]]:
    """Every passage's units by how near they are to the question, in meaning and in words.

    A passage starts as far behind as it was found behind; its heading's words count for each of its units. Code answers
    nothing without the sentence that introduces it.
    """
    cut = [(candidate, _worded_units(candidate.chunk.text)[:_UNITS_READ]) for candidate in passages]
    texts = [candidate.chunk.text[u.start : u.end] for candidate, found in cut for u in found]
    cosines = iter(encode(texts) @ wanted.vector if texts else np.zeros(0, np.float32))
    pieces = iter(texts)

    def score(candidate: Candidate, unit: Unit) -> Scored:
        text = next(pieces)
        words = wanted.coverage(f"{candidate.chunk.heading} {text}")
        near = float(next(cosines)) + _WORDS_COUNT * words - _CODE_ALONE * unit.code
        return Scored(unit, text, near - _FOUND_BEHIND * (passages[0].final - candidate.final))

    return [(candidate, [score(candidate, unit) for unit in found]) for candidate, found in cut if found]


def _worded_units(passage: str) -> list[Unit]:
    """Without rules: they answer nothing, and the one in a table would keep its head from its rows."""
    return [unit for unit in units(passage) if _WORD.search(passage, unit.start, unit.end)]


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
