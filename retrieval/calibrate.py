"""From scores to a probability: how likely is it that the first passage answers the question?

A raw cosine is no confidence: 0.5 is a triumph in one corpus and noise in the next. Two logistic regressions (Platt
1999) put it on one scale. *Answerable*: do these scores look as they do where the documents hold the answer, or as they
do where they do not? *First*: if they hold it, is the first passage the one? The confidence is the product. Both are
fitted on the corpus's own pseudo-questions, the former against the same questions with their document withheld and
against off-topic lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.types import Candidate

FEWEST_TO_FIT = 40
"""Fewer examples, or fewer than ten of either outcome, and the prior stands."""

ANSWERABLE = 0.8
"""The share of questions whose answer the documents are taken to hold: members ask where they may be answered."""

_RIDGE = 1.0
_NEWTON_STEPS = 50
_FIELD = slice(5, 20)
"""The places, by document, that a first passage stands out from."""

Features = tuple[float, float, float]


@dataclass(frozen=True)
class Logistic:
    """probability = 1 / (1 + exp(-(intercept + weights . features))); ``examples`` says on how many it was fitted."""

    intercept: float
    weights: tuple[float, ...]
    examples: int = 0

    def probability(self, features: Sequence[float]) -> float:
        """The calibrated probability (0-1)."""
        return float(_sigmoid(np.array(self.intercept + np.dot(self.weights, features))))


CERTAIN = Logistic(intercept=35.0, weights=(0.0, 0.0, 0.0))
FIRST_PRIOR = Logistic(intercept=-5.0, weights=(7.0, 8.0, 0.0))
"""For a space with too little to fit on: even odds at a fused score of about 0.6 and a lead of 0.1."""


@dataclass(frozen=True)
class ConfidenceModel:
    """Both curves over ``confidence_features``."""

    answerable: Logistic
    first: Logistic

    def probability(self, features: Features) -> float:
        """The calibrated probability (0-1) that the first passage answers."""
        return self.answerable.probability(features) * self.first.probability(features)


PRIOR = ConfidenceModel(CERTAIN, FIRST_PRIOR)


def confidence_features(candidates: Sequence[Candidate]) -> Features:
    """The best fused score, its lead over the best passage of another document, and how it stands out from the field.

    The field are the documents of the sixth to the twentieth place, or all others where there are fewer. Without
    anybody to compare with, lead and prominence are 0.
    """
    best_of: dict[int, float] = {}
    for candidate in candidates:
        best_of.setdefault(candidate.chunk.document_id, candidate.fused)
    scores = list(best_of.values())
    if len(scores) < 2:
        return scores[0] if scores else 0.0, 0.0, 0.0
    field = scores[_FIELD] or scores[1:]
    return scores[0], scores[0] - scores[1], scores[0] - float(np.mean(field))


def fit_confidence(
    found: Sequence[Features], correct: Sequence[bool], withheld: Sequence[Features], strange: Sequence[Features]
) -> ConfidenceModel:
    """Fits both curves. ``found`` are features of questions with their document in place, ``correct`` says whether it
    came first; ``withheld`` are features with it taken away, ``strange`` those of off-topic lines."""
    first = fit_logistic(_only(found, 1), correct, FIRST_PRIOR)
    if first is FIRST_PRIOR:
        return PRIOR
    unlike = [each for each in (withheld, strange) if each]
    shares = [(len(found), ANSWERABLE), *((len(each), (1 - ANSWERABLE) / len(unlike)) for each in unlike)]
    weights = np.concatenate([np.full(count, share * len(found) / count) for count, share in shares])
    everything = _only([*found, *withheld, *strange], 0, 2)
    outcomes = [True] * len(found) + [False] * (len(withheld) + len(strange))
    return ConfidenceModel(fit_logistic(everything, outcomes, CERTAIN, weights), first)


def fit_logistic(
    features: Sequence[Sequence[float]],
    outcomes: Sequence[bool],
    prior: Logistic,
    weights: NDArray[np.float64] | None = None,
) -> Logistic:
    """Ridge-penalised logistic regression by Newton's method on standardised features; ``prior`` where there is little.

    ``weights`` says how much each example counts.
    """
    truth = np.asarray(outcomes, dtype=np.float64)
    if len(truth) < FEWEST_TO_FIT or min(truth.sum(), len(truth) - truth.sum()) < 10:
        return prior
    raw = np.asarray(features, dtype=np.float64)
    mean, scale = raw.mean(axis=0), np.maximum(raw.std(axis=0), 1e-6)
    design = np.column_stack([np.ones(len(raw)), (raw - mean) / scale])
    solution = _newton(design, truth, np.ones(len(raw)) if weights is None else weights)
    # A larger score or lead never makes an answer less likely; a negative weight is noise in a small corpus.
    slopes = np.maximum(solution[1:], 0.0) / scale
    return Logistic(float(solution[0] - slopes @ mean), tuple(map(float, slopes)), len(truth))


def _only(features: Sequence[Features], *kept: int) -> list[Features]:
    """The features with all but some set to 0, so that those have no say."""
    return [tuple(value if i in kept else 0.0 for i, value in enumerate(each)) for each in features]  # type: ignore[misc]


def _newton(
    design: NDArray[np.float64], outcomes: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    penalty = np.diag([0.0] + [_RIDGE] * (design.shape[1] - 1))
    solution = np.zeros(design.shape[1])
    for _ in range(_NEWTON_STEPS):
        fitted = _sigmoid(design @ solution)
        gradient = design.T @ (weights * (outcomes - fitted)) - penalty @ solution
        curvature = (design.T * (weights * fitted * (1 - fitted))) @ design + penalty + 1e-9 * np.eye(len(solution))
        step = np.linalg.solve(curvature, gradient)
        solution = solution + step
        if np.abs(step).max() < 1e-8:
            break
    return solution


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-np.clip(values, -35, 35)))
