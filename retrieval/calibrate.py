"""From scores to a probability: how likely is it that the first passage answers the question?

A raw cosine is no confidence: 0.5 is a triumph in one corpus and noise in the next. What is the same everywhere is how
a question that was answered stands among questions that were and were not, so that the scores are first put on the
scale of the corpus's own pseudo-questions, each asked with its document and without. On that scale one logistic curve
(Platt 1999) serves; where enough questions of people are known, it is fitted to them as well.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retrieval.fuse import nearness
from retrieval.search import best_of_documents
from retrieval.types import Candidate

FEWEST_TO_FIT = 40
"""On fewer questions no scale is taken, and the prior stands."""

ANSWERABLE = 0.8
"""The share of questions whose answer the documents are taken to hold: members ask where they may be answered."""

_EVIDENCE = 20.0
"""How many questions the curve is worth that is there before any is known."""

_NEWTON_STEPS = 50

LOOKED_AT = 40
"""Candidates that confidence goes by, however many there are."""

Features = tuple[float, float, float]


@dataclass(frozen=True)
class Logistic:
    """probability = 1 / (1 + exp(-(intercept + weights . features))); ``examples`` says on how many it was fitted.

    ``spread`` is the standard deviation of best scores over the questions that gave the scale, 0.0 without one.
    """

    intercept: float
    weights: tuple[float, ...]
    examples: int = 0
    spread: float = 0.0

    def probability(self, features: Sequence[float], lead: float | None = None) -> float:
        """The calibrated probability (0-1).

        ``lead`` is that by sentences, a difference of cosines, where sentences were read and there is a scale.
        """
        log_odds = self.intercept + np.dot(self.weights, features)
        if lead is not None and self.spread:
            log_odds += LEAD_WEIGHT * (lead / self.spread - USUAL_LEAD)
        return float(_sigmoid(np.array(log_odds)))


LEAD_WEIGHT, USUAL_LEAD = 0.6, 0.5
"""What a lead by sentences counts, in spreads of best scores, and the lead that changes nothing.
See docs/decisions/011."""

GENERAL = Logistic(intercept=0.5, weights=(0.55, 1.05, 0.5))
"""Over features in units of their spread over pseudo-questions, from their mean. See docs/decisions/011."""

USUAL_SHARE, LEVEL_WEIGHT = 0.49, 0.5
"""Of a usual corpus's pseudo-questions the passage nearest by meaning alone is right for this share. People use other
words than the documents, so that what meaning alone finds tells how well a corpus can be asked at all; a log-odds more
of it is half a log-odds more of confidence. See docs/decisions/011."""

PRIOR = Logistic(intercept=-5.0, weights=(7.0, 0.4, 0.0))
"""For a space with too little to take a scale from: even odds at a fused score of about 0.6 and log-odds of 2."""

RIVALS = 10
"""Documents that the first one is compared with: all that are near enough to matter."""

_TEMPERATURE = 0.04
"""What a lead must come to for the odds to grow e-fold."""

_LEAST_DOUBT = 1e-6


def confidence_features(candidates: Sequence[Candidate]) -> Features:
    """The best final score, the log-odds of its document among all, and its prominence by words.

    The second goes by the best score of each document (softmax), so that it says not only how far the next one is but
    also how many crowd behind it. The third is by how much the first document's words exceed those of others in the
    mean. Both are 0 where no other document was found. Only so many candidates are looked at; where all are of one
    document, the last of them stands for another that may follow.
    """
    if not candidates:
        return 0.0, 0.0, 0.0
    first, looked_at = candidates[0], candidates[:LOOKED_AT]
    others = [each for each in looked_at if each.chunk.document_id != first.chunk.document_id]
    others = others or list(looked_at[LOOKED_AT - 1 :])
    if not others:
        return first.final, 0.0, 0.0
    said = max(each.lexical for each in looked_at if each.chunk.document_id == first.chunk.document_id)
    rivals = heapq.nlargest(RIVALS, best_of_documents(others, lambda each: each.final).values())
    behind = sum(math.exp((each - first.final) / _TEMPERATURE) for each in rivals)
    beside = heapq.nlargest(RIVALS, best_of_documents(others, lambda each: each.lexical).values())
    return first.final, -math.log(max(behind, _LEAST_DOUBT)), said - sum(beside) / len(beside)


def found_by_meaning(candidates: Sequence[Candidate], document_id: int) -> bool:
    """True where the passage that is nearest without a look at words is of that document."""
    if not candidates:
        return False
    vectors, titles = (np.array([getattr(each, leg) for each in candidates]) for leg in ("vector", "title"))
    return candidates[int(np.argmax(nearness(vectors, titles)))].chunk.document_id == document_id


def scaled(found: Sequence[Features], withheld: Sequence[Features], share_by_meaning: float = USUAL_SHARE) -> Logistic:
    """The general curve on the scale of a corpus. The prior where there are too few questions.

    ``found`` are features of its pseudo-questions, ``withheld`` those of the same without their document, and
    ``share_by_meaning`` (0-1) is that of those that were ``found_by_meaning``.
    """
    if len(found) < FEWEST_TO_FIT or not withheld:
        return PRIOR
    seen = np.array([*found, *withheld], dtype=np.float64)
    mean, spread = seen.mean(axis=0), np.maximum(seen.std(axis=0), 1e-6)
    weights = np.array(GENERAL.weights) / spread
    # As if one more question had been found and one not: all or none of a few would be no odds.
    smoothed = (share_by_meaning * len(found) + 1) / (len(found) + 2)
    level = LEVEL_WEIGHT * (_log_odds(smoothed) - _log_odds(USUAL_SHARE))
    return Logistic(
        float(GENERAL.intercept + level - weights @ mean), tuple(weights.tolist()), len(found), float(spread[0])
    )


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share))


def refined(
    model: Logistic, features: Sequence[Features], outcomes: Sequence[bool], weights: NDArray[np.float64]
) -> Logistic:
    """``model`` after questions whose outcome is known: the most probable curve given both (MAP, by Newton's method).

    ``weights`` says how much each question counts.
    """
    seen, truth = np.array(features, dtype=np.float64), np.array(outcomes, dtype=np.float64)
    mean, spread = seen.mean(axis=0), np.maximum(seen.std(axis=0), 1e-6)
    design = np.column_stack([np.ones(len(seen)), (seen - mean) / spread])
    former = np.array(model.weights)
    start = np.concatenate([[model.intercept + former @ mean], former * spread])
    solution = _newton(design, truth, weights, start)
    # A larger score or lead never makes an answer less likely; a negative weight is noise.
    slopes = np.maximum(solution[1:], 0.0) / spread
    intercept = float(solution[0] - slopes @ mean)
    return replace(model, intercept=intercept, weights=tuple(slopes.tolist()), examples=model.examples + len(seen))


def _newton(
    design: NDArray[np.float64], outcomes: NDArray[np.float64], weights: NDArray[np.float64], start: NDArray[np.float64]
) -> NDArray[np.float64]:
    # A question says at most a quarter of a unit of information about each parameter.
    penalty = _EVIDENCE / 4
    solution = start
    for _ in range(_NEWTON_STEPS):
        fitted = _sigmoid(design @ solution)
        gradient = design.T @ (weights * (outcomes - fitted)) - penalty * (solution - start)
        curvature = (design.T * (weights * fitted * (1 - fitted))) @ design + penalty * np.eye(len(solution))
        step = np.linalg.solve(curvature, gradient)
        solution = solution + step
        if np.abs(step).max() < 1e-8:
            break
    return solution


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-np.clip(values, -35, 35)))
