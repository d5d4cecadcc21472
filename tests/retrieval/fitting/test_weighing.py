"""What words and headings count: moved by many golden questions, and only where held-out ones gain."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.fitting.rehearsal import Rehearsed
from retrieval.fitting.weighing import HEADINGS, chosen, fitted_weights
from retrieval.fuse import FusionWeights
from tests.fakes import a_candidate, a_chunk

PRIOR = FusionWeights()
GRID = [FusionWeights(lexical, heading) for lexical, heading in product((0.1, 0.2, 0.3, 0.4, 0.5, 0.7), HEADINGS)]


def quality(
    count: int, best: FusionWeights, gain: float, noise: float = 0.0
) -> dict[FusionWeights, NDArray[np.float64]]:
    """Every question does worse by ``gain`` the farther weights are from the best, but for noise of their own."""
    draw = np.random.default_rng(5)

    def loss(each: FusionWeights) -> float:
        return gain * (abs(each.lexical - best.lexical) + abs(each.heading - best.heading) / 10)

    return {each: 0.5 - loss(each) + noise * draw.normal(size=count) for each in GRID}


def test_few_questions_move_the_weights_less_than_many() -> None:
    best = FusionWeights(0.7, 6.0)
    few, many = (chosen(quality(count, best, 0.1)) for count in (50, 2000))
    assert PRIOR.lexical < few.lexical < many.lexical == 0.7
    assert few.heading < many.heading == 6.0


@pytest.mark.parametrize("count", [20, 100, 400])
def test_noise_hardly_ever_moves_them(count: int) -> None:
    assert chosen(quality(count, PRIOR, 0.1, noise=0.01)) == PRIOR


def test_where_held_out_questions_lose_the_priors_stay() -> None:
    """One question alone speaks for other weights, by much; without it, all others speak against them."""
    best = FusionWeights(0.7, 3.0)
    found = {each: np.full(100, 0.5) for each in GRID}
    others = [each for each in GRID if each.lexical > PRIOR.lexical]
    for each in others:
        found[each] = np.concatenate([[50.0], np.full(99, 0.4)]) if each.lexical < best.lexical else found[each] - 0.1
    found[PRIOR] = found[PRIOR] + 0.05
    assert chosen(found) == PRIOR


def test_words_count_more_where_words_find_the_document() -> None:
    """By meaning another document is nearer; from a weight of 0.4 on words outweigh it."""
    right = replace(a_candidate(a_chunk("right", 1), 0.0), vector=0.4, lexical=1.0)
    wrong = replace(a_candidate(a_chunk("wrong", 2), 0.0), vector=0.78, lexical=0.0)
    asked = [Rehearsed(right.chunk.document_location, np.zeros(1, np.float32), (wrong, right), ())] * 900
    assert fitted_weights(dict.fromkeys(HEADINGS, asked)) == FusionWeights(0.4)
