"""Another encoder beside the old one: switch, return, and nothing lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from usearch.index import Index

from retrieval.embed import TooManyDimensionsError
from retrieval.engine import Engine
from retrieval.migrate import fill
from retrieval.settings import RetrievalSettings
from retrieval.space import FingerprintMismatchError
from retrieval.types import Question
from storage.generations import NothingToRollBackToError

SPACE = "default"
PAGE = (
    "# Harbour\n\n## When do the boats leave?\n\nThe boats leave at noon.\n\n## Tickets\n\nA ticket costs four euros.\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "harbour.md").write_text(PAGE, encoding="utf-8")
    return folder


@pytest.fixture
def engine(tmp_path: Path, folder: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: 1_000.0) as engine:
        engine.library.ingest(folder, SPACE)
        yield engine


def dimensions(engine: Engine) -> int:
    return engine.spaces.active(SPACE).generation.dimensions


def found(engine: Engine, text: str) -> list[str]:
    return [candidate.chunk.location for candidate in engine.answers.answer(Question(text)).candidates]


def test_a_reindex_answers_with_the_new_encoder_and_a_rollback_with_the_old(engine: Engine) -> None:
    done = engine.library.reindex(SPACE, "hashing:64", None)
    assert (done.switched, done.total, done.encoded, dimensions(engine)) == (True, 2, 2, 64)
    assert found(engine, "when do the boats leave")[0] == "harbour.md#when-do-the-boats-leave"
    assert engine.library.rollback(SPACE).generation.dimensions == 384
    assert found(engine, "when do the boats leave")[0] == "harbour.md#when-do-the-boats-leave"


def test_what_came_and_went_meanwhile_is_right_after_a_rollback(engine: Engine, folder: Path) -> None:
    engine.library.reindex(SPACE, "hashing:64", None)
    (folder / "parking.md").write_text("# Parking\n\nThe garage closes at ten.\n", encoding="utf-8")
    (folder / "harbour.md").unlink()
    engine.library.ingest(folder, SPACE)
    engine.library.rollback(SPACE)
    assert found(engine, "when does the garage close") == ["parking.md#parking"]
    assert engine.upkeep.problems() == []


def test_dimensions_can_be_cut(engine: Engine) -> None:
    engine.library.reindex(SPACE, None, 128)
    assert dimensions(engine) == 128
    assert found(engine, "what does a ticket cost")[0] == "harbour.md#tickets"


def test_a_reindex_to_the_same_encoder_encodes_nothing_and_switches_nothing(engine: Engine) -> None:
    done = engine.library.reindex(SPACE, "hashing", None)
    assert (done.switched, done.encoded) == (False, 0)


def test_a_reindex_that_was_interrupted_counts_on_from_what_was_stored(engine: Engine) -> None:
    class EnoughError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise EnoughError

    told: list[tuple[int, int]] = []
    with pytest.raises(EnoughError):
        engine.library.reindex(SPACE, "hashing:64", None, stop)
    engine.library.reindex(SPACE, "hashing:64", None, lambda *progress: told.append(progress))
    assert told == [(2, 2)], "both passages had their vector when it was stopped"


def test_another_process_follows_the_switch_at_its_next_question(engine: Engine, tmp_path: Path) -> None:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing")) as other:
        assert dimensions(other) == 384
        engine.library.reindex(SPACE, "hashing:64", None)
        assert dimensions(other) == 64
        assert found(other, "when do the boats leave") == found(engine, "when do the boats leave")


def test_vectors_of_other_weights_are_refused_with_both_sides_named(engine: Engine, tmp_path: Path) -> None:
    engine.stores.db.execute("UPDATE generation SET fingerprint = 'made-by-other-weights'")
    with Engine(tmp_path / "data") as other, pytest.raises(FingerprintMismatchError, match="knowbot reindex"):
        other.answers.answer(Question("when do the boats leave"))


def test_without_a_former_generation_there_is_no_return(engine: Engine) -> None:
    with pytest.raises(NothingToRollBackToError):
        engine.library.rollback(SPACE)


def test_more_dimensions_than_the_encoder_has_are_refused(engine: Engine) -> None:
    with pytest.raises(TooManyDimensionsError, match="has 384 dimensions, so 500"):
        engine.library.reindex(SPACE, None, 500)
    assert dimensions(engine) == 384


def test_an_index_goes_once_it_was_retired_for_long_with_its_file_and_the_active_one_stays(
    tmp_path: Path, folder: Path
) -> None:
    now = [1_000.0]
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: now[0]) as engine:
        engine.library.ingest(folder, SPACE)
        engine.library.reindex(SPACE, "hashing:64", None)
        rejected = engine.spaces.create(SPACE, "hashing:32")
        fill(engine.stores, rejected)
        now[0] += 99
        assert engine.refresher.drop_retired(100.0) == 0
        now[0] += 2
        assert engine.refresher.drop_retired(100.0) == 2
        assert [(g.state, g.dimensions) for g in engine.stores.generations.live(SPACE)] == [("active", 64)]
        owners = {file.name.partition(".")[0].partition("-")[0] for file in (tmp_path / "data" / "index").iterdir()}
        assert owners == {"2"}
        assert found(engine, "when do the boats leave")[0] == "harbour.md#when-do-the-boats-leave"
        with pytest.raises(NothingToRollBackToError):
            engine.library.rollback(SPACE)


def test_an_index_file_full_of_what_was_removed_is_written_anew(engine: Engine, folder: Path) -> None:
    """Step by step, so that no step alone changes much."""
    for number in range(60):
        (folder / f"{number:02}.md").write_text(f"# Page {number}\n\nShip {number} has {number} masts.\n", "utf-8")
    engine.library.ingest(folder, SPACE)
    index = engine.spaces.active(SPACE).index
    index.save(afresh=True)
    for first in range(0, 24, 4):
        for number in range(first, first + 4):
            (folder / f"{number:02}.md").unlink()
        engine.library.ingest(folder, SPACE)
    engine.upkeep.save_indexes()
    engine.upkeep.save_indexes()
    (name,) = {file.name for file in (engine.stores.data_dir / "index").glob("1-*.usearch")}
    inside = Index.metadata(engine.stores.data_dir / "index" / name)
    assert inside is not None
    nodes = inside["count_present"] + inside["count_deleted"]
    assert inside["count_deleted"] <= 0.2 * nodes
    assert not index.needs_saving()
    assert index.verify() == []
