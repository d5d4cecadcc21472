"""Fits what a space answers by, shows what it did before and does now, and takes it back.

Four things are fitted: how much words count beside meaning, the adapter of question vectors, the confidence with the
off-topic boundary, and the thresholds that keep to the operator's rates. What words count moves on golden questions
only: pseudo-questions are made of the words of their own passage, so by them words could never count too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

import numpy as np

from retrieval.anomaly import NEAREST
from retrieval.banks import off_topic_lines
from retrieval.calibrate import ANSWERABLE, Logistic, confidence_features, refined
from retrieval.embed import Purpose
from retrieval.fit import FIT, FUSION, Fit, fit_space, keep_fit, kept_fit, kept_weights, without
from retrieval.fuse import FusionWeights, fuse
from retrieval.gate import GATE, GateThresholds, kept_thresholds
from retrieval.metrics import ndcg
from retrieval.pseudo_questions import pseudo_questions
from retrieval.query import prepare_query
from retrieval.rates import RATES, Outcomes, Rates
from retrieval.search import Query, Ranking, search
from retrieval.space import Clock, OpenSpace
from retrieval.types import Candidate
from storage.errors import KnowbotError
from storage.records import PUBLIC
from storage.stores import Stores
from storage.tunables import UNDO, NothingToUndoError

TUNE = "knowbot tune"
"""``set_by`` of everything that a tune has set."""

TUNED = (FUSION, FIT, GATE, RATES)
FEWEST_GOLDEN = 20
"""Fewer golden questions say nothing; the corpus is asked its own instead."""

MOST_QUESTIONS = 400
_LEXICAL = (0.1, 0.2, 0.3, 0.4, 0.5, 0.7)
_PRIOR_QUESTIONS = 40
"""How many golden questions the prior is worth: so many, and the fitted weight goes half the way."""

_UNANSWERABLE = 0.05
"""The share of questions without a document, and that of off-topic messages, that a confidence is fitted for."""

_READERS = frozenset({PUBLIC})
_DEPTH = 10


class TooLittleToTuneError(KnowbotError):
    """A space has nothing to be fitted on."""


@dataclass(frozen=True)
class Found:
    """A message with what was found for it; ``target`` is the location of the document that answers, "" for none."""

    target: str
    candidates: Sequence[Candidate]
    nearest: tuple[float, ...]


@dataclass(frozen=True)
class _Traffic:
    """What is asked: questions that have an answer, and off-topic lines."""

    questions: Sequence[Found]
    strange: Sequence[Found]


@dataclass(frozen=True)
class Tuned:
    """What a space answers by."""

    weights: FusionWeights
    fit: Fit
    thresholds: GateThresholds

    @property
    def ranking(self) -> Ranking:
        """How it orders what it finds."""
        return Ranking(self.weights, self.fit.adapter)


@dataclass(frozen=True)
class Measured:
    """How well it does, all shares of 1. ``wrong``: of all messages, ``silence``: of those whose answer was found.

    ``false_flags`` is the share of the questions that look off topic by the documents alone.
    """

    ndcg: float
    hit: float
    wrong_asked: float
    wrong_unasked: float
    silence_asked: float
    silence_unasked: float
    false_flags: float


@dataclass(frozen=True)
class Tuning:
    """A tune: on what it was fitted and measured, and both states with their figures."""

    basis: Literal["golden", "pseudo"]
    questions: int
    rates: Rates
    before: tuple[Tuned, Measured]
    after: tuple[Tuned, Measured]


def tune(stores: Stores, space: OpenSpace, rates: Rates | None, now: float) -> Tuning:
    """What a tune would set, measured; nothing is stored. ``rates`` None keeps those that were chosen before.

    Raises TooLittleToTuneError.
    """
    name = space.generation.space
    chosen = rates or Rates(**stores.tunables.get(name, RATES, {}))
    basis, asked = _questions(stores, space, now)
    before = Tuned(kept_weights(stores, name), kept_fit(stores, space.generation), kept_thresholds(stores, name))
    found_before = _traffic(stores, space, asked, before.ranking, now)
    weights = _fitted_weights(found_before.questions) if basis == "golden" else before.weights
    after = Tuned(weights, fit_space(stores, space, weights, now), before.thresholds)
    found = _traffic(stores, space, asked, after.ranking, now)
    if basis == "golden":
        after = replace(after, fit=replace(after.fit, confidence=_refined(after.fit.confidence, found)))
    outcomes = _outcomes(found, after)
    asked_at, unasked_at = outcomes.threshold(chosen.asked), outcomes.threshold(chosen.unasked)
    after = replace(after, thresholds=replace(before.thresholds, answer=asked_at, unasked=max(asked_at, unasked_at)))
    figures = _measured(found_before, before), _measured(found, after)
    return Tuning(basis, len(asked), chosen, (before, figures[0]), (after, figures[1]))


def keep(stores: Stores, space: str, tuning: Tuning, clock: Clock) -> None:
    """Has the space answer by what was fitted, from the next message on; ``undo`` takes all of it back."""
    state, now = tuning.after[0], clock()
    rest = {FUSION: asdict(state.weights), GATE: asdict(state.thresholds), RATES: asdict(tuning.rates)}
    with stores.write():
        keep_fit(stores, space, state.fit, TUNE, now)
        for name, value in rest.items():
            stores.tunables.set(space, name, value, TUNE, now)


def undo(stores: Stores, space: str, clock: Clock) -> list[str]:
    """Takes the last tune back, but for what somebody has changed since; returns what went back.

    Raises NothingToUndoError.
    """
    with stores.write():
        standing = [name for name in TUNED if _standing_by(stores, space, name) == TUNE]
        if not standing:
            raise NothingToUndoError(f"nothing that knowbot tune has set in the space {space} still stands")
        for name in standing:
            stores.tunables.undo(space, name, clock())
    return standing


def _standing_by(stores: Stores, space: str, name: str) -> str:
    """Who set the value that counts now."""
    setters: list[str] = []
    for line in stores.tunables.history(space, name):
        if line.set_by == UNDO:
            setters.pop()
        else:
            setters.append(line.set_by)
    return setters[-1] if setters else ""


def _questions(
    stores: Stores, space: OpenSpace, now: float
) -> tuple[Literal["golden", "pseudo"], list[tuple[str, str]]]:
    """(question, location of its document): golden ones where there are enough, else the corpus's own."""
    written = stores.known_questions.golden(space.generation.space, _READERS, now, MOST_QUESTIONS)
    golden = [(text, location) for text, location in written if location]
    if len(golden) >= FEWEST_GOLDEN:
        return "golden", golden
    chunks = [chunk for chunk in stores.chunks.of_space(space.generation) if chunk.visibility == PUBLIC]
    locations = {chunk.document_id: chunk.document_location for chunk in chunks}
    # Another seed than that of the fit: these questions are new to it.
    made = [(each.text, locations[each.document_id]) for each in pseudo_questions(chunks, seed=1)]
    if len(made) < FEWEST_GOLDEN:
        raise TooLittleToTuneError(
            f"the space '{space.generation.space}' is too small to be fitted: add {FEWEST_GOLDEN} golden questions or "
            "more documents"
        )
    return "pseudo", made[:: -(-len(made) // MOST_QUESTIONS)]


def _traffic(
    stores: Stores, space: OpenSpace, asked: Sequence[tuple[str, str]], ranking: Ranking, now: float
) -> _Traffic:
    strange = [(line, "") for line in off_topic_lines()[1::3]]
    return _Traffic(*(_found(stores, space, each, ranking, now) for each in (asked, strange)))


def _found(
    stores: Stores, space: OpenSpace, asked: Sequence[tuple[str, str]], ranking: Ranking, now: float
) -> list[Found]:
    encoder, name = space.embedder.encoder, space.generation.space
    queries = [prepare_query(text, encoder.tokenizer, encoder.max_tokens) for text, _ in asked]
    vectors = space.embedder.embed([query.text for query in queries], Purpose("tune", name, "query", keep="query"))
    found = [
        search(stores, space, Query(vector, query.terms, _READERS), ranking, now)
        for query, vector in zip(queries, vectors, strict=True)
    ]
    return [Found(target, each.candidates, each.nearest) for (_, target), each in zip(asked, found, strict=True)]


def _fused(candidates: Sequence[Candidate], weights: FusionWeights) -> list[Candidate]:
    """In the order of other weights."""
    scored = [replace(c, fused=fuse(c.vector, c.title, c.lexical, weights)) for c in candidates]
    return sorted(scored, key=lambda candidate: (-candidate.fused, candidate.chunk.id))


def _ranked(candidates: Sequence[Candidate]) -> list[str]:
    return list(dict.fromkeys(candidate.chunk.document_location for candidate in candidates))[:_DEPTH]


def _fitted_weights(questions: Sequence[Found]) -> FusionWeights:
    """The lexical weight of the best nDCG, shrunk to the prior by how few questions there are."""
    prior = FusionWeights()
    quality = {lexical: _ndcg(questions, replace(prior, lexical=lexical)) for lexical in _LEXICAL}
    best = max(_LEXICAL, key=lambda lexical: (quality[lexical], -abs(lexical - prior.lexical)))
    share = len(questions) / (len(questions) + _PRIOR_QUESTIONS)
    return replace(prior, lexical=round(prior.lexical + share * (best - prior.lexical), 3))


def _ndcg(questions: Sequence[Found], weights: FusionWeights) -> float:
    rankings = [(_ranked(_fused(each.candidates, weights)), each.target) for each in questions]
    return float(np.mean([ndcg(ranked, {target: 1}, _DEPTH) for ranked, target in rankings]))


def _outcomes(traffic: _Traffic, state: Tuned) -> Outcomes:
    """Questions, every second one once more with its document withheld, and off-topic lines, as they would be asked."""

    def confidence(candidates: Sequence[Candidate]) -> float:
        return state.fit.confidence.probability(confidence_features(candidates))

    questions = traffic.questions
    ranked = [_is_right(each) for each in questions]
    withheld = [confidence(_withheld(each)) for each in questions[::2]]
    lines = [confidence(each.candidates) for each in traffic.strange]
    return Outcomes.of(
        [
            ([confidence(each.candidates) for each in questions], ranked, ANSWERABLE),
            (withheld, [False] * len(withheld), (1 - ANSWERABLE) / 2),
            (lines, [False] * len(lines), (1 - ANSWERABLE) / 2),
        ]
    )


def _refined(confidence: Logistic, traffic: _Traffic) -> Logistic:
    """The confidence after questions of people, among which few have no answer."""
    questions, strange = traffic.questions, traffic.strange
    candidates = [each.candidates for each in questions]
    groups: list[list[Sequence[Candidate]]] = [
        candidates,
        [_withheld(each) for each in questions],
        [each.candidates for each in strange],
    ]
    shares = (1 - 2 * _UNANSWERABLE, _UNANSWERABLE, _UNANSWERABLE)
    return refined(
        confidence,
        [confidence_features(each) for group in groups for each in group],
        [*(_is_right(each) for each in questions), *[False] * (len(questions) + len(strange))],
        np.concatenate([np.full(len(g), s * len(questions) / len(g)) for g, s in zip(groups, shares, strict=True)]),
    )


def _is_right(question: Found) -> bool:
    return _ranked(question.candidates)[:1] == [question.target]


def _withheld(question: Found) -> list[Candidate]:
    ids = {c.chunk.document_id for c in question.candidates if c.chunk.document_location == question.target}
    return without(question.candidates, ids)


def _measured(traffic: _Traffic, state: Tuned) -> Measured:
    outcomes, thresholds, boundary = _outcomes(traffic, state), state.thresholds, state.fit.documents
    questions = traffic.questions
    first = [_is_right(each) for each in questions]
    similar = [float(np.mean(each.nearest[:NEAREST])) if each.nearest else 0.0 for each in questions]
    flags = [bool(boundary and boundary.off_topic_score(each) >= thresholds.off_topic) for each in similar]
    return Measured(
        ndcg=_ndcg(questions, state.weights),
        hit=float(np.mean(first)),
        wrong_asked=outcomes.wrong(thresholds.answer),
        wrong_unasked=outcomes.wrong(thresholds.unasked),
        silence_asked=outcomes.silence(thresholds.answer),
        silence_unasked=outcomes.silence(thresholds.unasked),
        false_flags=float(np.mean(flags)),
    )
