from __future__ import annotations

import pytest

from storage.generations import (
    GenerationCounts,
    GenerationInUseError,
    NothingToRollBackToError,
    UnknownGenerationError,
)
from storage.records import Generation
from storage.stores import Stores
from tests.storage.building import DIMENSIONS, Corpus, document, passage, random_units, rows


def create(stores: Stores, fingerprint: str, chunking: str = "chunking", space: str = "default") -> Generation:
    number = stores.generations.chunking(chunking, {"limit": 10})
    return stores.generations.create(space, number, fingerprint, {"name": fingerprint}, DIMENSIONS, 1.0)


def states(stores: Stores) -> list[str]:
    return [generation.state for generation in stores.generations.live("default")]


def test_a_generation_is_created_once(stores: Stores) -> None:
    first = create(stores, "new")
    assert (first.state, first.encoder, first.dimensions) == ("building", {"name": "new"}, DIMENSIONS)
    assert create(stores, "new") == first
    assert create(stores, "new", space="other") != first
    assert create(stores, "new", chunking="another") != first


def test_the_switch_retires_the_generation_that_answered(stores: Stores) -> None:
    old, new = create(stores, "old"), create(stores, "new")
    assert stores.generations.active("default") is None
    stores.generations.activate(old.id, 5.0)
    assert states(stores) == ["active", "building"]
    active = stores.generations.activate(new.id, 6.0)
    assert (active.id, active.activated_at) == (new.id, 6.0)
    assert stores.generations.active("default") == active
    assert states(stores) == ["retired", "active"]
    assert stores.generations.get(old.id).retired_at == 6.0


def test_activating_the_active_generation_changes_nothing(stores: Stores) -> None:
    active = stores.generations.activate(create(stores, "only").id, 5.0)
    assert stores.generations.activate(active.id, 9.0) == active


def test_the_way_back_leads_to_the_generation_retired_last(stores: Stores) -> None:
    first, second, third = (create(stores, name) for name in "abc")
    for now, generation in enumerate((first, second, third)):
        stores.generations.activate(generation.id, float(now))
    assert stores.generations.former("default").id == second.id
    stores.generations.activate(second.id, 9.0)
    assert states(stores) == ["retired", "active", "retired"]
    assert stores.generations.former("default").id == third.id


def test_without_a_former_generation_there_is_no_way_back(stores: Stores) -> None:
    stores.generations.activate(create(stores, "only").id, 1.0)
    with pytest.raises(NothingToRollBackToError, match="the space default has no earlier generation"):
        stores.generations.former("default")


def test_a_retired_generation_that_is_wanted_again_is_built_further(stores: Stores) -> None:
    old, new = create(stores, "old"), create(stores, "new")
    stores.generations.activate(old.id, 1.0)
    stores.generations.activate(new.id, 2.0)
    again = create(stores, "old")
    assert (again.id, again.state, again.retired_at) == (old.id, "building", None)
    assert create(stores, "new").state == "active"


def test_unknown_generations_are_named(stores: Stores) -> None:
    for attempt in (stores.generations.get, stores.generations.drop):
        with pytest.raises(UnknownGenerationError, match="there is no generation 7"):
            attempt(7)


def test_the_active_generation_is_not_dropped(corpus: Corpus) -> None:
    with pytest.raises(GenerationInUseError, match="generation 1 answers the questions of the space default"):
        corpus.stores.generations.drop(corpus.generation.id)


def test_a_dropped_generation_takes_its_vectors_its_log_and_its_own_chunks(corpus: Corpus) -> None:
    stores = corpus.stores
    chunks = corpus.add("a.md", random_units(2))
    same_chunks, own_chunks = create(stores, "same chunks"), create(stores, "own chunks", chunking="another")
    stores.vectors.put(same_chunks.id, rows(chunks, random_units(2)))
    cut = stores.chunks.put(1, own_chunks.chunking_id, [passage(0, "whole")])
    stores.vectors.put(own_chunks.id, rows(cut, random_units(1)))
    stores.generations.drop(same_chunks.id)
    assert stores.chunks.get([*chunks, *cut]).keys() == {*chunks, *cut}
    stores.generations.drop(own_chunks.id)
    assert stores.chunks.get([*chunks, *cut]).keys() == set(chunks)
    assert stores.db.rows("SELECT DISTINCT generation_id FROM vector_change") == [(corpus.generation.id,)]
    assert stores.db.rows("SELECT digest FROM chunking") == [("chunking",)]
    assert stores.db.rows("SELECT count(*) FROM vector") == [(2,)]
    assert stores.integrity_problems() == []


def test_a_chunking_that_another_space_uses_stays(corpus: Corpus) -> None:
    stores = corpus.stores
    corpus.add("a.md", random_units(1))
    other = create(stores, "fingerprint", space="other")
    stores.documents.put("other", document("b.md"), 1.0)
    stores.chunks.put(2, other.chunking_id, [passage(0, "text")])
    stores.generations.drop(other.id)
    assert stores.db.rows("SELECT document_id FROM chunk") == [(1,)]


def test_passages_without_a_vector_are_counted_and_named(corpus: Corpus) -> None:
    stores, generation = corpus.stores, corpus.generation
    done = corpus.add("a.md", random_units(2))
    number = stores.documents.put("default", document("b.md"), 1.0)
    lacking = stores.chunks.put(number, generation.chunking_id, [passage(i, "text") for i in range(3)])
    stores.vectors.put(generation.id, rows(lacking[:1], random_units(1), kind="title"))
    elsewhere = stores.documents.put("other", document("c.md"), 1.0)
    stores.chunks.put(elsewhere, generation.chunking_id, [passage(0, "text")])
    assert stores.generations.chunks_without_vector(generation, 2) == lacking[:2]
    counts = stores.generations.counts(generation.id)
    assert counts == GenerationCounts(chunks=5, passages=2, titles=1)
    assert counts.missing == 3
    stores.vectors.put(generation.id, rows(lacking, random_units(3)))
    assert stores.generations.chunks_without_vector(generation, 2) == []
    assert len(done) + len(lacking) == stores.generations.counts(generation.id).passages


def test_counts_that_need_not_be_new_are_counted_once_between_two_changes(corpus: Corpus) -> None:
    generations, number = corpus.stores.generations, corpus.generation.id
    corpus.add("a.md", random_units(2))
    assert generations.counts(number, anew=False) == GenerationCounts(chunks=2, passages=2, titles=0)
    statements: list[str] = []
    corpus.stores.db.conn.set_trace_callback(statements.append)
    assert generations.counts(number, anew=False) == generations.counts(number, anew=False)
    assert not [each for each in statements if "FROM vector " in each]
    corpus.stores.documents.delete("default", "a.md")
    assert generations.counts(number, anew=False) == GenerationCounts(chunks=0, passages=0, titles=0)
    corpus.add("b.md", random_units(3))
    assert generations.counts(number, anew=False).passages == 3
