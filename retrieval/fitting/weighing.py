"""How much words count beside meaning, and a heading's words beside the body's: fitted on golden questions.

From the priors towards what finds their documents best, by how many questions there are, and only where questions that
had no say in it gain as well. The corpus's own questions have none: see docs/decisions/010.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from retrieval.fitting.rehearsal import Rehearsed
from retrieval.fuse import FusionWeights, fuse

HEADINGS = (1.0, 3.0, 6.0)
"""What a heading's word may count; the middle one is the prior."""

_LEXICAL = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7)
_PRIOR = FusionWeights()
_PRIOR_QUESTIONS = 100
"""How many golden questions the priors are worth: so many, and the fitted weights go half the way."""

_FOLDS = 5
_DEPTH = 10

Quality = Mapping[FusionWeights, NDArray[np.float64]]
"""By weights, the nDCG of each question."""


def fitted_weights(by_heading: Mapping[float, Sequence[Rehearsed]]) -> FusionWeights:
    """The weights for the questions, which were asked once with each of HEADINGS, in the same order."""
    return chosen(
        {
            FusionWeights(lexical, heading): np.array([_ndcg(each, lexical) for each in by_heading[heading]])
            for lexical, heading in product(_LEXICAL, HEADINGS)
        }
    )


def chosen(quality: Quality) -> FusionWeights:
    """The weights that go so far towards the best as there are questions; the priors where held-out ones lose."""
    count = len(quality[_PRIOR])
    folds = np.arange(count) % _FOLDS
    gains = np.zeros(count)
    for fold in range(_FOLDS):
        weights = _shrunk({each: found[folds != fold] for each, found in quality.items()})
        gains[folds == fold] = (quality[weights] - quality[_PRIOR])[folds == fold]
    return _shrunk(quality) if gains.mean() > 0 else _PRIOR


def _shrunk(quality: Quality) -> FusionWeights:
    best = max(quality, key=lambda each: (round(float(quality[each].mean()), 9), -_distance(each, _PRIOR)))
    count = len(quality[best])
    share = count / (count + _PRIOR_QUESTIONS)
    wanted = FusionWeights(
        lexical=_PRIOR.lexical + share * (best.lexical - _PRIOR.lexical),
        heading=_PRIOR.heading * (best.heading / _PRIOR.heading) ** share,
    )
    return min(quality, key=lambda each: _distance(each, wanted))


def _distance(one: FusionWeights, other: FusionWeights) -> float:
    return abs(one.lexical - other.lexical) + abs(math.log(one.heading / other.heading)) / 10


def _ndcg(question: Rehearsed, lexical: float) -> float:
    """With one document that answers, nDCG goes by its place alone."""
    candidates = question.candidates
    vectors, titles, words = np.array([(each.vector, each.title, each.lexical) for each in candidates]).reshape(-1, 3).T
    best: dict[str, float] = {}
    for each, score in zip(candidates, fuse(vectors, titles, words, FusionWeights(lexical)).tolist(), strict=True):
        location = each.chunk.document_location
        best[location] = max(best.get(location, score), score)
    own = best.get(question.target)
    if own is None:
        return 0.0
    place = 1 + sum(score > own for score in best.values())
    return 1 / math.log2(1 + place) if place <= _DEPTH else 0.0
