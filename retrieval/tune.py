"""Fits what a space answers by, shows what it did before and does now, and takes it back.

Four things are fitted: how much words and headings count, the adapter of question vectors, the confidence with the
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
from retrieval.calibrate import ANSWERABLE
from retrieval.fitting.fit import FIT, FUSION, Fit, fit_space, keep_fit, kept_fit, kept_weights
from retrieval.fitting.metrics import ndcg
from retrieval.fitting.pseudo_questions import pseudo_questions
from retrieval.fitting.rates import RATES, Outcomes, Rates, flag_threshold, kept_rates
from retrieval.fitting.rehearsal import FEWEST_GOLDEN, Known, Rehearsed, golden_questions, rehearse
from retrieval.fitting.weighing import HEADINGS, fitted_weights
from retrieval.fuse import FusionWeights
from retrieval.gate import GATE, GateThresholds, kept_thresholds
from retrieval.reading import confidence
from retrieval.search import Ranking
from retrieval.space import Clock, OpenSpace
from retrieval.types import Candidate
from storage.errors import KnowbotError
from storage.records import PUBLIC
from storage.stores import Stores
from storage.tunables import UNDO, NothingToUndoError

TUNE = "knowbot tune"
"""``set_by`` of everything that a tune has set."""

TUNED = (FUSION, FIT, GATE, RATES)
MOST_QUESTIONS = 400
_DEPTH = 10


class TooLittleToTuneError(KnowbotError):
    """A space has nothing to be fitted on."""


@dataclass(frozen=True)
class _Traffic:
    """What is asked of a space: questions that have an answer, and off-topic lines."""

    space: OpenSpace
    questions: Sequence[Rehearsed]
    strange: Sequence[Rehearsed]


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
    chosen = rates or kept_rates(stores, name)
    basis, asked = _questions(stores, space, now)
    before = Tuned(kept_weights(stores, name), kept_fit(stores, space.generation), kept_thresholds(stores, name))
    found_before = _traffic(stores, space, asked, before.ranking, now)
    weights = _weights(stores, space, asked, before, now) if basis == "golden" else before.weights
    after = Tuned(weights, fit_space(stores, space, weights, now), before.thresholds)
    found = _traffic(stores, space, asked, after.ranking, now)
    outcomes = _outcomes(found, after)
    asked_at, unasked_at = outcomes.threshold(chosen.asked), outcomes.threshold(chosen.unasked)
    off_topic = before.thresholds.off_topic
    if basis == "golden":
        # The boundary is fitted already; questions that people did ask may only say that it is too strict.
        flagged_at = flag_threshold(_off_topic_scores(found, after), chosen.flagged)
        off_topic = max(GateThresholds().off_topic, flagged_at)
    thresholds = GateThresholds(asked_at, max(asked_at, unasked_at), off_topic)
    after = replace(after, thresholds=thresholds)
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


def _questions(stores: Stores, space: OpenSpace, now: float) -> tuple[Literal["golden", "pseudo"], list[Known]]:
    """Golden questions where there are enough, else the corpus's own."""
    if golden := golden_questions(stores, space.generation.space, now, MOST_QUESTIONS):
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


def _traffic(stores: Stores, space: OpenSpace, asked: Sequence[Known], ranking: Ranking, now: float) -> _Traffic:
    strange = [(line, "") for line in off_topic_lines()[1::3]]
    return _Traffic(space, *(rehearse(stores, space, each, ranking, now, "tune") for each in (asked, strange)))


def _ranked(candidates: Sequence[Candidate]) -> list[str]:
    return list(dict.fromkeys(candidate.chunk.document_location for candidate in candidates))[:_DEPTH]


def _weights(stores: Stores, space: OpenSpace, asked: Sequence[Known], state: Tuned, now: float) -> FusionWeights:
    rankings = {heading: Ranking(FusionWeights(heading=heading), state.fit.adapter) for heading in HEADINGS}
    return fitted_weights(
        {heading: rehearse(stores, space, asked, ranking, now, "tune") for heading, ranking in rankings.items()}
    )


def _ndcg(questions: Sequence[Rehearsed]) -> float:
    return float(np.mean([ndcg(_ranked(each.candidates), {each.target: 1}, _DEPTH) for each in questions]))


def _outcomes(traffic: _Traffic, state: Tuned) -> Outcomes:
    """Questions, every second one once more with its document withheld, and off-topic lines, as they would be asked."""

    def sure(each: Rehearsed, candidates: Sequence[Candidate]) -> float:
        return confidence(traffic.space, state.fit.confidence, each.vector, candidates)

    questions = traffic.questions
    ranked = [each.is_right for each in questions]
    withheld = [sure(each, each.withheld) for each in questions[::2]]
    lines = [sure(each, each.candidates) for each in traffic.strange]
    return Outcomes.of(
        [
            ([sure(each, each.candidates) for each in questions], ranked, ANSWERABLE),
            (withheld, [False] * len(withheld), (1 - ANSWERABLE) / 2),
            (lines, [False] * len(lines), (1 - ANSWERABLE) / 2),
        ]
    )


def _off_topic_scores(traffic: _Traffic, state: Tuned) -> list[float]:
    """How far the questions are from the documents' topic; 0.0 where nothing is fitted."""
    boundary = state.fit.documents
    similar = [float(np.mean(each.nearest[:NEAREST])) if each.nearest else 0.0 for each in traffic.questions]
    return [boundary.off_topic_score(each) if boundary else 0.0 for each in similar]


def _measured(traffic: _Traffic, state: Tuned) -> Measured:
    outcomes, thresholds = _outcomes(traffic, state), state.thresholds
    questions = traffic.questions
    first = [each.is_right for each in questions]
    flags = [score >= thresholds.off_topic for score in _off_topic_scores(traffic, state)]
    return Measured(
        ndcg=_ndcg(questions),
        hit=float(np.mean(first)),
        wrong_asked=outcomes.wrong(thresholds.answer),
        wrong_unasked=outcomes.wrong(thresholds.unasked),
        silence_asked=outcomes.silence(thresholds.answer),
        silence_unasked=outcomes.silence(thresholds.unasked),
        false_flags=float(np.mean(flags)),
    )
