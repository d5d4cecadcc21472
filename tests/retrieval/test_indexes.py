"""Generations looked at, measured, switched to and deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from storage.generations import GenerationInUseError

SPACE = "default"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(12):
        text = f"# Boat {number}\n\n## When does boat {number} leave?\n\nBoat {number} leaves at {number}.\n"
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    settings = RetrievalSettings(encoder="hashing:64", exact_up_to=0)
    with Engine(tmp_path / "data", settings, clock=lambda: 1_000.0) as engine:
        engine.library.ingest(folder, SPACE)
        engine.library.reindex(SPACE, "hashing:128", None)
        yield engine


def test_every_generation_tells_what_it_holds_and_takes(engine: Engine) -> None:
    new, old = engine.indexes.overview(SPACE)
    assert (new.generation.state, old.generation.state) == ("active", "retired")
    assert new.vector_bytes == (new.counts.passages + new.counts.titles) * 128 * 4
    assert new.vector_bytes == 2 * old.vector_bytes
    assert new.file_bytes > 0
    assert new.chunking.digest == old.chunking.digest


def test_recall_is_measured_against_every_vector(engine: Engine) -> None:
    active = engine.spaces.active(SPACE).generation
    assert engine.indexes.recall(active.id) > 0.9


def test_sizes_are_measured_on_the_generation_that_answers(engine: Engine) -> None:
    reports = engine.indexes.sizes(SPACE)
    assert [report.dimensions for report in reports[::4]] == [128, 64, 32]
    assert reports[0].kept == 1.0


def test_a_retired_generation_answers_again_and_another_can_be_deleted(engine: Engine) -> None:
    new, old = engine.indexes.overview(SPACE)
    with pytest.raises(GenerationInUseError):
        engine.indexes.drop(new.generation.id)
    assert engine.indexes.switch_to(old.generation.id).generation.dimensions == 64
    engine.indexes.drop(new.generation.id)
    (left,) = engine.indexes.overview(SPACE)
    assert left.generation.id == old.generation.id
    assert engine.upkeep.problems() == []
