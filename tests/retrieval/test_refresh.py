"""The refresh: what is new, changed, gone, expired or made by another version, and what happens when it is stopped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval import chunk
from retrieval.encoders.base import EncoderUnavailableError
from retrieval.engine import Engine
from retrieval.refresh import NoSuchSourceError
from retrieval.settings import RetrievalSettings
from retrieval.space import FingerprintMismatchError, Spaces
from retrieval.types import Question
from storage.records import DocumentDraft

SPACE = "default"
NOW = 1_000.0
PAGES = {"cats.md": "# Cats\n\nA cat sleeps all day.\n", "dogs.md": "# Dogs\n\nA dog needs a walk twice a day.\n"}


class Stopped(Exception):  # noqa: N818
    """What a worker raises that has to stop."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with opened(tmp_path) as engine:
        yield engine


def opened(tmp_path: Path) -> Engine:
    return Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: NOW)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def first(engine: Engine, text: str) -> str:
    candidates = engine.answers.answer(Question(text)).candidates
    return candidates[0].chunk.document_location if candidates else ""


def put_expiring(engine: Engine, location: str, expires_at: float) -> None:
    """A document that no folder holds, such as a moderator's answer with a date."""
    draft = DocumentDraft(location, location, f"Text of {location}.", "text", f"hash of {location}")
    with engine.stores.write():
        engine.stores.documents.put(SPACE, DocumentDraft(**{**vars(draft), "expires_at": expires_at}), NOW)


def test_changed_new_and_gone_documents_are_taken_up_and_counted(engine: Engine, folder: Path) -> None:
    engine.library.ingest(folder, SPACE)
    (folder / "cats.md").write_text("# Cats\n\nA cat purrs when it is content.\n", encoding="utf-8")
    (folder / "dogs.md").unlink()
    (folder / "fish.md").write_text("# Fish\n\nA fish swims in circles.\n", encoding="utf-8")
    report = engine.refresher.refresh()
    assert report.sentence == "1 source: 1 new, 1 changed, 0 unchanged, 1 gone, 0 expired"
    assert first(engine, "what swims in circles") == "fish.md"
    assert engine.refresher.refresh().sentence == "1 source: 0 new, 0 changed, 2 unchanged, 0 gone, 0 expired"


def test_a_source_that_cannot_be_read_is_named_keeps_its_documents_and_the_rest_goes_on(
    engine: Engine, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "fish.md").write_text("# Fish\n\nA fish swims in circles.\n", encoding="utf-8")
    engine.library.ingest(folder, SPACE)
    engine.library.ingest(other, SPACE)
    folder.rename(folder.with_name("away"))
    (other / "fish.md").write_text("# Fish\n\nA fish jumps out of the water.\n", encoding="utf-8")
    report = engine.refresher.refresh()
    assert report.sentence.startswith("2 sources: 0 new, 1 changed, 0 unchanged, 0 gone, 0 expired; 1 source could not")
    assert str(folder) in report.sentence
    assert not report.failed
    assert first(engine, "a walk twice a day") == "dogs.md"


def test_only_what_has_expired_is_forgotten(engine: Engine, folder: Path) -> None:
    engine.library.ingest(folder, SPACE)
    put_expiring(engine, "past.txt", NOW)
    put_expiring(engine, "future.txt", NOW + 1)
    report = engine.refresher.refresh()
    assert report.expired == ("past.txt",)
    assert set(engine.stores.documents.hashes(SPACE)) == {"cats.md", "dogs.md", "future.txt"}
    assert engine.upkeep.problems() == []


def test_a_vector_that_is_missing_is_made_and_nothing_else(engine: Engine, folder: Path) -> None:
    engine.library.ingest(folder, SPACE)
    before = engine.stores.db.rows("SELECT id FROM vector ORDER BY id")
    engine.stores.db.execute("DELETE FROM vector WHERE id = 1")
    report = engine.refresher.refresh()
    assert (report.filled, report.rebuilt) == (1, ())
    assert "1 passage got the vector that was missing" in report.sentence
    after = engine.stores.db.rows("SELECT id FROM vector ORDER BY id")
    assert (len(after), after[:-1]) == (len(before), before[1:])


def test_vectors_of_other_weights_are_made_anew_with_the_same_encoder(
    engine: Engine, folder: Path, tmp_path: Path
) -> None:
    engine.library.ingest(folder, SPACE)
    engine.stores.db.execute("UPDATE generation SET fingerprint = 'made-by-other-weights'")
    with opened(tmp_path) as later:
        with pytest.raises(FingerprintMismatchError):
            later.answers.answer(Question("a walk twice a day"))
        report = later.refresher.refresh()
        assert report.rebuilt == (SPACE,)
        assert "space 'default' was encoded anew" in report.sentence
        assert first(later, "a walk twice a day") == "dogs.md"
        assert [generation.state for generation, _ in later.upkeep.generations(SPACE)] == ["active"]
        (folder / "fish.md").write_text("# Fish\n\nA fish swims in circles.\n", encoding="utf-8")
        assert later.refresher.refresh().rebuilt == ()
        assert first(later, "what swims in circles") == "fish.md"


def test_the_command_that_a_mismatch_recommends_mends_it(engine: Engine, folder: Path, tmp_path: Path) -> None:
    engine.library.ingest(folder, SPACE)
    engine.stores.db.execute("UPDATE generation SET fingerprint = 'made-by-other-weights'")
    with opened(tmp_path) as later:
        assert later.library.reindex(SPACE, "hashing", None).switched
        assert first(later, "a walk twice a day") == "dogs.md"


def test_a_retired_generation_of_other_weights_does_not_keep_changes_out(
    engine: Engine, folder: Path, tmp_path: Path
) -> None:
    engine.library.ingest(folder, SPACE)
    engine.library.reindex(SPACE, "hashing:64", None)
    engine.stores.db.execute("UPDATE generation SET fingerprint = 'made-by-other-weights' WHERE state = 'retired'")
    (folder / "fish.md").write_text("# Fish\n\nA fish swims in circles.\n", encoding="utf-8")
    with opened(tmp_path) as later:
        assert later.refresher.refresh().sentence.startswith("1 source: 1 new")
        assert [generation.dimensions for generation, _ in later.upkeep.generations(SPACE)] == [64]


def test_passages_of_another_chunker_are_cut_anew(
    engine: Engine, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.library.ingest(folder, SPACE)
    monkeypatch.setattr(chunk, "CHUNKER_VERSION", 99)
    with opened(tmp_path) as later:
        assert later.refresher.refresh().rebuilt == (SPACE,)
        assert later.refresher.refresh().rebuilt == ()
        states = [(generation.state, counts.missing) for generation, counts in later.upkeep.generations(SPACE)]
        assert states == [("active", 0)], "nothing can be added to the former one, so it cannot be returned to"
        assert first(later, "a walk twice a day") == "dogs.md"


def test_an_encoder_that_cannot_be_loaded_costs_its_space_and_no_other(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.library.ingest(folder / "cats.md", "cats")
    engine.library.ingest(folder / "dogs.md", "dogs")
    create = Spaces.create

    def refusing(self: Spaces, space: str, name: str, dimensions: int | None = None) -> object:
        if space == "cats":
            raise EncoderUnavailableError("the model is not on this machine: install it")
        return create(self, space, name, dimensions)

    monkeypatch.setattr(Spaces, "create", refusing)
    (folder / "dogs.md").write_text("# Dogs\n\nA dog barks.\n", encoding="utf-8")
    report = engine.refresher.refresh()
    assert report.problems == ("space 'cats' could not be refreshed: the model is not on this machine: install it",)
    assert report.sentence.startswith("1 source: 0 new, 1 changed")
    assert not report.failed


def test_one_source_alone_is_looked_at_by_its_number(engine: Engine, folder: Path) -> None:
    engine.library.ingest(folder / "cats.md", "cats")
    engine.library.ingest(folder / "dogs.md", "dogs")
    (dogs,) = engine.library.sources("dogs")
    report = engine.refresher.refresh(source_id=dogs.id)
    assert [result.source.space for result in report.sources] == ["dogs"]
    with pytest.raises(NoSuchSourceError, match="no source 99"):
        engine.refresher.refresh(source_id=99)
    with pytest.raises(NoSuchSourceError, match=f"no source {dogs.id}"):
        engine.refresher.refresh(space="cats", source_id=dogs.id)


def test_progress_ends_where_it_said_it_would(engine: Engine, folder: Path) -> None:
    engine.library.ingest(folder, SPACE)
    engine.stores.db.execute("DELETE FROM vector")
    told: list[tuple[int, int]] = []
    engine.refresher.refresh(on_progress=lambda *each: told.append(each))
    assert told[:2] == [(1, 2), (2, 2)]
    assert told[-1] == (4, 4), "two documents, then two passages without a vector"


def test_a_rebuild_adds_to_what_there_is_to_do(engine: Engine, folder: Path, tmp_path: Path) -> None:
    engine.library.ingest(folder, SPACE)
    engine.stores.db.execute("UPDATE generation SET fingerprint = 'made-by-other-weights'")
    told: list[tuple[int, int]] = []
    with opened(tmp_path) as later:
        later.refresher.refresh(on_progress=lambda *each: told.append(each))
    assert told == [(2, 4), (3, 4), (4, 4)], "two passages, then two documents"


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5])
def test_a_refresh_that_is_stopped_leaves_everything_consistent_and_is_taken_up(
    engine: Engine, folder: Path, tmp_path: Path, steps: int
) -> None:
    engine.library.ingest(folder, SPACE)
    engine.stores.db.execute("UPDATE generation SET fingerprint = 'made-by-other-weights'")
    for number in range(3):
        (folder / f"{number}.md").write_text(f"# New {number}\n\nSomething new, number {number}.\n", encoding="utf-8")
    with opened(tmp_path) as later:
        left = steps

        def stopping(done: int, total: int) -> None:
            nonlocal left
            left -= 1
            if not left:
                raise Stopped

        with pytest.raises(Stopped):
            later.refresher.refresh(on_progress=stopping)
        assert later.stores.integrity_problems() == []
        later.refresher.refresh()
        assert later.upkeep.problems() == []
        assert later.stores.documents.counts(SPACE).documents == 5
        assert [generation.state for generation, _ in later.upkeep.generations(SPACE)] == ["active"]
