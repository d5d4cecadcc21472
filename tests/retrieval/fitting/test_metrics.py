"""Figures of merit, against scikit-learn where it has them and against slow plain words where it has not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import (  # type: ignore[import-untyped]
    average_precision_score,
    brier_score_loss,
    ndcg_score,
    roc_auc_score,
)

from retrieval.fitting.metrics import (
    auroc,
    average_precision,
    brier,
    expected_calibration_error,
    hit,
    missed_at,
    ndcg,
    recall,
    recall_at_precision,
    reciprocal_rank,
    token_f1,
)

RANKED = ["a", "b", "c", "d"]
LEVELS = st.integers(0, 8).map(lambda level: level / 8)
"""So few different scores that most examples have ties."""

labelled = st.lists(st.tuples(LEVELS | st.floats(-1, 1), st.booleans()), min_size=1, max_size=30)
judged = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30)
Labelled = list[tuple[float, bool]]


def columns(rows: Labelled) -> tuple[list[float], list[bool]]:
    return [score for score, _ in rows], [positive for _, positive in rows]


class TestRankings:
    def test_ndcg_by_hand(self) -> None:
        gained = (2**2 - 1) / np.log2(3) + (2**1 - 1) / np.log2(5)
        ideal = (2**2 - 1) / np.log2(2) + (2**1 - 1) / np.log2(3)
        assert ndcg(RANKED, {"b": 2, "d": 1}) == pytest.approx(gained / ideal)

    @settings(max_examples=40)
    @given(grades=st.lists(st.integers(0, 3), min_size=2, max_size=20), depth=st.integers(1, 12))
    def test_ndcg_is_scikit_learns_of_the_same_gains(self, grades: list[int], depth: int) -> None:
        assume(any(grades))
        ranked = [f"d{place}" for place in range(len(grades))]
        expected = ndcg_score([[2**grade - 1 for grade in grades]], [list(range(len(grades), 0, -1))], k=depth)
        assert ndcg(ranked, dict(zip(ranked, grades, strict=True)), depth) == pytest.approx(expected)

    def test_a_perfect_ranking_scores_1_whatever_lies_beyond_the_depth(self) -> None:
        assert ndcg(RANKED, {"a": 3, "b": 2, "c": 1}, depth=2) == 1.0

    def test_a_relevant_document_that_was_not_found_costs(self) -> None:
        assert ndcg(["a"], {"a": 1, "elsewhere": 1}) == pytest.approx(1 / (1 + 1 / np.log2(3)))

    def test_hit_asks_for_anything_relevant_within_the_depth(self) -> None:
        assert hit(RANKED, {"b": 1}, depth=1) == 0.0
        assert hit(RANKED, {"b": 1}, depth=2) == 1.0
        assert hit(RANKED, {"a": 0}, depth=2) == 0.0

    def test_recall_is_the_share_found_within_the_depth(self) -> None:
        grades = {"a": 1, "d": 2, "elsewhere": 1, "b": 0}
        assert recall(RANKED, grades, depth=4) == pytest.approx(2 / 3)
        assert recall(RANKED, grades, depth=3) == pytest.approx(1 / 3)

    def test_reciprocal_rank_is_one_over_the_first_relevant_place(self) -> None:
        assert reciprocal_rank(RANKED, {"c": 1, "d": 3}) == pytest.approx(1 / 3)
        assert reciprocal_rank(RANKED, {"a": 0, "c": 1}, depth=2) == 0.0

    @pytest.mark.parametrize("figure", [ndcg, recall, reciprocal_rank])
    @pytest.mark.parametrize("grades", [{}, {"a": 0}], ids=["unjudged", "judged irrelevant"])
    def test_a_query_with_nothing_to_find_scores_0(
        self, figure: Callable[[list[str], dict[str, int]], float], grades: dict[str, int]
    ) -> None:
        assert figure(RANKED, grades) == 0.0


class TestScores:
    @settings(max_examples=40)
    @given(labelled)
    def test_auroc_is_scikit_learns_with_ties(self, rows: Labelled) -> None:
        scores, positive = columns(rows)
        assume(len(set(positive)) == 2)
        assert auroc(scores, positive) == pytest.approx(roc_auc_score(positive, scores), abs=1e-12)

    @settings(max_examples=40)
    @given(labelled)
    def test_average_precision_is_scikit_learns_with_ties(self, rows: Labelled) -> None:
        scores, positive = columns(rows)
        assume(any(positive))
        assert average_precision(scores, positive) == pytest.approx(average_precision_score(positive, scores))

    def test_scores_that_are_all_equal_are_worth_a_coin(self) -> None:
        assert auroc([0.3] * 4, [True, False, False, False]) == 0.5
        assert average_precision([0.3] * 4, [True, False, False, False]) == 0.25

    def test_where_a_class_is_missing_there_is_no_figure(self) -> None:
        assert auroc([0.1, 0.9], [True, True]) is None
        assert auroc([0.1, 0.9], [False, False]) is None
        assert average_precision([0.1, 0.9], [False, False]) is None
        assert missed_at([0.1, 0.9], [True, True]) is None
        assert missed_at([0.1, 0.9], [False, False]) is None

    def test_missed_at_by_hand(self) -> None:
        """Of 20 negatives one may be flagged: the threshold is the second highest, and 2 of 4 positives miss it."""
        negatives = [place / 100 for place in range(20)]
        positives = [0.05, 0.18, 0.185, 0.5]
        scores, truth = negatives + positives, [False] * 20 + [True] * 4
        assert missed_at(scores, truth, 0.05) == 0.5

    @settings(max_examples=40)
    @given(labelled, st.floats(0, 0.99))
    def test_no_other_threshold_would_miss_fewer_at_so_few_false_flags(
        self, rows: Labelled, false_flags: float
    ) -> None:
        scores, positive = (np.array(column) for column in columns(rows))
        assume(positive.any() and not positive.all())
        allowed = [
            (scores[positive] <= threshold).mean()
            for threshold in [-2.0, *scores]
            if (scores[~positive] > threshold).mean() <= false_flags
        ]
        assert missed_at(scores, positive, false_flags) == pytest.approx(min(allowed))


class TestProbabilities:
    @settings(max_examples=40)
    @given(judged)
    def test_brier_is_scikit_learns(self, rows: Labelled) -> None:
        promised, kept = columns(rows)
        expected = brier_score_loss(np.array(kept, dtype=int), promised, pos_label=1)
        assert brier(promised, kept) == pytest.approx(expected, abs=1e-12)

    def test_calibration_error_by_hand(self) -> None:
        """Three promises of 0.9 kept once, one of 0.2 not kept: (3 * |0.9 - 1/3| + 1 * 0.2) / 4."""
        error = expected_calibration_error([0.9, 0.9, 0.9, 0.2], [True, False, False, False])
        assert error == pytest.approx((3 * (0.9 - 1 / 3) + 0.2) / 4)

    def test_a_promise_of_certainty_falls_into_the_last_bin(self) -> None:
        assert expected_calibration_error([1.0, 0.95], [True, True]) == pytest.approx(0.025)

    @settings(max_examples=30)
    @given(judged, st.integers(1, 20))
    def test_the_error_lies_between_the_overall_gap_and_the_mean_gap(self, rows: Labelled, bins: int) -> None:
        promised, kept = (np.array(column, dtype=float) for column in columns(rows))
        error = expected_calibration_error(promised, kept, bins)
        assert abs(promised.mean() - kept.mean()) - 1e-9 <= error <= np.abs(promised - kept).mean() + 1e-9


class TestRecallAtPrecision:
    def test_it_is_what_the_widest_threshold_of_that_precision_finds(self) -> None:
        scores, positive = [0.9, 0.8, 0.7, 0.6, 0.5], [True, True, False, True, True]
        assert recall_at_precision(scores, positive, 0.8) == 1.0
        assert recall_at_precision(scores, positive, 0.9) == 0.5

    def test_tied_scores_are_found_together(self) -> None:
        assert recall_at_precision([1.0, 1.0, 1.0], [True, False, False], 0.8) == 0.0

    def test_some_of_the_positives_may_be_sought(self) -> None:
        scores, positive, sought = [0.9, 0.8, 0.7, 0.6], [True, True, False, True], [False, True, False, True]
        assert recall_at_precision(scores, positive, 0.8, sought) == 0.5

    def test_without_a_positive_there_is_none(self) -> None:
        assert recall_at_precision([0.3], [False]) is None


@pytest.mark.parametrize(
    ("answer", "expected", "f1"),
    [
        ("The cat sat.", "a cat, sat", 1.0),
        ("cat", "dog", 0.0),
        ("cat cat", "cat", 2 / 3),
        ("one two three four", "three four five six", 0.5),
        ("", "cat", 0.0),
        ("", "the", 1.0),
    ],
)
def test_token_f1_compares_words_as_squad_does(answer: str, expected: str, f1: float) -> None:
    assert token_f1(answer, expected) == pytest.approx(f1)
