"""From scores to a probability: how likely is it that the first passage answers the question?

A raw cosine is no confidence: 0.5 is a triumph in one corpus and noise in the next. What is the same everywhere is how
a question that was answered stands among questions that were and were not, so that the scores are first put on the
scale of the corpus's own pseudo-questions, each asked with its document and without. On that scale one logistic curve
(Platt 1999) serves; where enough questions of people are known, it is fitted to them as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    """probability = 1 / (1 + exp(-(intercept + weights . features))); ``examples`` says on how many it was fitted."""

    intercept: float
    weights: tuple[float, ...]
    examples: int = 0

    def probability(self, features: Sequence[float]) -> float:
        """The calibrated probability (0-1)."""
        return float(_sigmoid(np.array(self.intercept + np.dot(self.weights, features))))


GENERAL = Logistic(intercept=0.3, weights=(0.7, 1.15, 0.3))
"""Over features in units of their spread over pseudo-questions, from their mean. See docs/decisions/011."""

PRIOR = Logistic(intercept=-5.0, weights=(7.0, 8.0, 0.0))
"""For a space with too little to take a scale from: even odds at a fused score of about 0.6 and a lead of 0.1."""


def confidence_features(candidates: Sequence[Candidate]) -> Features:
    """The best final score, its lead over the best passage of another document, and the same lead by words alone.

    Without a rival document there is no lead. Only so many candidates are looked at; where all are of one document,
    its lead is the one over the last of them at least.
    """
    if not candidates:
        return 0.0, 0.0, 0.0
    first, looked_at = candidates[0], candidates[:LOOKED_AT]
    own = [each.lexical for each in looked_at if each.chunk.document_id == first.chunk.document_id]
    rivals = [each for each in looked_at if each.chunk.document_id != first.chunk.document_id]
    rivals = rivals or list(looked_at[LOOKED_AT - 1 :])
    if not rivals:
        return first.final, 0.0, 0.0
    return first.final, first.final - rivals[0].final, max(own) - max(each.lexical for each in rivals)


def scaled(found: Sequence[Features], withheld: Sequence[Features]) -> Logistic:
    """The general curve on the scale of a corpus: ``found`` are features of its pseudo-questions, ``withheld`` those
    of the same without their document. The prior where there are too few."""
    if len(found) < FEWEST_TO_FIT or not withheld:
        return PRIOR
    seen = np.array([*found, *withheld], dtype=np.float64)
    mean, spread = seen.mean(axis=0), np.maximum(seen.std(axis=0), 1e-6)
    weights = np.array(GENERAL.weights) / spread
    return Logistic(float(GENERAL.intercept - weights @ mean), tuple(weights.tolist()), len(found))


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
    return Logistic(float(solution[0] - slopes @ mean), tuple(slopes.tolist()), model.examples + len(seen))


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
