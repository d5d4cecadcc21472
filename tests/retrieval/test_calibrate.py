"""Calibration: the three features, the scale of a corpus, and what known questions make of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.calibrate import (
    FEWEST_TO_FIT,
    GENERAL,
    LOOKED_AT,
    PRIOR,
    Features,
    Logistic,
    confidence_features,
    found_by_meaning,
    refined,
    scaled,
)
from tests.fakes import a_candidate, a_chunk


def features_around(score: float, lead: float, count: int, seed: int = 2) -> list[Features]:
    draw = np.random.default_rng(seed)
    return [(score + a, lead + b, lead + c) for a, b, c in draw.normal(0, 0.05, (count, 3)).tolist()]


class TestFeatures:
    def test_nothing_found_is_no_score_and_no_lead(self) -> None:
        assert confidence_features([]) == (0.0, 0.0, 0.0)

    def test_without_a_rival_document_there_is_no_lead(self) -> None:
        found = [a_candidate(a_chunk("one", 7), 0.9), a_candidate(a_chunk("two", 7), 0.5)]
        assert confidence_features(found) == (0.9, 0.0, 0.0)

    def test_the_odds_are_those_of_the_first_document_by_the_best_passage_of_each(self) -> None:
        scored = [(7, 0.9), (7, 0.8), (3, 0.86), (4, 0.82), (3, 0.1)]
        found = [a_candidate(a_chunk("text", document), fused) for document, fused in scored]
        score, odds, _ = confidence_features(found)
        assert score == pytest.approx(0.9)
        assert odds == pytest.approx(-np.log(np.exp(-1) + np.exp(-2)))

    def test_a_large_document_leads_at_least_over_the_last_of_its_passages_that_is_looked_at(self) -> None:
        own = [a_candidate(a_chunk("text", document_id=1), 0.9 - 0.001 * place) for place in range(LOOKED_AT)]
        rival = a_candidate(a_chunk("text", document_id=2), 0.1)
        assert confidence_features([*own, rival])[1] == pytest.approx(0.001 * (LOOKED_AT - 1) / 0.04)

    @settings(max_examples=20)
    @given(rivals=st.lists(st.floats(0, 0.9), min_size=1, max_size=30), nearer=st.floats(0, 0.1))
    def test_a_crowd_behind_the_first_or_a_nearer_second_never_raises_the_odds(
        self, rivals: list[float], nearer: float
    ) -> None:
        def odds(scores: list[float]) -> float:
            found = [a_candidate(a_chunk("text", 1000 + place), score) for place, score in enumerate(scores)]
            return confidence_features([a_candidate(a_chunk("text", 7), 1.0), *found])[1]

        assert odds([*rivals, 0.8]) <= odds(rivals)
        assert odds([max(rivals) + nearer, *rivals]) <= odds(rivals)

    def test_words_are_those_beyond_the_mean_of_other_documents_whatever_their_order(self) -> None:
        scored = [(7, 0.9, 0.1), (7, 0.8, 0.5), (3, 0.6, 0.2), (4, 0.5, 0.3)]
        found = [
            replace(a_candidate(a_chunk("text", document), fused), lexical=words) for document, fused, words in scored
        ]
        assert confidence_features(found)[2] == pytest.approx(0.25)

    def test_what_meaning_finds_is_the_nearest_passage_whatever_words_say(self) -> None:
        first = replace(a_candidate(a_chunk("text", 7), 0.9), vector=0.4, lexical=1.0)
        second = replace(a_candidate(a_chunk("text", 3), 0.8), vector=0.7, lexical=0.0)
        assert found_by_meaning([first, second], 3)
        assert not found_by_meaning([first, second], 7)
        assert not found_by_meaning([], 7)


class TestScale:
    def test_what_scores_like_a_question_without_its_document_is_hardly_answered(self) -> None:
        found, withheld = features_around(0.8, 0.4, 100), features_around(0.4, 0.1, 100)
        model = scaled(found, withheld)
        assert model.examples == 100
        assert model.probability((0.4, 0.1, 0.1)) < 0.4 < 0.9 < model.probability((0.8, 0.4, 0.4))

    def test_the_mean_question_gets_what_the_general_curve_says_of_it(self) -> None:
        found, withheld = features_around(0.8, 0.4, 100), features_around(0.4, 0.1, 100)
        mean = np.mean([*found, *withheld], axis=0).tolist()
        assert scaled(found, withheld).probability(mean) == pytest.approx(
            GENERAL.probability((0.0, 0.0, 0.0)), abs=1e-3
        )

    def test_a_corpus_that_meaning_finds_its_way_in_promises_more(self) -> None:
        found, withheld = features_around(0.8, 0.4, 100), features_around(0.4, 0.1, 100)
        poor, usual, good = (scaled(found, withheld, share).probability((0.5, 0.2, 0.2)) for share in (0.2, 0.49, 1.0))
        assert poor < usual < good < 1.0
        assert usual == pytest.approx(scaled(found, withheld).probability((0.5, 0.2, 0.2)), abs=1e-3)

    @settings(max_examples=20)
    @given(factor=st.floats(0.01, 100), shift=st.floats(-10, 10))
    def test_another_unit_of_the_scores_changes_no_probability(self, factor: float, shift: float) -> None:
        def moved(features: list[Features]) -> list[Features]:
            return [(score * factor + shift, lead * factor, words * factor) for score, lead, words in features]

        found, withheld = features_around(0.8, 0.4, 60), features_around(0.4, 0.1, 60)
        here, there = scaled(found, withheld), scaled(moved(found), moved(withheld))
        asked = features_around(0.6, 0.2, 5, seed=3)
        expected = [here.probability(each) for each in asked]
        assert [there.probability(each) for each in moved(asked)] == pytest.approx(expected, abs=1e-6)

    def test_scores_that_never_vary_are_not_divided_by_zero(self) -> None:
        assert np.isfinite(scaled([(0.5, 0.0, 0.0)] * 50, [(0.5, 0.0, 0.0)] * 50).probability((0.5, 0.0, 0.0)))

    @pytest.mark.parametrize(("found", "withheld"), [(FEWEST_TO_FIT - 1, 50), (50, 0)], ids=["few", "none withheld"])
    def test_with_too_little_to_go_by_the_prior_stands(self, found: int, withheld: int) -> None:
        assert scaled(features_around(0.8, 0.4, found), features_around(0.4, 0.1, withheld)) is PRIOR


class TestRefined:
    model = scaled(features_around(0.8, 0.4, 100), features_around(0.4, 0.1, 100))

    def after(self, count: int, right: bool) -> Logistic:
        features = features_around(0.6, 0.2, count)
        return refined(self.model, features, [right] * count, np.ones(count))

    def test_questions_that_were_answered_raise_it_and_others_lower_it(self) -> None:
        before = self.model.probability((0.6, 0.2, 0.2))
        assert (
            self.after(40, right=False).probability((0.6, 0.2, 0.2))
            < before
            < self.after(40, right=True).probability((0.6, 0.2, 0.2))
        )

    def test_few_questions_move_it_less_than_many(self) -> None:
        few, many = (self.after(count, right=False).probability((0.6, 0.2, 0.2)) for count in (5, 200))
        assert many < few < self.model.probability((0.6, 0.2, 0.2))

    def test_questions_that_count_nothing_change_nothing(self) -> None:
        features = features_around(0.6, 0.2, 30)
        same = refined(self.model, features, [False] * 30, np.zeros(30))
        assert same.weights == pytest.approx(self.model.weights)
        assert same.intercept == pytest.approx(self.model.intercept)

    @settings(max_examples=20)
    @given(seed=st.integers(0, 2**32 - 1), better=st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)))
    def test_a_larger_score_or_lead_never_lowers_the_probability(
        self, seed: int, better: tuple[float, float, float]
    ) -> None:
        draw = np.random.default_rng(seed)
        features = features_around(0.6, 0.2, 60, seed)
        model = refined(self.model, features, (draw.uniform(size=60) < 0.5).tolist(), np.ones(60))
        assert model.probability((0.5, 0.2, 0.2)) <= model.probability(
            (0.5 + better[0], 0.2 + better[1], 0.2 + better[2])
        )


class TestProbability:
    def test_the_prior_gives_even_odds_where_it_says(self) -> None:
        assert PRIOR.probability((0.6, 2.0, 0.1)) == pytest.approx(0.5)
        assert PRIOR.probability((0.0, 0.0, 0.0)) < 0.01
        assert PRIOR.probability((1.0, 6.0, 0.3)) > 0.98

    def test_it_is_the_logistic_function_of_the_weighted_features(self) -> None:
        model = Logistic(intercept=-1.0, weights=(2.0, 3.0))
        assert model.probability((0.25, 0.5)) == pytest.approx(1 / (1 + np.exp(-1.0)))

    def test_no_score_is_too_large_for_it(self) -> None:
        assert Logistic(0.0, (1.0, 1.0)).probability((1e9, 0.0)) == pytest.approx(1.0)
        assert Logistic(0.0, (1.0, 1.0)).probability((-1e9, 0.0)) == pytest.approx(0.0)
