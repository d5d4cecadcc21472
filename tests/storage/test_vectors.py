from __future__ import annotations

import numpy as np
import pytest

from storage import vectors
from storage.records import VectorChange
from storage.vectors import WrongDimensionsError
from tests.storage.building import Corpus, random_units, rows


def test_vectors_come_back_bit_for_bit_by_ascending_id(corpus: Corpus) -> None:
    matrix = random_units(5)
    corpus.add("a.md", matrix)
    ids, found = corpus.stores.vectors.of([4, 2, 99])
    assert ids.tolist() == [2, 4]
    assert np.array_equal(found, matrix[[1, 3]])
    assert corpus.stores.vectors.ids(corpus.generation.id).tolist() == [1, 2, 3, 4, 5]


def test_vectors_are_found_by_passage_and_passages_by_vector(corpus: Corpus) -> None:
    store, matrix = corpus.stores.vectors, random_units(4)
    first, second = corpus.add("a.md", matrix[:2])
    store.put(corpus.generation.id, rows([second], matrix[2:3], kind="title"))
    keys, found = store.of_chunks(corpus.generation.id, [second, first, 99])
    assert dict(zip(keys, found.tolist(), strict=True)) == {
        (first, "passage"): matrix[0].tolist(),
        (second, "passage"): matrix[1].tolist(),
        (second, "title"): matrix[2].tolist(),
    }
    assert store.chunks_of([1, 3, 99]) == {1: first, 3: second}


def test_asking_for_nothing_gives_nothing(corpus: Corpus) -> None:
    store = corpus.stores.vectors
    assert len(store.of([])[0]) == 0
    assert store.of_chunks(corpus.generation.id, [])[0] == []
    assert store.ids(corpus.generation.id).tolist() == []
    assert list(store.stored(corpus.generation.id)) == []
    assert store.last_sequence(corpus.generation.id) == 0


def test_storing_a_vector_again_changes_nothing(corpus: Corpus) -> None:
    chunks = corpus.add("a.md", random_units(2))
    corpus.stores.vectors.put(corpus.generation.id, rows(chunks, random_units(2, seed=1)))
    assert np.array_equal(corpus.stores.vectors.of([1, 2])[1], random_units(2))


def test_a_vector_of_a_passage_that_has_gone_is_not_wanted(corpus: Corpus) -> None:
    chunks = corpus.add("a.md", random_units(2))
    corpus.stores.documents.delete("default", "a.md")
    corpus.stores.vectors.put(corpus.generation.id, rows(chunks, random_units(2)))
    assert corpus.stores.vectors.ids(corpus.generation.id).tolist() == []


def test_a_vector_of_other_dimensions_is_refused(corpus: Corpus) -> None:
    chunks = corpus.add("a.md", random_units(1))
    with pytest.raises(WrongDimensionsError, match="generation 1 holds vectors of 8 dimensions and was given one of 3"):
        corpus.stores.vectors.put(corpus.generation.id, rows(chunks, random_units(1, dimensions=3)))


def test_all_vectors_are_read_in_slices(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "SLICE", 2)
    matrix = random_units(5)
    corpus.add("a.md", matrix)
    slices = list(corpus.stores.vectors.stored(corpus.generation.id))
    assert [ids.tolist() for ids, _ in slices] == [[1, 2], [3, 4], [5]]
    assert np.array_equal(np.concatenate([part for _, part in slices]), matrix)


def test_every_change_is_logged_whoever_makes_it(corpus: Corpus) -> None:
    store, number = corpus.stores.vectors, corpus.generation.id
    corpus.add("a.md", random_units(2))
    before = store.last_sequence(number)
    corpus.stores.documents.delete("default", "a.md")
    corpus.add("b.md", random_units(1))
    assert [(change.vector_id, change.removed) for change in store.changes(number, 0)[:before]] == [
        (1, False),
        (2, False),
    ]
    assert store.changes(number, before) == [
        VectorChange(before + 1, 1, True),
        VectorChange(before + 2, 2, True),
        VectorChange(before + 3, 3, False),
    ]
    assert store.last_sequence(number) == before + 3
