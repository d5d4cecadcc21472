"""Editing what was handed in or written on Discord; everything else is edited where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.handed_in.channel_documents import ChannelDocument
from retrieval.handed_in.editor import UPLOADS, ChangedMeanwhileError, NotEditableError
from retrieval.handed_in.saved_answers import SAVED
from retrieval.settings import RetrievalSettings
from retrieval.types import Question

SPACE = "default"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing:64"), clock=lambda: 1_000.0) as engine:
        yield engine


@pytest.fixture
def upload(engine: Engine, tmp_path: Path) -> Path:
    path = tmp_path / "data" / UPLOADS / SPACE / "boats.md"
    path.parent.mkdir(parents=True)
    path.write_text("# Boats\n\nThe boats leave at noon.\n", encoding="utf-8")
    engine.library.ingest(path, SPACE)
    return path


def test_an_upload_is_edited_as_the_file_that_it_is_and_answers_at_once(engine: Engine, upload: Path) -> None:
    opened = engine.editor.open(SPACE, "boats.md")
    assert (opened.kind, opened.text) == ("file", "# Boats\n\nThe boats leave at noon.\n")
    report = engine.editor.save(opened, "# Boats\n\nThe boats leave at dawn.\n")
    assert report.changed == ["boats.md"]
    assert "dawn" in upload.read_text(encoding="utf-8")
    assert "dawn" in engine.answers.answer(Question("when do the boats leave")).candidates[0].chunk.text
    assert [path.name for path in upload.parent.iterdir()] == ["boats.md"]


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(engine: Engine, upload: Path) -> None:
    opened = engine.editor.open(SPACE, "boats.md")
    upload.write_text("# Boats\n\nThere are none.\n", encoding="utf-8")
    with pytest.raises(ChangedMeanwhileError, match=r"boats\.md"):
        engine.editor.save(opened, "lost")
    assert "none" in upload.read_text(encoding="utf-8")


def test_a_saved_answer_keeps_its_readers_and_its_address(engine: Engine) -> None:
    document = ChannelDocument("https://discord.test/1", "Where is the key?", "Under the mat.", "channel:5")
    engine.library.add_documents(SPACE, SAVED, [document])
    opened = engine.editor.open(SPACE, document.location)
    assert (opened.kind, opened.title, opened.text) == ("answer", "Where is the key?", "Under the mat.")
    engine.editor.save(opened, "On the hook.", "Where is the key now?")
    stored = engine.stores.documents.get(SPACE, document.location)
    assert stored is not None
    assert (stored.title, stored.visibility) == ("Where is the key now?", "channel:5")
    assert "On the hook." in stored.text


def test_a_file_from_elsewhere_is_edited_elsewhere(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# A\n\nIt is about a.\n", encoding="utf-8")
    engine.library.ingest(tmp_path / "docs", SPACE)
    with pytest.raises(NotEditableError, match="edit it there"):
        engine.editor.open(SPACE, "a.md")
    with pytest.raises(NotEditableError, match="is gone"):
        engine.editor.open(SPACE, "b.md")


def test_a_source_goes_with_its_documents_and_comes_back_by_no_refresh(engine: Engine, upload: Path) -> None:
    (source,) = engine.library.sources(SPACE)
    assert engine.editor.drop_source(source) == 1
    engine.refresher.refresh(SPACE)
    assert engine.stores.documents.counts(SPACE).documents == 0
    assert engine.stores.integrity_problems() == []
