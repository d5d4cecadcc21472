from __future__ import annotations

from pathlib import Path

import numpy as np

from storage.index.graph import built, grown, keys, nearest, reach_of, turned
from storage.rows import Rows
from tests.storage.building import random_units

NOTHING = np.zeros(0, np.int64)


def some_rows(first: int, count: int, dimensions: int = 16) -> Rows:
    return Rows(np.arange(first, first + count), random_units(count, seed=first, dimensions=dimensions))


def test_a_graph_finds_its_own_vectors() -> None:
    rows = some_rows(1, 200)
    graph = built(16, "f16", [rows])
    assert sorted(keys(graph)) == rows.ids.tolist()
    assert [nearest(graph, vector, 3)[0] for vector in rows.matrix] == rows.ids.tolist()


def test_a_graph_grows_by_what_changed_and_twice_is_once(tmp_path: Path) -> None:
    built(16, "bf16", [some_rows(1, 100)]).save(tmp_path / "graph")
    for _ in range(2):
        graph = grown(tmp_path / "graph", np.array([1, 2, 777]), some_rows(101, 5))
        assert graph is not None
        assert sorted(keys(graph)) == list(range(3, 106))
        graph.save(tmp_path / "graph")


def test_a_graph_of_many_tombstones_is_not_grown_further(tmp_path: Path) -> None:
    built(16, "bf16", [some_rows(1, 100)]).save(tmp_path / "graph")
    graph = grown(tmp_path / "graph", np.arange(1, 16), Rows.empty(16))
    assert graph is not None
    graph.save(tmp_path / "graph")
    assert grown(tmp_path / "graph", np.arange(16, 19), Rows.empty(16)) is not None
    assert grown(tmp_path / "graph", np.arange(16, 30), Rows.empty(16)) is None


def test_a_swept_file_is_not_grown(tmp_path: Path) -> None:
    assert grown(tmp_path / "gone", NOTHING, Rows.empty(16)) is None


def test_the_width_grows_with_the_difficulty() -> None:
    easy, hard = some_rows(1, 300), some_rows(1, 3000, dimensions=96)
    assert reach_of(built(16, "bf16", [easy]), easy.matrix[:50]).width == 48
    assert reach_of(built(96, "bf16", [hard]), hard.matrix[:50]).width > 48


def test_an_empty_graph_needs_no_width() -> None:
    graph = built(16, "bf16", [])
    assert reach_of(graph, np.zeros((0, 16), np.float32)).width == 48
    assert nearest(graph, random_units(1, dimensions=16)[0], 5).tolist() == []


def test_a_vector_that_is_not_the_stored_one_is_found() -> None:
    rows = some_rows(1, 50)
    graph = built(16, "bf16", [rows])
    assert turned(graph, rows).tolist() == []
    assert turned(graph, Rows.empty(16)).tolist() == []
    other = rows.matrix.copy()
    other[7] = -other[7]
    assert turned(graph, Rows(rows.ids, other)).tolist() == [8]
