"""A second look at what was found: does a sentence of the first document answer, or one of the next documents?

A passage's vector is the mean of all that it says, so that a passage on the same subject is as near as the one that
answers. By their nearest sentence or heading the two are told apart better: where the first document leads by more
than usual it is right more often, and where the next ones have sentences as near, less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from retrieval.calibrate import Logistic, confidence_features
from retrieval.space import OpenSpace
from retrieval.texts.sentences import worded_units
from retrieval.texts.shingles import Shingles, same, shingles
from retrieval.types import Candidate
from storage.records import Matrix

MOST_SOURCES = 3
"""Documents that are read, and as many at most are cited."""

WORTH_READING = 0.2
"""Hardly any lead makes an answer of what is less likely at first sight, as most of what is said in a channel is."""

Encode = Callable[[Sequence[str]], Matrix]


def confidence(space: OpenSpace, model: Logistic, vector: Matrix | None, candidates: Sequence[Candidate]) -> float:
    """The probability (0-1) that the first of ``candidates``, best first, answers the question with this unit vector.

    Sentences of the first documents are encoded, or remembered, where that may change something. An encoder that is
    paid by the text is not asked for that: there, where no scale was taken, and without a vector, the first sight
    stands. What looks off topic, or is small talk, is not read.
    """
    features = confidence_features(candidates)
    at_first_sight = model.probability(features)
    if vector is None or space.embedder.is_paid or not model.spread or at_first_sight < WORTH_READING:
        return at_first_sight
    return model.probability(features, lead_by_sentences(candidates, vector, space.sentences.embed))


def lead_by_sentences(candidates: Sequence[Candidate], vector: Matrix, encode: Encode) -> float | None:
    """By how much (cosine) the first document's nearest sentence or heading exceeds the mean of the next ones' nearest.

    The best passage of each of MOST_SOURCES documents is read. None where there is no other document.
    """
    texts = [_said(each) for each in one_per_document(candidates)]
    if len(texts) < 2:
        return None
    cosines = iter((encode([text for said in texts for text in said]) @ vector).tolist())
    first, *others = (max(next(cosines) for _ in said) for said in texts)
    return float(first - sum(others) / len(others))


def one_per_document(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best passage of each document; of two that say the same in nearly the same words, only the better one."""
    firsts = {candidate.chunk.document_id: candidate for candidate in reversed(candidates)}
    ordered = sorted(firsts.values(), key=lambda candidate: -candidate.final)
    return [candidate for candidate, _ in unlike([(each, each.chunk.text) for each in ordered], MOST_SOURCES)]


def unlike(texts: Sequence[tuple[Candidate, str]], most: int | None = None) -> list[tuple[Candidate, str]]:
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


def _said(candidate: Candidate) -> list[str]:
    text, heading = candidate.chunk.text, candidate.chunk.heading
    sentences = [text[unit.start : unit.end] for unit in worded_units(text)]
    return [*([heading] if heading else []), *sentences] or [text]
