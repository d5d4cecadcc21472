"""USearch's HNSW graph: growing it, searching it, and how widely it has to be searched to miss next to nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from usearch.index import Index

from storage.records import Matrix
from storage.rows import Rows
from storage.vectors import Ids

TARGET_RECALL = 0.99
"""Share of the ten nearest neighbours that the graph has to find, on average over the sample."""

SAMPLE = 100
"""Stored vectors that recall is measured with."""

MOST_TOMBSTONES = 0.2
"""Share of removed vectors in a graph past which it is built anew."""

_CARE = 128
"""The expansion while growing. Half of it grows in a third of the time, but has to be searched twice as widely."""

_WIDTHS = (48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
_NEAREST = 10
_NOISE = 0.75
_TOWARDS = 0.7
_ROUNDING = 0.001


def built(dimensions: int, dtype: str, parts: Iterable[Rows]) -> Index:
    """A new graph of all parts, whose vectors it keeps as ``dtype`` ("bf16" or "f16")."""
    graph = Index(ndim=dimensions, metric="ip", dtype=dtype, multi=False, expansion_add=_CARE)
    for part in parts:
        # One thread: several at once race for links, and now and then leave a vector that its own query does not find.
        graph.add(part.ids.astype(np.uint64), part.matrix, threads=1)
    return graph


def grown(path: Path, dead: Ids, recent: Rows) -> Index | None:
    """The graph of a sound file with changes applied; None where it is better to build another.

    USearch frees nothing when it removes: tombstones cost memory and recall.
    """
    graph, before = Index.restore(path, view=False, expansion_add=_CARE), Index.metadata(path)
    if graph is None or before is None:  # swept away by another process that saves
        return None
    graph.remove(_known(graph, dead))
    nodes = before["count_present"] + before["count_deleted"]
    if nodes - len(graph) > MOST_TOMBSTONES * nodes:
        return None
    new = np.isin(recent.ids, _known(graph, recent.ids), invert=True)
    graph.add(recent.ids[new].astype(np.uint64), recent.matrix[new])
    return graph


def turned(graph: Index, rows: Rows) -> Ids:
    """The ids whose vector in the graph is another one than in ``rows``; all of them have to be in the graph."""
    kept = np.array(graph.get(rows.ids.astype(np.uint64), dtype="f32")).reshape(rows.matrix.shape)
    cosines = np.einsum("ij,ij->i", kept, rows.matrix) / np.linalg.norm(kept, axis=1)
    return np.asarray(rows.ids[~(cosines > 1 - _ROUNDING)])


def keys(graph: Index) -> Ids:
    """The ids in the graph."""
    return np.asarray(graph.keys).astype(np.int64)


def nearest(graph: Index, query: Matrix, count: int) -> Ids:
    """The ids of about the ``count`` nearest vectors to one query of shape (dimensions,), best first."""
    found: Ids = graph.search(query, count, threads=1).keys.astype(np.int64)
    return found


def set_width(graph: Index, width: int) -> None:
    """Sets the expansion of later searches; USearch's stubs call it read-only, but it is not."""
    graph.expansion_search = width  # type: ignore[misc]


class Reach(NamedTuple):
    """How widely a graph is to be searched, and the share (0-1) of the nearest that it finds then."""

    width: int
    recall: float


def reach_of(graph: Index, sample: Matrix) -> Reach:
    """The least expansion that reaches TARGET_RECALL against exact search; a width of 0 where none does.

    Nobody's questions are known yet. Stored vectors, moved from where they were, stand for them: a question lies near
    its passage, but not on it.
    """
    questions = beside(sample)
    exact = _nearest_sets(graph, questions, exact=True)
    wanted, recall = sum(map(len, exact)), 1.0
    for width in _WIDTHS:
        set_width(graph, width)
        reached = _nearest_sets(graph, questions, exact=False)
        recall = sum(map(len, map(set.intersection, exact, reached))) / wanted if wanted else 1.0
        if recall >= TARGET_RECALL:
            return Reach(width, recall)
    return Reach(0, recall)


def beside(sample: Matrix) -> Matrix:
    """Vectors moved to a cosine of about 0.65 from where they were, the same way every time.

    Partly towards another stored vector: noise alone leads out of where vectors lie, which moves a question away from
    all of them alike, so that its neighbours stay the same ones and are all too easily found.
    """
    noise = np.random.default_rng(0).normal(size=sample.shape) * _NOISE / np.sqrt(sample.shape[1])
    mixed = sample + _TOWARDS * np.roll(sample, 1, axis=0)
    return np.asarray(mixed / np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-9) + noise, dtype=np.float32)


def _known(graph: Index, ids: Ids) -> NDArray[np.uint64]:
    wanted = ids.astype(np.uint64)
    return np.asarray(wanted[np.asarray(graph.contains(wanted), dtype=bool)])


def _nearest_sets(graph: Index, questions: Matrix, exact: bool) -> list[set[int]]:
    return [set(graph.search(question, _NEAREST, exact=exact).keys.tolist()) for question in questions]
