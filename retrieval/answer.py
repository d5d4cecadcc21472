"""The sentences that answer, word for word from the passages that were found."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.sentences import Unit, units
from retrieval.types import Candidate, Citation
from storage.records import Matrix

LONGEST_QUOTE = 600
"""Characters; what members read without scrolling."""

MOST_SOURCES = 3
_PASSAGES_READ = 3
_SAME_SHARE = 0.8
_SHINGLE = 3
_UNITS_READ = 40
_KEEP_SHARE = 0.6
_CODE_ALONE = 0.2
_WORD = re.compile(r"\w")
_WORDS = re.compile(r"\w+")

Encode = Callable[[Sequence[str]], Matrix]


@dataclass(frozen=True)
class _Scored:
    candidate: Candidate
    unit: Unit
    score: float


def cite(candidates: Sequence[Candidate], query: Matrix, encode: Encode) -> tuple[Citation, ...]:
    """Numbered sources for the best passages of up to MOST_SOURCES documents, the one that answers best first.

    ``query`` is the question's unit vector, shape (dimensions,); ``encode`` gives unit vectors for sentences. Each
    quote is a stretch of its passage of at most LONGEST_QUOTE characters around the sentence nearest to the question.
    """
    passages = _one_per_document(candidates)
    best = [_best_window(scored) for scored in _scored_units(passages, query, encode)]
    best.sort(key=lambda pair: -pair[0])
    return tuple(
        Citation(
            number=number,
            title=candidate.chunk.heading or candidate.chunk.document_title,
            location=candidate.chunk.location,
            quote=quote,
            score=candidate.fused,
            chunk=candidate.chunk,
        )
        for number, (_, candidate, quote) in enumerate(best, start=1)
    )


def _one_per_document(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best passage of each document; of two that say the same in nearly the same words, only the better one."""
    firsts = {candidate.chunk.document_id: candidate for candidate in reversed(candidates)}
    chosen: list[Candidate] = []
    said: list[frozenset[tuple[str, ...]]] = []
    for candidate in sorted(firsts.values(), key=lambda candidate: -candidate.fused):
        shingles = _shingles(candidate.chunk.text)
        if any(_same(shingles, other) for other in said):
            continue
        chosen.append(candidate)
        said.append(shingles)
        if len(chosen) == MOST_SOURCES:
            break
    return chosen


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of _SHINGLE words (Broder 1997, "On the Resemblance and Containment of Documents")."""
    words = _WORDS.findall(text.lower())
    return frozenset(zip(*(words[offset:] for offset in range(_SHINGLE)), strict=False)) or frozenset([tuple(words)])


def _same(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    return len(one & other) >= _SAME_SHARE * len(one | other)


def _scored_units(passages: Sequence[Candidate], query: Matrix, encode: Encode) -> list[list[_Scored]]:
    """Every passage's units by their cosine to the question. A passage starts as far behind as it was found behind;
    code answers nothing without the sentence that introduces it."""
    cut = [(candidate, _worded_units(candidate.chunk.text)[:_UNITS_READ]) for candidate in passages[:_PASSAGES_READ]]
    texts = [candidate.chunk.text[u.start : u.end] for candidate, found in cut for u in found]

    def behind(candidate: Candidate) -> float:
        return passages[0].fused - candidate.fused

    cosines = iter(encode(texts) @ query if texts else np.zeros(0, np.float32))
    return [
        [_Scored(candidate, unit, float(next(cosines)) - behind(candidate) - _CODE_ALONE * unit.code) for unit in found]
        for candidate, found in cut
        if found
    ]


def _worded_units(passage: str) -> list[Unit]:
    """Without rules: they answer nothing, and the one in a table would keep its head from its rows."""
    return [unit for unit in units(passage) if _WORD.search(passage, unit.start, unit.end)]


def _best_window(scored: Sequence[_Scored]) -> tuple[float, Candidate, str]:
    """The nearest unit, grown by its neighbours, the better one first, while they matter and there is room."""
    best = max(range(len(scored)), key=lambda i: scored[i].score)
    first = last = best
    floor = scored[best].score * _KEEP_SHARE
    while True:
        neighbours = [i for i in (first - 1, last + 1) if 0 <= i < len(scored)]
        fitting = [i for i in neighbours if _wanted(scored, i, floor) and _length(scored, min(first, i), max(last, i))]
        if not fitting:
            break
        chosen = max(fitting, key=lambda i: scored[i].score)
        first, last = min(first, chosen), max(last, chosen)
    candidate = scored[best].candidate
    quote = candidate.chunk.text[scored[first].unit.start : scored[last].unit.end]
    return scored[best].score, candidate, _shortened(quote)


def _wanted(scored: Sequence[_Scored], i: int, floor: float) -> bool:
    """Sentences near the question, and the code that a sentence introduces."""
    introduced = scored[i].unit.code and i > 0 and scored[i - 1].score >= floor
    return introduced or scored[i].score >= floor


def _length(scored: Sequence[_Scored], first: int, last: int) -> bool:
    return scored[last].unit.end - scored[first].unit.start <= LONGEST_QUOTE


def _shortened(quote: str) -> str:
    """Cut at a word, so that the rest still stands in the source; a table or a code block can be longer."""
    if len(quote) <= LONGEST_QUOTE:
        return quote
    cut = quote[:LONGEST_QUOTE]
    border = max(cut.rfind("\n"), cut.rfind(" "))
    return cut[: border if border > LONGEST_QUOTE // 2 else LONGEST_QUOTE].rstrip()
