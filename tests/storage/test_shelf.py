"""Looking through documents: counts, pages, what could not be read, and where each was quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from storage.records import DEFAULT_SPACE, PUBLIC, InteractionDraft, StoredCitation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.md").write_text(f"# Page {name}\n\nIt is about {name}.\n", encoding="utf-8")
    (folder / "empty.md").write_text("\n", encoding="utf-8")
    return folder


@pytest.fixture
def engine(tmp_path: Path, folder: Path) -> Engine:
    engine = Engine(tmp_path / "data", RetrievalSettings(encoder="hashing:64"), lambda: 1_000.0)
    engine.library.ingest(folder, DEFAULT_SPACE)
    return engine


def asked(location: str, passage: str) -> InteractionDraft:
    cited = StoredCitation(1, location, passage, "A", "It is", "0" * 64, 0.5)
    who = frozenset({PUBLIC})
    return InteractionDraft(DEFAULT_SPACE, 9.0, "test", "why?", "answer", "so", 0.9, 0.1, True, who, (cited,))


def test_a_source_counts_what_is_stored_unread_and_forgotten(engine: Engine) -> None:
    engine.forgetting.document(DEFAULT_SPACE, "c.md")
    (counts,) = engine.stores.shelf.counts(DEFAULT_SPACE).values()
    assert (counts.documents, counts.unread, counts.excluded) == (2, 1, 1)


def test_what_could_not_be_read_is_kept_with_its_reason_until_it_can_be(engine: Engine, folder: Path) -> None:
    (source,) = engine.library.sources(DEFAULT_SPACE)
    assert list(engine.stores.unread.of(source.id, 9)) == ["empty.md"]
    assert "text" in engine.stores.unread.of(source.id, 9)["empty.md"]
    (folder / "empty.md").write_text("# Not any more\n\nText.\n", encoding="utf-8")
    engine.library.ingest(folder / "empty.md", DEFAULT_SPACE)
    assert engine.stores.unread.of(source.id, 9) == {}


def test_a_source_that_is_gone_says_so_until_it_is_back(engine: Engine, folder: Path) -> None:
    (source,) = engine.library.sources(DEFAULT_SPACE)
    folder.rename(folder.parent / "elsewhere")
    engine.refresher.refresh(DEFAULT_SPACE)
    assert "not there any more" in engine.stores.unread.of(source.id, 9)[source.location]
    (folder.parent / "elsewhere").rename(folder)
    engine.refresher.refresh(DEFAULT_SPACE)
    assert list(engine.stores.unread.of(source.id, 9)) == ["empty.md"]


def test_pages_are_by_location_and_narrowed_by_words_of_the_title(engine: Engine) -> None:
    (source,) = engine.library.sources(DEFAULT_SPACE)
    chunking = engine.spaces.active(DEFAULT_SPACE).generation.chunking_id
    page = engine.stores.shelf.page(DEFAULT_SPACE, source.id, chunking, 2)
    assert [(line.location, line.passages) for line in page] == [("a.md", 1), ("b.md", 1)]
    found = engine.stores.shelf.page(DEFAULT_SPACE, source.id, chunking, 9, "pAgE B")
    assert [line.location for line in found] == ["b.md"]
    assert engine.stores.shelf.matching(DEFAULT_SPACE, source.id, "page") == 3


def test_a_document_tells_where_it_was_quoted_and_how_that_was_voted(engine: Engine) -> None:
    for passage in ("a.md#page-a", "a.md#page-a", "a.md#more"):
        engine.stores.interactions.record(asked("a.md", passage))
    engine.stores.interactions.vote(1, "ann", True, 10.0)
    engine.stores.interactions.vote(3, "ben", False, 11.0)
    quoted = engine.stores.shelf.quoted(DEFAULT_SPACE, "a.md", 2)
    assert quoted.by_passage == {"a.md#page-a": 2, "a.md#more": 1}
    assert (quoted.helpful, quoted.not_helpful) == (1, 1)
    assert [(each.interaction_id, each.not_helpful) for each in quoted.latest] == [(3, 1), (2, 0)]
    assert engine.stores.shelf.quoted(DEFAULT_SPACE, "b.md", 2).latest == ()
