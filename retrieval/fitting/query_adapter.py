"""A linear map that turns question vectors towards the passages that answer them. Passages keep their vectors.

An encoder was not trained on this corpus: its words for a thing lie beside the corpus's own. The map begins as the
identity and is fitted to questions whose passage is known, contrastively (InfoNCE: van den Oord, Li and Vinyals 2018,
"Representation Learning with Contrastive Predictive Coding"), with AdamW (Loshchilov and Hutter 2019) decaying to the
identity instead of to zero, so that little evidence moves it little.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from storage.records import Matrix

FEWEST_QUESTIONS = 200
"""Fewer questions, a fifth of which is held out, do not say whether a map helps."""

MOST_PASSAGES = 4096
"""A question is told apart from so many passages at most, which bounds the time of a fit."""

MOST_DIMENSIONS = 1024
"""The time of a fit grows with the square of the dimensions."""

_HELD_OUT = 5
_PASSES = 6
_BATCH = 64
_RATE = 3e-4
_PULL = 10.0
_TEMPERATURE = 0.03
_MOMENTUM, _SCALING = 0.9, 0.999

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class QueryAdapter:
    """``matrix``, of shape (dimensions, dimensions), is applied from the right; ``digest`` tells maps apart."""

    digest: str
    matrix: Matrix = field(repr=False, compare=False)

    @staticmethod
    def of(matrix: Matrix) -> QueryAdapter:
        """The adapter with this map."""
        return QueryAdapter(hashlib.sha256(matrix.tobytes()).hexdigest()[:16], matrix)

    def by(self, share: float) -> QueryAdapter:
        """Only that share (0-1) of its turn, the rest of the way left as it is."""
        identity = np.eye(len(self.matrix), dtype=np.float32)
        return self if share == 1 else QueryAdapter.of(identity + np.float32(share) * (self.matrix - identity))

    def adapted(self, vectors: Matrix) -> Matrix:
        """Unit vectors of questions, of shape (..., dimensions), as passages are to be compared with them."""
        return _unit(vectors @ self.matrix)


@dataclass(frozen=True)
class Examples:
    """Question vectors of shape (n, d), unit vectors of passages of shape (m, d), and what belongs to what.

    ``own`` holds the row of each question's passage, ``documents`` the document of each passage.
    """

    questions: Matrix
    own: Rows
    passages: Matrix
    documents: Rows

    def part(self, kept: NDArray[np.bool_]) -> Examples:
        """With some of the questions, and every passage."""
        return Examples(self.questions[kept], self.own[kept], self.passages, self.documents)


def fit_adapter(examples: Examples) -> QueryAdapter | None:
    """The map for a corpus, or None where there is too little to fit it on or held-out questions gain nothing by it.

    The same examples in the same order give the same map.
    """
    count, dimensions = examples.questions.shape
    if count < FEWEST_QUESTIONS or dimensions > MOST_DIMENSIONS:
        return None
    held_out = np.arange(count) % _HELD_OUT == 0
    unseen = examples.part(held_out)
    trained = _trained(examples.part(~held_out))
    if _reciprocal_rank(unseen, _unit(unseen.questions @ trained)) <= _reciprocal_rank(unseen, unseen.questions):
        return None
    return QueryAdapter.of(_trained(examples))


def _trained(examples: Examples) -> Matrix:
    dimensions = examples.questions.shape[1]
    draw = np.random.default_rng(0)
    identity = np.eye(dimensions, dtype=np.float32)
    matrix, mean, square = identity.copy(), np.zeros_like(identity), np.zeros_like(identity)
    step = 0
    for _ in range(_PASSES):
        order = draw.permutation(len(examples.own))
        for first in range(0, len(order), _BATCH):
            step += 1
            slope = _slope(examples, order[first : first + _BATCH], matrix)
            mean = _MOMENTUM * mean + (1 - _MOMENTUM) * slope
            square = _SCALING * square + (1 - _SCALING) * slope * slope
            unbiased = mean / (1 - _MOMENTUM**step), square / (1 - _SCALING**step)
            matrix = matrix - _RATE * (unbiased[0] / (np.sqrt(unbiased[1]) + 1e-8) + _PULL * (matrix - identity))
    return np.asarray(matrix, dtype=np.float32)


def _slope(examples: Examples, batch: Rows, matrix: Matrix) -> Matrix:
    """The gradient of the mean cross entropy of a batch with respect to ``matrix``."""
    questions, own = examples.questions[batch], examples.own[batch]
    turned = questions @ matrix
    lengths = np.linalg.norm(turned, axis=1, keepdims=True)
    unit = turned / lengths
    logits = unit @ examples.passages.T / _TEMPERATURE
    # Another passage of the same document may answer as well: it is neither right nor wrong.
    neither = examples.documents[None, :] == examples.documents[own][:, None]
    places = np.arange(len(batch))
    neither[places, own] = False
    logits[neither] = -np.inf
    share = np.exp(logits - logits.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    share[places, own] -= 1
    pull = share @ examples.passages / _TEMPERATURE
    inner = (pull - (pull * unit).sum(axis=1, keepdims=True) * unit) / lengths
    return np.asarray(questions.T @ inner / len(batch), dtype=np.float32)


def _reciprocal_rank(examples: Examples, questions: Matrix) -> float:
    """The mean over questions of 1 / place of the own passage, other passages of its document aside."""
    cosines = questions @ examples.passages.T
    own = cosines[np.arange(len(questions)), examples.own]
    others = examples.documents[None, :] != examples.documents[examples.own][:, None]
    places = 1 + ((cosines > own[:, None]) & others).sum(axis=1)
    return float(np.mean(1.0 / places))


def _unit(vectors: Matrix) -> Matrix:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), dtype=np.float32)
