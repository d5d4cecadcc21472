"""The example changes its encoder while somebody asks two questions a second: no answer fails, none is mixed."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.types import Question
from tests.command_line import EXAMPLE, KnowbotCommand

pytestmark = [pytest.mark.faults, pytest.mark.model, pytest.mark.timeout(600)]

SPACE = "default"
MODEL = "sentence-transformers/all-MiniLM-L6-v2"
QUESTIONS = ("how do I reset the admin password", "what port does the web interface use", "how do refunds work")


def test_a_migration_is_answered_through_rolled_back_killed_and_taken_up(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "docs"))
    knowbot = KnowbotCommand(tmp_path / "data")
    knowbot.ok("ingest", str(folder))
    with Engine(knowbot.data_dir) as engine:
        engine.spaces.embedder(MODEL).encoder.load("query")  # type: ignore[union-attr]
        process = knowbot.start("reindex", "--encoder", MODEL, "--dimensions", "256", "--accept-lower")
        seen: set[int] = set()
        asked = 0
        while process.poll() is None or 256 not in seen:
            seen.add(ask(engine, QUESTIONS[asked % len(QUESTIONS)]))
            asked += 1
            time.sleep(0.5)
            assert asked < 400, "the index was never switched to"
        assert process.returncode == 0, process.communicate()[1]
        assert seen == {384, 256}
        assert engine.upkeep.problems() == []

        (folder / "new.md").write_text("# Zebra crossing\n\nThe zebra crossing is painted on Mondays.\n", "utf-8")
        (folder / "faq.md").unlink()
        knowbot.ok("ingest", str(folder))
        knowbot.ok("index", "rollback")
        assert ask(engine, QUESTIONS[0]) == 384
        assert found(engine, "when is the zebra crossing painted")[0] == "new.md"
        assert "faq.md" not in found(engine, QUESTIONS[0])

        killed = knowbot.start("reindex", "--encoder", MODEL, "--dimensions", "128", "--accept-lower")
        while not vectors(engine, 128):
            assert killed.poll() is None
            time.sleep(0.02)
        killed.kill()
        killed.communicate()
        assert ask(engine, QUESTIONS[0]) == 384
        kept = vectors(engine, 128)
        knowbot.ok("reindex", "--encoder", MODEL, "--dimensions", "128", "--accept-lower")
        assert ask(engine, QUESTIONS[0]) == 128
        assert vectors(engine, 128) >= kept
        assert found(engine, "when is the zebra crossing painted")[0] == "new.md"
        assert "faq.md" not in found(engine, QUESTIONS[0])
        assert engine.upkeep.problems() == []


def ask(engine: Engine, text: str) -> int:
    """Asks, and sees that what is found is of one index only; the dimensions of the one that was active meanwhile."""
    before = engine.spaces.active(SPACE).generation
    answer = engine.answers.answer(Question(text))
    after = engine.spaces.active(SPACE).generation
    assert answer.candidates
    ids = [candidate.chunk.id for candidate in answer.candidates]
    chunkings = {
        chunking
        for number in ids
        for (chunking,) in engine.stores.db.rows("SELECT chunking_id FROM chunk WHERE id = ?", (number,))
    }
    assert len(chunkings) == 1
    assert chunkings <= {before.chunking_id, after.chunking_id}
    return after.dimensions


def found(engine: Engine, text: str) -> list[str]:
    return [each.chunk.document_location for each in engine.answers.answer(Question(text)).candidates[:10]]


def vectors(engine: Engine, dimensions: int) -> int:
    rows = engine.stores.db.rows(
        "SELECT count(*) FROM vector JOIN generation ON generation.id = generation_id WHERE dimensions = ?",
        (dimensions,),
    )
    return int(rows[0][0])
