"""From scores to a probability: how likely is it that the first passage answers the question?

A raw cosine is no confidence: 0.5 is a triumph in one corpus and noise in the next. A logistic regression (Platt 1999)
on two features, fitted on the corpus's own pseudo-questions against off-topic lines, puts both on one scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.types import Candidate

FEWEST_TO_FIT = 40
"""Fewer examples, or fewer than ten of either outcome, and the prior stands."""

_RIDGE = 1.0
_NEWTON_STEPS = 50


@dataclass(frozen=True)
class ConfidenceModel:
    """probability = 1 / (1 + exp(-(intercept + weights . features))); ``examples`` says on how many it was fitted."""

    intercept: float
    weights: tuple[float, ...]
    examples: int = 0

    def probability(self, features: Sequence[float]) -> float:
        """The calibrated probability (0-1) for one question's ``confidence_features``."""
        return float(_sigmoid(np.array(self.intercept + np.dot(self.weights, features))))


PRIOR = ConfidenceModel(intercept=-5.0, weights=(7.0, 8.0))
"""For a space with too little to fit on: even odds at a fused score of about 0.6 and a gap of 0.1."""


def confidence_features(candidates: Sequence[Candidate]) -> tuple[float, float]:
    """The best fused score, and its lead over the best passage of another document (0 where there is none)."""
    if not candidates:
        return 0.0, 0.0
    best = candidates[0]
    rival = next((c for c in candidates if c.chunk.document_id != best.chunk.document_id), None)
    return best.fused, best.fused - rival.fused if rival else 0.0


def fit_confidence(features: Sequence[Sequence[float]], correct: Sequence[bool]) -> ConfidenceModel:
    """Ridge-penalised logistic regression by Newton's method on standardised features; PRIOR where there is little."""
    outcomes = np.asarray(correct, dtype=np.float64)
    if len(outcomes) < FEWEST_TO_FIT or min(outcomes.sum(), len(outcomes) - outcomes.sum()) < 10:
        return PRIOR
    raw = np.asarray(features, dtype=np.float64)
    mean, scale = raw.mean(axis=0), np.maximum(raw.std(axis=0), 1e-6)
    solution = _newton(np.column_stack([np.ones(len(raw)), (raw - mean) / scale]), outcomes)
    # A larger score or lead never makes an answer less likely; a negative weight is noise in a small corpus.
    weights = np.maximum(solution[1:], 0.0) / scale
    return ConfidenceModel(float(solution[0] - weights @ mean), tuple(map(float, weights)), len(outcomes))


def _newton(design: NDArray[np.float64], outcomes: NDArray[np.float64]) -> NDArray[np.float64]:
    penalty = np.diag([0.0] + [_RIDGE] * (design.shape[1] - 1))
    solution = np.zeros(design.shape[1])
    for _ in range(_NEWTON_STEPS):
        fitted = _sigmoid(design @ solution)
        gradient = design.T @ (outcomes - fitted) - penalty @ solution
        curvature = (design.T * (fitted * (1 - fitted))) @ design + penalty + 1e-9 * np.eye(len(solution))
        step = np.linalg.solve(curvature, gradient)
        solution = solution + step
        if np.abs(step).max() < 1e-8:
            break
    return solution


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-np.clip(values, -35, 35)))
