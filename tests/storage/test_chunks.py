from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.records import ChunkDraft
from tests.storage.building import EVERYONE, Corpus, document, passage, random_units, rows


def put(corpus: Corpus, location: str, drafts: Sequence[ChunkDraft], visibility: str = "public") -> list[int]:
    number = corpus.stores.documents.put("default", document(location, visibility=visibility), 1.0)
    return corpus.stores.chunks.put(number, corpus.generation.chunking_id, drafts)


def lexical(corpus: Corpus, *terms: str, seen_by: frozenset[str] = EVERYONE, now: float = 1.0) -> dict[int, float]:
    chunks = corpus.stores.chunks
    return chunks.lexical(corpus.generation, chunks.rarities(terms), seen_by, now, limit=10, heading_weight=3.0)


def test_passages_come_back_with_their_document_as_it_is_now(corpus: Corpus) -> None:
    first, second = put(corpus, "a.md", [passage(0, "one", heading="Head"), passage(1, "two")])
    found = corpus.stores.chunks.get([second, first, 999])
    assert set(found) == {first, second}
    assert found[first].embedded_text == "Head\none"
    assert (found[second].ordinal, found[second].document_title, found[second].document_location) == (1, "A.Md", "a.md")
    assert found[second].visibility == "public"
    assert corpus.stores.chunks.get([]) == {}


def test_thousands_of_passages_may_be_asked_for_at_once(corpus: Corpus) -> None:
    ids = put(corpus, "a.md", [passage(i, f"word{i}") for i in range(2500)])
    assert list(corpus.stores.chunks.get(ids)) == ids


def test_putting_the_passages_of_a_chunking_again_replaces_them(corpus: Corpus) -> None:
    put(corpus, "a.md", [passage(0, "old"), passage(1, "older")])
    known = corpus.stores.documents.get("default", "a.md")
    assert known is not None
    other = corpus.stores.generations.chunking("another", {})
    kept = corpus.stores.chunks.put(known.id, other, [passage(0, "kept")])
    new = corpus.stores.chunks.put(known.id, corpus.generation.chunking_id, [passage(0, "new")])
    assert [chunk.id for chunk in corpus.stores.chunks.of_document(known.id, corpus.generation.chunking_id)] == new
    assert [chunk.id for chunk in corpus.stores.chunks.of_document(known.id, other)] == kept
    assert [chunk.id for chunk in corpus.stores.chunks.of_space(corpus.generation)] == new


def test_the_passage_with_the_rarer_word_is_first(corpus: Corpus) -> None:
    fruits = [passage(i, f"apple basket {i}") for i in range(4)] + [passage(4, "an apple and one pear")]
    *_, both = put(corpus, "a.md", fruits)
    put(corpus, "b.md", [passage(i, f"a car, number {i}") for i in range(20)])
    found = lexical(corpus, "apples", "pears", "nowhere")
    assert len(found) == 5
    assert next(iter(found)) == both
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert min(found.values()) > 0


def test_a_word_in_the_heading_counts_as_often_as_it_is_told(corpus: Corpus) -> None:
    in_heading, in_body = put(
        corpus, "a.md", [passage(0, "text", heading="refund"), passage(1, "refund", heading="text")]
    )
    put(corpus, "b.md", [passage(i, "something else") for i in range(8)])
    chunks = corpus.stores.chunks
    heavy = chunks.lexical(corpus.generation, {"refund": 1.0}, EVERYONE, 1.0, 10, heading_weight=5.0)
    bodies = chunks.lexical(corpus.generation, {"refund": 1.0}, EVERYONE, 1.0, 10, heading_weight=0.0)
    assert list(heavy) == [in_heading, in_body]
    assert list(bodies) == [in_body]


def test_segmented_text_is_searched_and_the_text_is_shown(corpus: Corpus) -> None:
    (number,) = put(corpus, "a.md", [passage(0, "退款政策", segmented="退款 政策")])
    put(corpus, "b.md", [passage(i, "别的") for i in range(3)])
    assert list(lexical(corpus, "政策")) == [number]
    assert corpus.stores.chunks.get([number])[number].text == "退款政策"


def test_words_are_searched_only_in_what_may_be_seen(corpus: Corpus) -> None:
    stores = corpus.stores
    (public,) = put(corpus, "a.md", [passage(0, "secret soup")])
    (hidden,) = put(corpus, "b.md", [passage(0, "secret salad")], visibility="channel:7")
    number = stores.documents.put("default", document("c.md", expires_at=5.0), 1.0)
    (expiring,) = stores.chunks.put(number, corpus.generation.chunking_id, [passage(0, "secret sauce")])
    elsewhere = stores.documents.put("other", document("a.md"), 1.0)
    stores.chunks.put(elsewhere, corpus.generation.chunking_id, [passage(0, "secret spice")])
    stores.chunks.put(number, stores.generations.chunking("another", {}), [passage(0, "secret sauce")])
    assert set(lexical(corpus, "secret")) == {public, expiring}
    assert set(lexical(corpus, "secret", now=5.0)) == {public}
    assert set(lexical(corpus, "secret", seen_by=frozenset({"public", "channel:7"}))) == {public, hidden, expiring}
    assert lexical(corpus, "secret", seen_by=frozenset()) == {}


def test_a_word_of_nearly_every_passage_does_not_make_all_of_them_candidates(corpus: Corpus) -> None:
    put(corpus, "a.md", [passage(i, f"the word{i}") for i in range(10)])
    assert len(lexical(corpus, "the", "word3")) == 1
    assert len(lexical(corpus, "the")) == 10


def test_rarity_is_what_bm25_makes_of_it(corpus: Corpus) -> None:
    put(corpus, "a.md", [passage(0, "one"), passage(1, "two"), passage(2, "two"), passage(3, "three")])
    rarities = corpus.stores.chunks.rarities(["one", "two", "four"])
    assert rarities["one"] == pytest.approx(math.log(3.5 / 1.5))
    assert rarities["two"] == pytest.approx(1e-6)
    assert rarities["four"] == pytest.approx(math.log(4.5 / 0.5))


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    from storage.stores import open_stores
    from tests.storage.building import new_corpus

    corpus = new_corpus(open_stores(tmp_path_factory.mktemp("words")))
    put(corpus, "a.md", [passage(0, "plain words AND NOT more"), passage(1, "other")])
    return corpus


@given(terms=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), max_size=4))
def test_whatever_members_type_is_no_query_language(words: Corpus, terms: list[str]) -> None:
    found = lexical(words, *terms, "NEAR(", '"', "a*", "col:", "^", "")
    assert len(found) <= 2, "there are two passages"


def test_nothing_is_hidden_from_those_who_may_see_all(corpus: Corpus) -> None:
    corpus.add("a.md", random_units(2))
    corpus.add("b.md", random_units(1), visibility="channel:7")
    both = frozenset({"public", "channel:7"})
    assert corpus.stores.chunks.visible_vectors(corpus.generation, both, 1.0) is None
    public = corpus.stores.chunks.visible_vectors(corpus.generation, EVERYONE, 1.0)
    assert public is not None
    assert public.tolist() == [1, 2]
    nothing = corpus.stores.chunks.visible_vectors(corpus.generation, frozenset({"channel:8"}), 1.0)
    assert nothing is not None
    assert nothing.tolist() == []


def test_vectors_of_expired_documents_are_not_visible(corpus: Corpus) -> None:
    stores = corpus.stores
    corpus.add("a.md", random_units(1))
    number = stores.documents.put("default", document("b.md", expires_at=5.0), 1.0)
    chunks = stores.chunks.put(number, corpus.generation.chunking_id, [passage(0, "text")])
    stores.vectors.put(corpus.generation.id, rows(chunks, random_units(1)))
    assert stores.chunks.visible_vectors(corpus.generation, EVERYONE, 4.9) is None
    later = stores.chunks.visible_vectors(corpus.generation, EVERYONE, 5.0)
    assert later is not None
    assert later.tolist() == [1]
