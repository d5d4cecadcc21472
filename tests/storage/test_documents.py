from __future__ import annotations

from dataclasses import replace

from storage.documents import SpaceCounts
from storage.stores import Stores
from tests.storage.building import Corpus, document, passage, random_units


def test_a_document_comes_back_as_it_was_put(stores: Stores) -> None:
    source = stores.sources.remember("default", "folder", "/docs", 1.0)
    draft = replace(
        document("a.md", "# Über\ntext", visibility="channel:7", expires_at=9.0),
        source_id=source.id,
        headings=((1, "Über", "über", 0, 7),),
        language="de",
        modified_at=3.0,
    )
    number = stores.documents.put("default", draft, now=5.0)
    found = stores.documents.get("default", "a.md")
    assert found is not None
    assert (found.id, found.space, found.stored_at) == (number, "default", 5.0)
    assert all(getattr(found, name) == value for name, value in vars(draft).items())


def test_a_replaced_document_keeps_its_id_and_loses_its_chunks_and_vectors(corpus: Corpus) -> None:
    stores = corpus.stores
    corpus.add("a.md", random_units(3))
    corpus.add("b.md", random_units(2))
    before = stores.documents.get("default", "a.md")
    assert before is not None
    assert stores.documents.put("default", document("a.md", "new"), now=2.0) == before.id
    assert [row[0] for row in stores.db.rows("SELECT DISTINCT document_id FROM chunk")] == [before.id + 1]
    assert stores.db.rows("SELECT count(*) FROM vector") == [(2,)]


def test_the_same_location_in_two_spaces_is_two_documents(stores: Stores) -> None:
    first, second = (stores.documents.put(space, document("a.md", space), 1.0) for space in ("cats", "dogs"))
    assert first != second
    assert stores.documents.delete("cats", "a.md")
    assert stores.documents.get("cats", "a.md") is None
    assert stores.documents.get("dogs", "a.md") is not None


def test_deleting_what_is_not_there_says_so(stores: Stores) -> None:
    assert not stores.documents.delete("default", "a.md")


def test_lists_and_hashes_may_be_of_one_source(stores: Stores) -> None:
    source = stores.sources.remember("default", "folder", "/docs", 1.0)
    stores.documents.put("default", replace(document("b.md", "four"), source_id=source.id), 1.0)
    stores.documents.put("default", document("a.md"), 1.0)
    assert [each.location for each in stores.documents.list("default")] == ["a.md", "b.md"]
    assert [(each.location, each.characters) for each in stores.documents.list("default", source.id)] == [("b.md", 4)]
    assert stores.documents.hashes("default") == {"a.md": "hash of text", "b.md": "hash of four"}
    assert stores.documents.hashes("default", source.id) == {"b.md": "hash of four"}
    assert stores.documents.hashes("elsewhere") == {}


def test_documents_without_chunks_are_read_one_at_a_time_while_they_are_cut(corpus: Corpus) -> None:
    stores, chunking = corpus.stores, corpus.generation.chunking_id
    corpus.add("cut.md", random_units(1))
    for name in ("a.md", "b.md", "c.md"):
        stores.documents.put("default", document(name), 1.0)
    seen = []
    for each in stores.documents.without_chunks("default", chunking):
        stores.chunks.put(each.id, chunking, [passage(0, each.text)])
        stores.documents.delete("default", "b.md")
        seen.append(each.location)
    assert seen == ["a.md", "c.md"]
    assert list(stores.documents.without_chunks("default", chunking)) == []


def test_a_source_is_remembered_once_and_outlived_by_its_documents(stores: Stores) -> None:
    first = stores.sources.remember("default", "folder", "/docs", 1.0)
    stores.sources.mark_refreshed(first.id, 8.0)
    again = stores.sources.remember("default", "folder", "/docs", 9.0)
    assert again == replace(first, refreshed_at=8.0)
    stores.sources.remember("other", "folder", "/docs", 1.0)
    assert [source.space for source in stores.sources.list()] == ["default", "other"]
    assert stores.sources.list("default") == [again]


def test_spaces_and_what_they_hold_are_counted(stores: Stores) -> None:
    stores.documents.put("cats", document("a.md", "12345"), 1.0)
    stores.documents.put("cats", document("b.md", "678"), 1.0)
    stores.sources.remember("dogs", "folder", "/dogs", 1.0)
    assert stores.documents.spaces() == ["cats", "dogs"]
    assert stores.documents.counts("cats") == SpaceCounts(sources=0, documents=2)
    assert stores.documents.counts("dogs") == SpaceCounts(sources=1, documents=0)
    assert (stores.documents.characters("cats"), stores.documents.characters("dogs")) == (8, 0)
