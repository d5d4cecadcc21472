"""Fusion: the lexical leg on an absolute scale, and what a candidate comes to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.fuse import BM25_K1, HEADING_SOFTNESS, FusionWeights, fuse, lexical_scale, nearness

rarities_of_queries = st.lists(st.floats(1e-6, 15), min_size=1, max_size=12)


def test_the_scale_is_the_geometric_mean_of_what_was_reached_and_what_could_be() -> None:
    assert lexical_scale(2.2, [3.0, 1.0]) == pytest.approx((2.2 * 4.0 * 2.2) ** 0.5)


def test_a_passage_that_reaches_everything_counts_in_full() -> None:
    reachable = (3.0 + 1.0) * (BM25_K1 + 1)
    assert reachable / lexical_scale(reachable, [3.0, 1.0]) == pytest.approx(1.0)


def test_a_query_whose_only_match_is_a_stop_word_counts_next_to_nothing() -> None:
    only_match = 1e-6
    assert only_match / lexical_scale(only_match, [1e-6, 5.0, 6.0]) < 0.001


def test_without_a_lexical_hit_nothing_is_divided_by_zero() -> None:
    assert lexical_scale(0.0, []) == 1.0
    assert lexical_scale(0.0, [5.0]) == 1.0


@settings(max_examples=40)
@given(best=st.floats(1e-9, 500), share=st.floats(0, 1), rarities=rarities_of_queries)
def test_lexical_scores_lie_between_0_and_1(best: float, share: float, rarities: list[float]) -> None:
    """Also where a heading's weight lifts bm25 over what the body alone could reach."""
    assert 0.0 <= best * share / lexical_scale(best, rarities) <= 1.0 + 1e-12


@settings(max_examples=40)
@given(best=st.floats(1e-3, 100), rarities=rarities_of_queries, more=st.floats(0, 15))
def test_a_term_that_was_not_found_never_helps(best: float, rarities: list[float], more: float) -> None:
    assert lexical_scale(best, [*rarities, more]) >= lexical_scale(best, rarities)


def test_a_passage_without_a_question_in_its_heading_is_as_near_as_its_text() -> None:
    assert nearness(0.6, 0.0) == 0.6


def test_text_and_heading_change_places_without_changing_anything() -> None:
    assert nearness(0.6, 0.2) == nearness(0.2, 0.6)


def test_where_only_one_of_both_is_near_it_counts_for_nearly_all() -> None:
    assert nearness(0.9, -0.9) == pytest.approx(0.9, abs=HEADING_SOFTNESS * 0.4)


@settings(max_examples=40)
@given(near=st.floats(0.01, 1), less=st.floats(0.01, 1))
def test_a_heading_that_is_near_as_well_never_hurts(near: float, less: float) -> None:
    far, nearer = sorted((near, less))
    assert nearness(0.5, far) <= nearness(0.5, nearer)
    assert nearness(near, near) > near


def test_words_count_as_much_as_the_weight_says() -> None:
    assert fuse(0.5, 0.0, 1.0, FusionWeights(lexical=0.0)) == 0.5
    assert fuse(0.5, 0.0, 1.0, FusionWeights(lexical=0.3)) == pytest.approx(0.8)
