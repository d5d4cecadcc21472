"""Exact search against the graph, in one run over the same vectors: where is the break-even?

Vectors that lie as those of real sentences do. Prints milliseconds a query and their ratio; above 1 the graph wins.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.workload import like_passages
from storage.records import ChunkDraft, DocumentDraft, Generation, Matrix
from storage.stores import Stores, open_stores
from storage.vector_index import VectorIndex

DIMENSIONS, QUERIES, NEIGHBOURS = 384, 100, 10
SIZES = (2_000, 10_000, 20_000)


def filled(stores: Stores, matrix: Matrix) -> Generation:
    """A generation of as many passages as ``matrix`` has rows, which are their vectors."""
    count = len(matrix)
    chunking = stores.generations.chunking("bench", {})
    generation = stores.generations.create("default", chunking, "bench", {}, DIMENSIONS, 0.0)
    drafts = [ChunkDraft(i, "", f"passage {i}", "", f"bench.md#{i}", i, i + 1, 3) for i in range(count)]
    document = stores.documents.put("default", DocumentDraft("bench.md", "bench", "", "markdown", "0"), 0.0)
    ids = stores.chunks.put(document, chunking, drafts)
    vectors = zip(ids, matrix, strict=True)
    stores.vectors.put(generation.id, [(chunk, "passage", str(chunk), vector) for chunk, vector in vectors])
    return generation


def milliseconds(index: VectorIndex, queries: Matrix) -> float:
    """A query's mean time, after one that warms up."""
    index.search(queries[:1], NEIGHBOURS)
    started = time.perf_counter()
    for query in queries:
        index.search(query[None, :], NEIGHBOURS)
    return (time.perf_counter() - started) / len(queries) * 1000


def main() -> None:
    """Prints a line a size."""
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder, open_stores(Path(folder)) as stores:
            generation = filled(stores, like_passages(size, 1))
            exact = VectorIndex(stores, generation, exact_up_to=10**9)
            exact.save()
            graph = VectorIndex(stores, generation, exact_up_to=0)
            queries = like_passages(QUERIES, 2)
            slow, fast = milliseconds(exact, queries), milliseconds(graph, queries)
            print(f"{size:>7} vectors: exact {slow:.2f} ms, graph {fast:.2f} ms, ratio {slow / fast:.2f}")


if __name__ == "__main__":
    main()
