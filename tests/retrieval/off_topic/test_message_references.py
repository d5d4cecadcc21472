"""Messages whose verdict is known: likeness to them, and where on topic ends by them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.anomaly import FEWEST_REFERENCES, NEAREST
from retrieval.off_topic.message_references import CROWDING_WEIGHT, FALSE_FLAGS, MessageReferences, neighbours
from retrieval.off_topic.neighbourhoods import MOST_NEIGHBOURS
from storage.records import Matrix

NOTHING: Matrix = np.zeros((0, 4), np.float32)
EAST, NORTH = np.eye(4, dtype=np.float32)[:1], np.eye(4, dtype=np.float32)[1:2]


def directions(seed: int, rows: int, dimensions: int = 4) -> Matrix:
    vectors = np.random.default_rng(seed).normal(size=(rows, dimensions))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


class TestSimilarity:
    def test_likeness_to_what_moderators_called_off_topic_is_taken_off(self) -> None:
        between = (EAST + NORTH) / np.float32(np.sqrt(2))
        assert MessageReferences.of(EAST, NOTHING).similarities(between)[0] == pytest.approx(0.7071, abs=1e-4)
        assert MessageReferences.of(EAST, NORTH).similarities(between)[0] == pytest.approx(0.3 * 0.7071, abs=1e-4)

    def test_a_reference_in_a_crowd_says_less_than_one_that_stands_alone(self) -> None:
        crowd = MessageReferences.of(EAST.repeat(9, axis=0), NOTHING)
        assert crowd.crowding == pytest.approx([1.0] * 9)
        assert crowd.similarities(EAST)[0] == pytest.approx(1 - CROWDING_WEIGHT)

    def test_nobody_is_like_nothing(self) -> None:
        assert MessageReferences.of(NOTHING, NOTHING).similarities(EAST).tolist() == [0.0]

    @pytest.mark.parametrize(("references", "nearest"), [(0, NEAREST), (500, 3), (6400, 10), (10**6, MOST_NEIGHBOURS)])
    def test_more_references_have_more_neighbours_count(self, references: int, nearest: int) -> None:
        assert neighbours(references) == nearest


class TestBoundary:
    def test_below_the_fewest_references_there_is_none(self) -> None:
        assert MessageReferences.of(directions(1, FEWEST_REFERENCES - 1), NOTHING).boundary() is None
        assert MessageReferences.of(directions(1, FEWEST_REFERENCES), NOTHING).boundary() is not None

    def test_each_message_is_judged_by_the_others_alone(self) -> None:
        """Were a message its own neighbour, the threshold would be a third instead of zero."""
        boundary = MessageReferences.of(np.eye(FEWEST_REFERENCES, dtype=np.float32), NOTHING).boundary()
        assert boundary is not None
        assert boundary.threshold == pytest.approx(0.0)
        assert boundary.references == FEWEST_REFERENCES

    @settings(max_examples=8)
    @given(seed=st.integers(0, 99), taught=st.integers(0, 5))
    def test_about_one_message_of_tomorrow_in_twenty_is_given_away(self, seed: int, taught: int) -> None:
        messages = directions(seed, 1200, 16)
        references = MessageReferences.of(messages[:600], directions(seed + 1, taught, 16))
        boundary = references.boundary()
        assert boundary is not None
        flagged = float((references.similarities(messages[600:]) < boundary.threshold).mean())
        assert 0.0 < flagged <= 2 * FALSE_FLAGS
