"""Thresholds from rates: as low as the rate allows, and what silence they cost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.fitting.rates import Outcomes, RateOutOfRangeError, Rates, flag_threshold

shares = st.floats(0, 1)
messages = st.lists(st.tuples(shares, st.booleans()), min_size=1, max_size=40)


def outcomes(found: list[tuple[float, bool]]) -> Outcomes:
    return Outcomes.of([([share for share, _ in found], [right for _, right in found], 1.0)])


def test_the_threshold_lies_just_above_the_wrong_answer_that_is_one_too_many() -> None:
    found = outcomes([(0.9, True), (0.8, False), (0.7, True), (0.6, False)])
    assert found.threshold(0.3) == pytest.approx(0.601)
    assert found.threshold(0.2) == pytest.approx(0.801)
    assert found.threshold(0.5) == 0.0


def test_silence_is_the_share_of_right_answers_that_are_not_given() -> None:
    found = outcomes([(0.9, True), (0.8, False), (0.7, True), (0.6, True)])
    assert found.silence(0.65) == pytest.approx(1 / 3)
    assert found.silence(0.0) == 0.0


def test_a_group_weighs_its_share_however_many_it_has() -> None:
    found = Outcomes.of([([0.9], [True], 0.8), ([0.9] * 50, [False] * 50, 0.2), ([], [], 0.5)])
    assert found.wrong(0.5) == pytest.approx(0.2)


@settings(max_examples=60)
@given(messages, st.floats(0.01, 0.99))
def test_the_rate_is_kept_and_a_lower_threshold_would_break_it(found: list[tuple[float, bool]], rate: float) -> None:
    measured = outcomes(found)
    threshold = measured.threshold(rate)
    assert measured.wrong(threshold) <= rate or threshold == 1.0
    assert threshold == 0.0 or measured.wrong(threshold - 0.001) > rate


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1, 2.0])
def test_a_rate_is_a_share(rate: float) -> None:
    with pytest.raises(RateOutOfRangeError, match="unasked"):
        Rates(unasked=rate)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.floats(0.01, 0.5))
def test_no_more_than_the_share_that_was_allowed_reaches_the_threshold_of_flags(
    scores: list[float], rate: float
) -> None:
    threshold = flag_threshold([score * 0.99 for score in scores], rate)
    assert sum(score * 0.99 >= threshold for score in scores) <= rate * (len(scores) + 1)


def test_a_judge_that_scores_nothing_flags_nothing_whatever_the_rate() -> None:
    assert flag_threshold([0.0] * 40, 0.05) == pytest.approx(0.001)
