"""What a refresh would have to do, said without doing it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.freshness.staleness import Stale
from retrieval.settings import RetrievalSettings
from storage.records import DocumentDraft

SPACE = "default"
NOW = 1_000.0


@pytest.fixture
def engine(tmp_path: Path, folder: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: NOW) as engine:
        engine.library.ingest(folder, SPACE)
        yield engine


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("cats", "dogs", "fish"):
        (folder / f"{name}.md").write_text(f"# {name}\n\nAll about {name}.\n", encoding="utf-8")
    return folder


def later(path: Path, text: str | None = None) -> None:
    """Writes a file, or only touches it, at a time after the ingest."""
    modified = path.stat().st_mtime + 10
    if text is not None:
        path.write_text(text, encoding="utf-8")
    os.utime(path, (modified, modified))


def test_nothing_is_stale_after_an_ingest(engine: Engine) -> None:
    assert engine.upkeep.stale(SPACE) == []
    assert engine.upkeep.stale("elsewhere") == []


def test_each_document_is_named_with_its_reason_and_a_refresh_mends_all_of_it(engine: Engine, folder: Path) -> None:
    later(folder / "cats.md", "# cats\n\nNews about cats.\n")
    (folder / "dogs.md").unlink()
    engine.stores.db.execute(
        "DELETE FROM vector WHERE chunk_id IN "
        "(SELECT chunk.id FROM chunk JOIN document ON document.id = document_id WHERE document.location = 'fish.md')"
    )
    past = DocumentDraft("past.txt", "Past", "Long ago.", "text", "hash", expires_at=NOW)
    engine.stores.documents.put(SPACE, past, NOW)
    assert engine.upkeep.stale(SPACE) == [
        Stale("cats.md", "changed"),
        Stale("dogs.md", "gone"),
        Stale("fish.md", "not_indexed"),
        Stale("past.txt", "expired"),
    ]
    engine.refresher.refresh(SPACE)
    assert engine.upkeep.stale(SPACE) == []


def test_a_file_that_was_only_touched_is_not_stale(engine: Engine, folder: Path) -> None:
    later(folder / "cats.md")
    assert engine.upkeep.stale(SPACE) == []


def test_a_changed_file_that_cannot_be_read_any_more_is_stale(engine: Engine, folder: Path) -> None:
    later(folder / "cats.md", "a " * 13_000_000)
    assert engine.upkeep.stale(SPACE) == [Stale("cats.md", "changed")]


def test_of_a_source_that_is_away_only_the_source_is_named(engine: Engine, folder: Path) -> None:
    folder.rename(folder.with_name("away"))
    assert engine.upkeep.stale(SPACE) == [Stale(str(folder), "unreadable")]


def test_a_document_that_was_never_cut_for_the_active_generation_is_stale(engine: Engine) -> None:
    engine.stores.db.execute("DELETE FROM chunk WHERE document_id = 1")
    assert engine.upkeep.stale(SPACE) == [Stale("cats.md", "not_indexed")]
