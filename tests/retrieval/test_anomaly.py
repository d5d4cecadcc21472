"""The off-topic judge's arithmetic: similarities, boundaries, and whose opinion counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.anomaly import (
    ABSTAINED,
    FEWEST_REFERENCES,
    Boundary,
    fit_documents,
    judge,
    nearest_mean,
)
from storage.records import Matrix

LINES = np.linspace(0, 1, 101, dtype=np.float32)
"""Similarities whose quantiles can be read off: 95% of them end at 0.95, 99% at 0.99."""

cosines = st.floats(-1, 1)
boundaries = st.builds(Boundary, threshold=cosines, spread=st.floats(0.02, 1), references=st.just(30))


def directions(seed: int, rows: int, dimensions: int = 4) -> Matrix:
    vectors = np.random.default_rng(seed).normal(size=(rows, dimensions))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


class TestBoundary:
    @settings(max_examples=50)
    @given(boundaries, cosines, cosines)
    def test_the_score_lies_in_0_to_1_and_falls_with_similarity(
        self, boundary: Boundary, one: float, other: float
    ) -> None:
        far, near = sorted((one, other))
        assert 0.0 <= boundary.off_topic_score(near) <= boundary.off_topic_score(far) <= 1.0

    @settings(max_examples=20)
    @given(boundaries)
    def test_it_is_a_half_at_the_threshold(self, boundary: Boundary) -> None:
        assert boundary.off_topic_score(boundary.threshold) == 0.5

    def test_the_wider_on_topic_messages_scatter_the_milder_it_is(self) -> None:
        narrow, wide = Boundary(0.5, 0.05, 30), Boundary(0.5, 0.2, 30)
        assert 0.5 < wide.off_topic_score(0.4) < narrow.off_topic_score(0.4)


class TestJudge:
    def test_without_a_boundary_it_abstains_and_flags_nothing(self) -> None:
        verdict = judge({"documents": 0.1}, {})
        assert verdict is ABSTAINED
        assert verdict.abstained
        assert verdict.score == 0.0

    def test_near_anything_on_topic_is_on_topic(self) -> None:
        boundary = Boundary(0.5, 0.1, 30)
        verdict = judge({"documents": 0.1, "messages": 0.8}, {"documents": boundary, "messages": boundary})
        assert (verdict.signal, verdict.similarity) == ("messages", 0.8)
        assert verdict.score < 0.01

    def test_a_signal_without_a_boundary_has_no_say(self) -> None:
        verdict = judge({"documents": 0.1, "messages": 0.9}, {"documents": Boundary(0.5, 0.1, 30)})
        assert verdict.signal == "documents"
        assert verdict.score > 0.99


class TestNearestMean:
    @settings(max_examples=30)
    @given(
        seed=st.integers(0, 99),
        messages=st.integers(0, 12),
        references=st.integers(0, 12),
        nearest=st.integers(1, 5),
    )
    def test_it_is_what_sorting_gives(self, seed: int, messages: int, references: int, nearest: int) -> None:
        asked, known = directions(seed, messages), directions(seed + 1, references)
        means = nearest_mean(asked, known, nearest)
        for message, mean in zip(asked, means, strict=True):
            best = sorted((float(message @ reference) for reference in known), reverse=True)[:nearest]
            assert mean == pytest.approx(np.mean(best) if best else 0.0, abs=1e-6)

    def test_left_out_nobody_is_its_own_neighbour(self) -> None:
        """Also beyond the first block, where the row of a message and its place among the references differ."""
        rows = directions(3, 1500)
        everything = rows @ rows.T
        np.fill_diagonal(everything, -2)
        assert nearest_mean(rows, rows, 1, skip_self=True) == pytest.approx(everything.max(axis=1), abs=1e-6)

    def test_what_is_taken_off_a_reference_may_make_another_one_the_nearest(self) -> None:
        asked, known = directions(1, 1), directions(1, 1).repeat(2, axis=0)
        assert nearest_mean(asked, known, 1, less=np.array([0.5, 0.2], np.float32)) == pytest.approx([0.8])

    def test_the_only_message_has_no_neighbours(self) -> None:
        assert nearest_mean(directions(1, 1), directions(1, 1), skip_self=True).tolist() == [0.0]

    def test_the_references_are_left_as_they_were(self) -> None:
        rows = directions(5, 10)
        nearest_mean(rows, rows, skip_self=True)
        assert (rows == directions(5, 10)).all()


class TestDocuments:
    @pytest.mark.parametrize(
        ("weakest", "threshold"), [(0.5, 0.95), (0.97, 0.97), (0.999, 0.99)], ids=["lower", "between", "higher"]
    )
    def test_the_boundary_lies_where_off_topic_lines_end_and_pseudo_questions_begin(
        self, weakest: float, threshold: float
    ) -> None:
        questions = np.full(40, weakest, dtype=np.float32)
        boundary = fit_documents(LINES, questions, FEWEST_REFERENCES)
        assert boundary is not None
        assert boundary.threshold == pytest.approx(threshold)
        assert (boundary.spread, boundary.references) == (0.02, FEWEST_REFERENCES)

    def test_without_pseudo_questions_the_lines_alone_decide(self) -> None:
        boundary = fit_documents(LINES, np.zeros(0, np.float32), 99)
        assert boundary is not None
        assert (boundary.threshold, boundary.spread) == pytest.approx((0.95, LINES.std()))

    def test_below_the_fewest_references_there_is_no_boundary(self) -> None:
        assert fit_documents(LINES, LINES, FEWEST_REFERENCES - 1) is None

    def test_most_built_in_lines_are_off_topic_by_it(self) -> None:
        lines = np.random.default_rng(4).normal(0.2, 0.05, 300).astype(np.float32)
        boundary = fit_documents(lines, lines + np.float32(0.3), 50)
        assert boundary is not None
        assert np.mean([boundary.off_topic_score(float(line)) > 0.5 for line in lines]) >= 0.95
