"""A clock that was set back: nothing is lost, nothing expires early, and the upkeep goes on."""

from __future__ import annotations

from pathlib import Path

from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from retrieval.types import Asked, Question

SPACE = "default"
LATER, EARLIER = 2_000_000_000.0, 1_000_000_000.0


def test_everything_works_on_after_the_clock_was_set_back(tmp_path: Path) -> None:
    now = [LATER]
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "boats.md").write_text("# Boats\n\nThe boats leave at noon.\n", encoding="utf-8")
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: now[0]) as engine:
        engine.library.ingest(folder, SPACE)
        engine.library.reindex(SPACE, "hashing:64", None)
        before = engine.answers.answer(Question("when do the boats leave"))
        now[0] = EARLIER
        answer = engine.answers.answer(Question("when do the boats leave"))
        assert answer.candidates == before.candidates
        assert engine.conversations.record(answer, Asked("test")) is not None
        (folder / "fares.md").write_text("# Fares\n\nA fare is four euros.\n", encoding="utf-8")
        assert engine.refresher.refresh().sentence.startswith("1 source: 1 new, 0 changed")
        assert engine.answers.answer(Question("what is a fare")).candidates[0].chunk.document_location == "fares.md"
        assert engine.refresher.drop_retired(100.0) == 0
        assert engine.library.rollback(SPACE).generation.dimensions == 384
        engine.upkeep.evict_cache()
        engine.upkeep.roll_up()
        assert engine.upkeep.problems() == []
        assert engine.conversations.recalled(SPACE) == []
