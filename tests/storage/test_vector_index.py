from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.records import Matrix
from storage.rows import Hit, Rows
from storage.stores import open_stores
from storage.vector_index import VectorIndex
from tests.storage.building import Corpus, new_corpus, random_units, units

QUERIES = random_units(4, seed=99)


def brute_force(
    corpus: Corpus, k: int, allowed: Sequence[int] | None = None, queries: Matrix = QUERIES
) -> list[list[Hit]]:
    """By numpy alone, from what is stored."""
    ids, matrix = corpus.stores.vectors.of(corpus.stores.vectors.ids(corpus.generation.id).tolist())
    if allowed is not None:
        ids, matrix = ids[np.isin(ids, allowed)], matrix[np.isin(ids, allowed)]
    found = []
    for query in queries:
        cosines = (matrix.astype(np.float64) @ query.astype(np.float64)).astype(np.float32) if len(ids) else []
        best = sorted(zip(ids.tolist(), np.asarray(cosines).tolist(), strict=True), key=lambda hit: (-hit[1], hit[0]))
        found.append([Hit(*hit) for hit in best[:k]])
    return found


def assert_same(found: list[list[Hit]], expected: list[list[Hit]]) -> None:
    assert [[hit.vector_id for hit in hits] for hits in found] == [[hit.vector_id for hit in hits] for hits in expected]
    similarities = [hit.similarity for hits in found for hit in hits]
    assert similarities == pytest.approx([hit.similarity for hits in expected for hit in hits], abs=1e-6)


@pytest.mark.parametrize("exact_up_to", [0, 1000])
def test_changes_are_found_at_once_before_and_after_a_save(corpus: Corpus, exact_up_to: int) -> None:
    index = VectorIndex(corpus.stores, corpus.generation, exact_up_to=exact_up_to)
    assert index.search(QUERIES, 5) == [[]] * 4
    corpus.add("a.md", random_units(40))
    assert_same(index.search(QUERIES, 5), brute_force(corpus, 5))
    index.save()
    corpus.add("b.md", random_units(10, seed=1))
    assert_same(index.search(QUERIES, 5), brute_force(corpus, 5))
    corpus.stores.documents.delete("default", "a.md")
    assert_same(index.search(QUERIES, 50), brute_force(corpus, 50))
    index.save()
    assert_same(index.search(QUERIES, 50), brute_force(corpus, 50))
    assert index.verify() == []


@pytest.mark.parametrize("exact_up_to", [0, 1000])
def test_what_is_not_allowed_is_masked_before_ranking(corpus: Corpus, exact_up_to: int) -> None:
    index = VectorIndex(corpus.stores, corpus.generation, exact_up_to=exact_up_to)
    corpus.add("a.md", random_units(60))
    index.save()
    for allowed in ([1, 2, 3], [*range(1, 61, 2)], [999], []):
        assert_same(index.search(QUERIES, 5, np.array(allowed, np.int64)), brute_force(corpus, 5, allowed))


@pytest.mark.parametrize("exact_up_to", [0, 1000])
def test_equal_passages_are_in_order_of_id(corpus: Corpus, exact_up_to: int) -> None:
    index = VectorIndex(corpus.stores, corpus.generation, exact_up_to=exact_up_to)
    corpus.add("a.md", units([[1] * 8] * 6 + [[-1] * 8] * 30))
    index.save()
    corpus.add("b.md", units([[1] * 8] * 3))
    (found,) = index.search(units([[1] * 8]), 8)
    assert [hit.vector_id for hit in found] == [1, 2, 3, 4, 5, 6, 37, 38]
    assert len({hit.similarity for hit in found}) == 1


def test_a_search_sees_what_another_process_committed_and_saved(corpus: Corpus) -> None:
    index = VectorIndex(corpus.stores, corpus.generation, exact_up_to=0)
    with open_stores(corpus.stores.data_dir) as others:
        elsewhere = Corpus(others, corpus.generation)
        worker = VectorIndex(others, corpus.generation, exact_up_to=0)
        for name in "abc":
            elsewhere.add(f"{name}.md", random_units(20, seed=ord(name)))
            assert_same(index.search(QUERIES, 5), brute_force(corpus, 5))
            worker.save()
            assert_same(index.search(QUERIES, 5), brute_force(corpus, 5))
            assert not index.needs_saving()
            others.documents.delete("default", f"{name}.md")
            assert_same(index.search(QUERIES, 5), brute_force(corpus, 5))
            elsewhere.add(f"{name}{name}.md", random_units(25, seed=ord(name) + 50))


def test_the_graph_finds_what_exact_search_finds_in_a_larger_generation(corpus: Corpus) -> None:
    centres = np.random.default_rng(0).normal(size=(40, 8))
    noise = np.random.default_rng(1).normal(size=(3000, 8)) * 0.4
    corpus.add("a.md", units(np.repeat(centres, 75, axis=0) + noise))
    graph = VectorIndex(corpus.stores, corpus.generation, exact_up_to=0)
    graph.save()
    queries = random_units(50, seed=5)
    expected = brute_force(corpus, 10, queries=queries)
    shared = [len({*found} & {*best}) for found, best in zip(graph.search(queries, 10), expected, strict=True)]
    assert sum(shared) >= 0.98 * 500
    corpus.stores.documents.delete("default", "a.md")
    assert graph.search(queries, 10) == [[]] * 50


def test_the_neighbourhood_of_a_query_may_be_all_dead(corpus: Corpus) -> None:
    near, far = units([[1, 0.01 * i] + [0] * 6 for i in range(200)]), random_units(100)
    corpus.add("near.md", near)
    corpus.add("far.md", far)
    index = VectorIndex(corpus.stores, corpus.generation, exact_up_to=0)
    index.save()
    corpus.stores.documents.delete("default", "near.md")
    assert_same(index.search(near[:1], 10), brute_force(corpus, 10, queries=near[:1]))


def test_many_removals_make_the_next_save_start_anew(corpus: Corpus) -> None:
    index = VectorIndex(corpus.stores, corpus.generation, exact_up_to=0)
    for name in "abcd":
        corpus.add(f"{name}.md", random_units(50, seed=ord(name)))
        index.save()
    large = file_size(corpus)
    for name in "abc":
        corpus.stores.documents.delete("default", f"{name}.md")
    assert index.needs_saving()
    index.save()
    assert file_size(corpus) < large / 2
    assert_same(index.search(QUERIES, 5), brute_force(corpus, 5))


def file_size(corpus: Corpus) -> int:
    return next((corpus.stores.data_dir / "index").glob("*.usearch")).stat().st_size


def test_saving_twice_writes_once(corpus: Corpus) -> None:
    index = VectorIndex(corpus.stores, corpus.generation)
    assert not index.needs_saving()
    corpus.add("a.md", random_units(5))
    assert index.needs_saving()
    index.save()
    stamps = [path.stat().st_mtime_ns for path in sorted((corpus.stores.data_dir / "index").iterdir())]
    index.save()
    assert [path.stat().st_mtime_ns for path in sorted((corpus.stores.data_dir / "index").iterdir())] == stamps


def test_an_index_of_a_dropped_generation_finds_nothing(corpus: Corpus) -> None:
    stores = corpus.stores
    chunks = corpus.add("a.md", random_units(3))
    other = stores.generations.create("default", corpus.generation.chunking_id, "other", {}, 8, 1.0)
    stores.vectors.put(other.id, [(chunk, "passage", "hash", random_units(1)[0]) for chunk in chunks])
    index = VectorIndex(stores, other, exact_up_to=0)
    index.save()
    assert len(index.search(QUERIES, 5)[0]) == 3
    stores.generations.drop(other.id)
    assert index.search(QUERIES, 5) == [[]] * 4
    assert not index.needs_saving()


def test_verify_names_what_the_file_lacks_and_what_it_holds_too_much(corpus: Corpus) -> None:
    corpus.add("a.md", random_units(4))
    corpus.add("b.md", random_units(2, seed=1))
    index = VectorIndex(corpus.stores, corpus.generation)
    index.save()
    assert index.verify() == []
    corpus.stores.documents.delete("default", "b.md")
    corpus.add("c.md", random_units(2, seed=2))
    assert index.verify() == []
    corpus.stores.db.execute("DELETE FROM vector_change WHERE sequence > 6 AND vector_id < 8")
    assert index.verify() == [
        "the index file of generation 1 lacks what is stored: 1 vectors, among them 7",
        "the index file of generation 1 holds what was deleted: 2 vectors, among them 5",
    ]


def test_verify_names_vectors_that_are_not_the_stored_ones(corpus: Corpus) -> None:
    corpus.add("a.md", random_units(4))
    index = VectorIndex(corpus.stores, corpus.generation)
    index.save()
    corpus.stores.db.execute("DROP TRIGGER vector_is_immutable")
    corpus.stores.db.execute("UPDATE vector SET data = (SELECT data FROM vector WHERE id = 1) WHERE id = 3")
    assert index.verify() == [
        "the index file of generation 1 holds other vectors than are stored: 1 vectors, among them 3"
    ]


def test_threads_search_while_another_one_writes_and_saves(corpus: Corpus) -> None:
    corpus.add("a.md", random_units(50))
    index = VectorIndex(corpus.stores, corpus.generation, exact_up_to=0)
    index.save()
    done, failures = threading.Event(), []

    def keep_searching() -> None:
        while not done.is_set():
            (hits,) = index.search(QUERIES[:1], 20)
            if len(hits) != 20 or sorted(hits, key=lambda hit: (-hit.similarity, hit.vector_id)) != hits:
                failures.append(hits)

    threads = [threading.Thread(target=keep_searching) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(6):
        corpus.add(f"{number}.md", random_units(20, seed=number))
        if number % 2:
            index.save()
            corpus.stores.documents.delete("default", f"{number}.md")
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("searched_before", [True, False])
def test_what_is_not_committed_is_not_taken_in(corpus: Corpus, searched_before: bool) -> None:
    corpus.add("a.md", random_units(5))
    index = VectorIndex(corpus.stores, corpus.generation)
    if searched_before:
        index.search(QUERIES, 9)

    def add_search_and_fail() -> None:
        with corpus.stores.write():
            corpus.add("b.md", random_units(5, seed=1))
            index.search(QUERIES, 9)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        add_search_and_fail()
    corpus.add("c.md", random_units(5, seed=2))
    assert_same(index.search(QUERIES, 9), brute_force(corpus, 9))


ADD, REMOVE, SAVE, REOPEN = "add", "remove", "save", "reopen"
STEPS = st.lists(st.tuples(st.sampled_from([ADD, ADD, REMOVE, SAVE, REOPEN]), st.integers(0, 4)), max_size=14)


@given(steps=STEPS, exact_up_to=st.sampled_from([0, 1000]))
@settings(max_examples=25)
def test_replay_equals_rebuild_equals_brute_force(steps: list[tuple[str, int]], exact_up_to: int) -> None:
    with TemporaryDirectory() as folder, open_stores(Path(folder)) as stores:
        corpus = new_corpus(stores)
        follower = index = VectorIndex(stores, corpus.generation, exact_up_to=exact_up_to)
        for number, (step, document) in enumerate(steps):
            if step == ADD:
                corpus.add(f"{document}.md", random_units(3 + document, seed=number))
            elif step == REMOVE:
                stores.documents.delete("default", f"{document}.md")
            elif step == SAVE:
                index.save()
            else:
                index = VectorIndex(stores, corpus.generation, exact_up_to=exact_up_to)
            assert_same(index.search(QUERIES, 8), brute_force(corpus, 8))
        assert_same(follower.search(QUERIES, 8), brute_force(corpus, 8))
        index.save()
        rebuilt = VectorIndex(stores, corpus.generation, exact_up_to=exact_up_to)
        assert_same(rebuilt.search(QUERIES, 8), brute_force(corpus, 8))
        assert rebuilt.verify() == []


def test_rows_in_memory_follow_the_log(corpus: Corpus) -> None:
    index = VectorIndex(corpus.stores, corpus.generation)
    corpus.add("a.md", random_units(5))
    index.search(QUERIES, 1)
    corpus.add("a.md", random_units(3, seed=1))
    index.catch_up()
    stored = Rows(*corpus.stores.vectors.of([6, 7, 8]))
    assert index.search(QUERIES, 9) == stored.search(QUERIES, 9)
