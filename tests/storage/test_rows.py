from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rows import Hit, Rows, ranked
from storage.vectors import Ids
from tests.storage.building import random_units, units


def ids(*numbers: int) -> Ids:
    return np.array(numbers, dtype=np.int64)


COMPASS = Rows(ids(1, 2, 3, 4), units([[1, 0], [0, 1], [-1, 0], [0, -1]]))


def test_the_nearest_come_first_with_their_cosines() -> None:
    (found,) = COMPASS.search(units([[3, 1]]), 3)
    assert [hit.vector_id for hit in found] == [1, 2, 4]
    assert [hit.similarity for hit in found] == pytest.approx([3 / 10**0.5, 1 / 10**0.5, -1 / 10**0.5])


def test_only_what_is_allowed_is_ranked() -> None:
    query = units([[3, 1]])
    assert [hit.vector_id for hit in COMPASS.search(query, 2, ids(3, 4, 99))[0]] == [4, 3]
    assert COMPASS.search(query, 2, ids()) == [[]]


def test_there_may_be_fewer_than_wanted() -> None:
    query = units([[3, 1]])
    assert len(COMPASS.search(query, 10)[0]) == 4
    assert COMPASS.search(query, 0) == [[]]
    assert Rows.empty(2).search(query, 3) == [[]]
    assert COMPASS.search(query[:0], 3) == []


def test_equal_vectors_are_in_order_of_id_wherever_the_cut_falls() -> None:
    same = np.repeat(random_units(1, dimensions=384), 500, axis=0)
    rows = Rows(np.arange(500), same)
    query = random_units(1, seed=1, dimensions=384)
    for k in (1, 7, 499):
        assert [hit.vector_id for hit in rows.search(query, k)[0]] == list(range(k))


@given(seed=st.integers(0, 2**16), count=st.integers(1, 300), k=st.integers(1, 40), queries=st.integers(1, 70))
def test_search_is_brute_force(seed: int, count: int, k: int, queries: int) -> None:
    rows, asked = Rows(np.arange(count) * 3, random_units(count, seed)), random_units(queries, seed + 1)
    cosines = asked.astype(np.float64) @ rows.matrix.T.astype(np.float64)
    for found, expected in zip(rows.search(asked, k), cosines, strict=True):
        best = np.argsort(-expected, kind="stable")[:k]
        assert [hit.vector_id for hit in found] == (best * 3).tolist()
        assert [hit.similarity for hit in found] == pytest.approx(expected[best].tolist(), abs=1e-6)


def test_a_cosine_is_never_more_than_one() -> None:
    vector = np.full((1, 3), 0.5774, dtype=np.float32)
    assert ranked(vector[0], ids(1), vector, 1) == [Hit(1, 1.0)]


def test_a_change_made_twice_is_made_once() -> None:
    added = Rows(ids(3, 5), units([[1, 1], [2, 1]]))
    once = COMPASS.changed(ids(1, 77), added)
    assert once.ids.tolist() == [2, 3, 4, 5]
    assert np.array_equal(once.matrix[[1, 3]], added.matrix)
    twice = once.changed(ids(1, 77), added)
    assert np.array_equal(twice.ids, once.ids)
    assert np.array_equal(twice.matrix, once.matrix)
