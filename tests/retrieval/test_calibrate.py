"""Calibration: the two features, the prior, and the logistic regression against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from retrieval.calibrate import (
    CERTAIN,
    FEWEST_TO_FIT,
    PRIOR,
    Logistic,
    confidence_features,
    fit_confidence,
    fit_logistic,
)
from tests.fakes import a_candidate, a_chunk

Table = NDArray[np.float64]
CERTAIN_OF_TWO = Logistic(35.0, (0.0, 0.0))


def simulated(seed: int, rows: int, slopes: tuple[float, float], intercept: float) -> tuple[Table, list[bool]]:
    """Scores and leads, and outcomes drawn from a logistic model of them."""
    draw = np.random.default_rng(seed)
    features = draw.uniform(0, 1, (rows, 2))
    odds = intercept + features @ np.array(slopes)
    return features, (draw.uniform(0, 1, rows) < 1 / (1 + np.exp(-odds))).tolist()


def by_sklearn(features: Table, correct: list[bool]) -> tuple[Table, Table]:
    """Weights in the features' own units, and the probabilities of the rows."""
    scale = features.std(axis=0)
    standardised = (features - features.mean(axis=0)) / scale
    model = LogisticRegression(C=1.0, tol=1e-10, max_iter=1000).fit(standardised, correct)
    return model.coef_[0] / scale, model.predict_proba(standardised)[:, 1]


class TestFeatures:
    def test_nothing_found_is_no_score_and_no_lead(self) -> None:
        assert confidence_features([]) == (0.0, 0.0, 0.0)

    def test_without_a_rival_document_there_is_no_lead(self) -> None:
        found = [a_candidate(a_chunk("one", 7), 0.9), a_candidate(a_chunk("two", 7), 0.5)]
        assert confidence_features(found) == (0.9, 0.0, 0.0)

    def test_the_lead_is_over_the_best_passage_of_another_document(self) -> None:
        scored = [(7, 0.9), (7, 0.8), (3, 0.6), (4, 0.5)]
        found = [a_candidate(a_chunk("text", document), fused) for document, fused in scored]
        assert confidence_features(found) == pytest.approx((0.9, 0.3, 0.35))

    def test_the_field_begins_behind_the_fifth_document(self) -> None:
        scored = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.2]
        found = [a_candidate(a_chunk("text", document), fused) for document, fused in enumerate(scored)]
        assert confidence_features(found) == pytest.approx((0.9, 0.1, 0.6))


class TestConfidence:
    def test_what_scores_like_a_question_without_its_document_is_hardly_answered(self) -> None:
        draw = np.random.default_rng(2)
        found = [(0.8 + noise, 0.2 + noise, 0.4) for noise in draw.normal(0, 0.05, 100)]
        withheld = [(0.4 + noise, 0.2 + noise, 0.1) for noise in draw.normal(0, 0.05, 50)]
        model = fit_confidence(found, [True] * 80 + [False] * 20, withheld, withheld[:20])
        assert model.first.examples == 100
        assert model.answerable.examples == 170
        assert model.probability(withheld[0]) < 0.2 < 0.6 < model.probability(found[0])

    def test_without_negatives_everything_counts_as_answerable(self) -> None:
        found = [(0.8, lead, 0.4) for lead in np.linspace(0, 1, 60).tolist()]
        model = fit_confidence(found, [False] * 30 + [True] * 30, [], [])
        assert model.answerable is CERTAIN
        assert model.probability((0.1, 1.0, 0.0)) > 0.9 > 0.1 > model.probability((0.9, 0.0, 0.0))

    def test_with_too_little_to_go_by_the_prior_stands(self) -> None:
        assert fit_confidence([(0.9, 0.1, 0.2)] * 100, [True] * 100, [], []) is PRIOR


class TestFit:
    @settings(max_examples=12, deadline=None)
    @given(
        seed=st.integers(0, 2**32 - 1),
        rows=st.integers(FEWEST_TO_FIT, 400),
        slopes=st.tuples(st.floats(2, 12), st.floats(2, 12)),
        intercept=st.floats(-10, -2),
    )
    def test_it_is_scikit_learns_regression_where_both_weights_are_positive(
        self, seed: int, rows: int, slopes: tuple[float, float], intercept: float
    ) -> None:
        features, correct = simulated(seed, rows, slopes, intercept)
        assume(10 <= sum(correct) <= rows - 10)
        expected, probabilities = by_sklearn(features, correct)
        assume(bool((expected > 0).all()))
        fitted = fit_logistic(features.tolist(), correct, CERTAIN)
        assert fitted.weights == pytest.approx(expected, rel=1e-4)
        assert [fitted.probability(row) for row in features] == pytest.approx(probabilities, abs=1e-4)
        assert fitted.examples == rows

    @settings(max_examples=20, deadline=None)
    @given(
        seed=st.integers(0, 2**32 - 1),
        rows=st.integers(FEWEST_TO_FIT, 120),
        slopes=st.tuples(st.floats(-30, 30), st.floats(-30, 30)),
        intercept=st.floats(-10, 10),
        better=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    )
    def test_a_larger_score_or_lead_never_lowers_the_probability(
        self, seed: int, rows: int, slopes: tuple[float, float], intercept: float, better: tuple[float, float]
    ) -> None:
        features, correct = simulated(seed, rows, slopes, intercept)
        model = fit_logistic(features.tolist(), correct, CERTAIN_OF_TWO)
        assert min(model.weights) >= 0
        assert 0 <= model.probability((0.5, 0.5)) <= model.probability((0.5 + better[0], 0.5 + better[1])) <= 1

    @settings(max_examples=12, deadline=None)
    @given(wrong=st.integers(10, 800), right=st.integers(10, 800), gap=st.floats(1e-4, 100))
    def test_perfectly_separated_outcomes_are_told_apart_by_finite_weights(
        self, wrong: int, right: int, gap: float
    ) -> None:
        assume(wrong + right >= FEWEST_TO_FIT)
        features = [[0.1, 0.0]] * wrong + [[0.1 + gap, 0.0]] * right
        model = fit_logistic(features, [False] * wrong + [True] * right, CERTAIN_OF_TWO)
        assert np.isfinite([model.intercept, *model.weights]).all()
        assert model.probability(features[0]) < 0.5 < model.probability(features[-1])

    def test_a_feature_that_never_varies_has_no_say(self) -> None:
        features, correct = simulated(1, 200, (6.0, 0.0), -3.0)
        features[:, 1] = 0.25
        assert fit_logistic(features.tolist(), correct, CERTAIN).weights[1] == 0.0

    @pytest.mark.parametrize(
        ("wrong", "right"),
        [(0, 0), (20, FEWEST_TO_FIT - 21), (9, 200), (200, 9), (100, 0)],
        ids=["none", "too few", "too few wrong", "too few right", "one outcome"],
    )
    def test_with_too_little_to_go_by_the_prior_stands(self, wrong: int, right: int) -> None:
        features = [[0.1, 0.0]] * wrong + [[0.9, 0.2]] * right
        assert fit_logistic(features, [False] * wrong + [True] * right, CERTAIN) is CERTAIN

    def test_the_fewest_examples_suffice(self) -> None:
        features = [[0.1, 0.0]] * 10 + [[0.9, 0.2]] * (FEWEST_TO_FIT - 10)
        assert fit_logistic(features, [False] * 10 + [True] * (FEWEST_TO_FIT - 10), CERTAIN).examples == FEWEST_TO_FIT


class TestProbability:
    def test_the_prior_gives_even_odds_where_it_says(self) -> None:
        assert PRIOR.probability((0.6, 0.1, 0.0)) == pytest.approx(0.5)
        assert PRIOR.probability((0.0, 0.0, 0.0)) < 0.01
        assert PRIOR.probability((1.0, 0.3, 0.0)) > 0.98

    def test_it_is_the_logistic_function_of_the_weighted_features(self) -> None:
        model = Logistic(intercept=-1.0, weights=(2.0, 3.0))
        assert model.probability((0.25, 0.5)) == pytest.approx(1 / (1 + np.exp(-1.0)))

    def test_no_score_is_too_large_for_it(self) -> None:
        assert Logistic(0.0, (1.0, 1.0)).probability((1e9, 0.0)) == pytest.approx(1.0)
        assert Logistic(0.0, (1.0, 1.0)).probability((-1e9, 0.0)) == pytest.approx(0.0)
