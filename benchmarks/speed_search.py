"""Search over 10,000 and 100,000 vectors, with recall, against NumPy, FAISS and hnswlib over the same ones."""

from __future__ import annotations

import importlib.util
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench_search import DIMENSIONS, filled
from benchmarks.harness import Row, compared, in_turns, scaled, seconds
from benchmarks.workload import like_passages, textbook_search
from storage.index.graph import TARGET_RECALL, nearest, set_width
from storage.index.index_files import IndexFiles
from storage.records import Matrix
from storage.stores import open_stores
from storage.vector_index import VectorIndex

SIZES = (10_000, 100_000)
_QUERIES, _NEAREST = 200, 10
_CARE = 128  # ours is built with the same
_WIDTHS = (2, 4, 8, 16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 256, 384, 512)

_FAISS, _CELLS = "FAISS HNSW", "FAISS IVFFlat"

Search = Callable[[Matrix], Sequence[int]]
Built = tuple[Search, Callable[[int], None], int]
"""How it searches, what has it search more widely, and the bytes that it takes."""


@dataclass(frozen=True)
class Rival:
    """Another index over the same vectors, what it reached how widely searched, the bytes that it takes, and the
    seconds in which one core built it."""

    name: str
    search: Search
    reached: str
    bytes: int
    built: float


def rows() -> tuple[list[Row], list[str]]:
    """The rows, and what could not be measured."""
    found: list[Row] = []
    for size in SIZES:
        found += rows_over(like_passages(size, 1), like_passages(_QUERIES, 2))
    missing = [f"{name} is not installed" for name in ("faiss", "hnswlib") if not importlib.util.find_spec(name)]
    return found, missing


def rows_over(matrix: Matrix, queries: Matrix) -> list[Row]:
    """The rows of these unit vectors, asked with those."""
    size = len(matrix)
    exact = [set(textbook_search(matrix, query)) for query in queries]
    with tempfile.TemporaryDirectory() as folder, open_stores(Path(folder)) as stores:
        generation = filled(stores, matrix)
        index = VectorIndex(stores, generation, exact_up_to=20_000)
        built = seconds(index.save)
        files = IndexFiles(stores, generation, "bf16")
        base = files.open()
        assert base is not None
        width = base.manifest.width

        def ours(query: Matrix) -> list[int]:
            return [hit.vector_id - 1 for hit in index.search(query[None, :], _NEAREST)[0]]

        def graph(query: Matrix) -> list[int]:
            return [int(found) - 1 for found in nearest(base.graph, query, _NEAREST)]

        recall = _recall(ours, queries, exact)
        alone = _narrowed(graph, lambda wide: set_width(base.graph, wide), queries, exact)
        made = [_against_numpy(ours, matrix, queries, f"recall@10 {recall:.3f}, expansion {width}")]
        made += [_opening(files, size)] if size == max(SIZES) else []
        for name, rival in _rivals(matrix, queries, exact).items():
            target = 0.9 if rival.name == _FAISS and size == max(SIZES) else None
            note = f"recall@10 {alone} to {rival.reached}; built in {built:.1f} s and {rival.built:.1f} s"
            made += [
                _against(
                    f"search over {size:,} vectors, the graph alone", name, (graph, rival.search), queries, note, target
                ),
                Row.of_sizes(
                    f"the index of {size:,} vectors", name, (base.manifest.size, rival.bytes), 2.0 if target else None
                ),
            ]
        return made


def _opening(files: IndexFiles, size: int) -> Row:
    """Its checksum and a map, for each million of its vectors."""
    taken = [scaled(each, 1e6 / size) for each in in_turns(files.open)]
    what = f"opening an index, by the million vectors, measured at {size:,}"
    return compared(what, "0.4 seconds", (taken[0], [0.4] * len(taken[0])), "s", 1.0)


def _against_numpy(ours: Search, matrix: Matrix, queries: Matrix, note: str) -> Row:
    def textbook(query: Matrix) -> Sequence[int]:
        return textbook_search(matrix, query)

    target = 15.0 if len(matrix) == max(SIZES) else None
    return _against(f"search over {len(matrix):,} vectors", "NumPy", (ours, textbook), queries, note, target)


def _against(
    what: str, name: str, sides: tuple[Search, Search], queries: Matrix, note: str, target: float | None
) -> Row:
    ours, other = sides
    taken = in_turns(lambda: [ours(query) for query in queries], lambda: [other(query) for query in queries])
    mine, theirs = (scaled(each, 1000 / len(queries)) for each in taken)
    return compared(what, name, (mine, theirs), "ms", target, note)


def _recall(search: Search, queries: Matrix, exact: Sequence[set[int]]) -> float:
    found = [len(set(search(query)) & wanted) for query, wanted in zip(queries, exact, strict=True)]
    return sum(found) / sum(map(len, exact))


def _rivals(matrix: Matrix, queries: Matrix, exact: Sequence[set[int]]) -> dict[str, Rival]:
    """Those that are installed, by name."""
    made: dict[str, Rival] = {}
    for name, build in ((_FAISS, _graph), (_CELLS, _cells), ("hnswlib", _hnswlib)):
        if importlib.util.find_spec(name.split()[0].lower()):
            started = time.perf_counter()
            search, widen, size = build(matrix)
            built = time.perf_counter() - started
            made[name] = Rival(name, search, _narrowed(search, widen, queries, exact), size, built)
    return made


def _narrowed(search: Search, widen: Callable[[int], None], queries: Matrix, exact: Sequence[set[int]]) -> str:
    """Has a graph searched as narrowly as finds 99%; what it finds then, and how widely that is."""
    for width in _WIDTHS:
        widen(width)
        if (reached := _recall(search, queries, exact)) >= TARGET_RECALL:
            break
    return f"{reached:.3f} at {width}"


def _graph(matrix: Matrix) -> Built:
    import faiss  # noqa: PLC0415 - an extra

    faiss.omp_set_num_threads(1)
    index = faiss.IndexHNSWFlat(DIMENSIONS, 16, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = _CARE
    index.add(matrix)

    def widen(width: int) -> None:
        index.hnsw.efSearch = width

    return lambda query: index.search(query[None, :], _NEAREST)[1][0].tolist(), widen, len(faiss.serialize_index(index))


def _cells(matrix: Matrix) -> Built:
    """Cells around as many centres as FAISS's guide wants, four times the root of the vectors; ``nprobe`` are read.

    What is like passages here lies around a thousand sentences, which cells fit as they do not fit what people write:
    see ``real_lines.py``.
    """
    import faiss  # noqa: PLC0415 - an extra

    faiss.omp_set_num_threads(1)
    centres = faiss.IndexFlatIP(DIMENSIONS)
    index = faiss.IndexIVFFlat(centres, DIMENSIONS, round(4 * len(matrix) ** 0.5), faiss.METRIC_INNER_PRODUCT)
    index.train(matrix)
    index.add(matrix)

    def widen(width: int) -> None:
        index.nprobe = width

    return lambda query: index.search(query[None, :], _NEAREST)[1][0].tolist(), widen, len(faiss.serialize_index(index))


def _hnswlib(matrix: Matrix) -> Built:
    import hnswlib  # noqa: PLC0415 - an extra

    index = hnswlib.Index(space="ip", dim=DIMENSIONS)
    index.init_index(max_elements=len(matrix), ef_construction=_CARE, M=16)
    index.add_items(matrix, num_threads=1)
    index.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        index.save_index(str(path))
        size = path.stat().st_size
    return lambda query: index.knn_query(query, _NEAREST)[0][0].tolist(), index.set_ef, size
