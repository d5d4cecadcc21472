from __future__ import annotations

import numpy as np

from storage.stores import Stores
from tests.storage.building import Corpus, random_units

DAY = 86_400.0


def known(stores: Stores, *hashes: str, fingerprint: str = "fingerprint") -> set[str]:
    return set(stores.embedding_cache.find(fingerprint, hashes))


def test_a_vector_is_found_by_fingerprint_and_hash(stores: Stores) -> None:
    vector = random_units(1)[0]
    stores.embedding_cache.remember("fingerprint", "query", {"a": vector}, now=1.0)
    assert np.array_equal(stores.embedding_cache.find("fingerprint", ["a", "b"])["a"], vector)
    assert known(stores, "a", "b") == {"a"}
    assert known(stores, "a", fingerprint="another") == set()


def test_a_stored_passage_is_its_own_cache(corpus: Corpus) -> None:
    matrix = random_units(2)
    first, second = corpus.add("a.md", matrix)
    found = corpus.stores.embedding_cache.find("fingerprint", [f"hash of {first}", f"hash of {second}"])
    assert np.array_equal(np.stack(list(found.values())), matrix)
    assert known(corpus.stores, f"hash of {first}", fingerprint="another") == set()
    corpus.stores.documents.delete("default", "a.md")
    assert known(corpus.stores, f"hash of {first}") == set()


def test_questions_expire_and_references_stay(stores: Stores) -> None:
    vector = random_units(1)[0]
    stores.embedding_cache.remember("fingerprint", "query", {"old": vector, "asked again": vector}, now=0.0)
    stores.embedding_cache.remember("fingerprint", "reference", {"bank": vector}, now=0.0)
    stores.embedding_cache.remember("fingerprint", "query", {"asked again": vector}, now=2 * DAY)
    assert stores.embedding_cache.evict(now=2 * DAY, query_ttl_seconds=DAY, max_rows=10) == 1
    assert known(stores, "old", "asked again", "bank") == {"asked again", "bank"}


def test_what_is_too_much_goes_oldest_first_and_references_last(stores: Stores) -> None:
    vector = random_units(1)[0]
    stores.embedding_cache.remember("fingerprint", "reference", {"bank": vector}, now=0.0)
    for now in range(5):
        stores.embedding_cache.remember("fingerprint", "query", {f"q{now}": vector}, now=float(now))
    assert stores.embedding_cache.evict(now=5.0, query_ttl_seconds=DAY, max_rows=3) == 3
    assert known(stores, "bank", "q0", "q1", "q2", "q3", "q4") == {"bank", "q3", "q4"}


def test_a_question_that_becomes_a_reference_stays_one(stores: Stores) -> None:
    vector = random_units(1)[0]
    for kind in ("query", "reference", "query"):
        stores.embedding_cache.remember("fingerprint", kind, {"both": vector}, now=0.0)
    assert stores.embedding_cache.evict(now=DAY, query_ttl_seconds=1.0, max_rows=10) == 0
