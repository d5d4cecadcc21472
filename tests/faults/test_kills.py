"""``kill -9`` at random moments: what was stored stays, what was under way is taken up, and answers are the same."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from storage.stores import open_stores
from tests.command_line import EXAMPLE, KnowbotCommand

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

KILLS = 10
QUESTIONS = ("how do I reset the admin password", "what port does the web interface use", "how do refunds work")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> KnowbotCommand:
    """A data folder that nobody killed anything in, on a second encoder."""
    twin = KnowbotCommand(tmp_path_factory.mktemp("twin"))
    twin.ok("ingest", str(EXAMPLE))
    return twin


def test_an_ingest_killed_ten_times_ends_like_an_undisturbed_one(tmp_path: Path, undisturbed: KnowbotCommand) -> None:
    knowbot = KnowbotCommand(tmp_path)
    whole = _seconds(KnowbotCommand(tmp_path / "timing"), "ingest", str(EXAMPLE))
    moment = random.Random(1)
    stored = 0
    for _ in range(KILLS):
        _killed(knowbot, moment.uniform(0.2, 1.0) * whole, "ingest", str(EXAMPLE))
        survived = _documents(tmp_path)
        assert survived >= stored, "a document that was stored has gone"
        stored = survived
        assert _problems(tmp_path) == []
    knowbot.ok("ingest", str(EXAMPLE))
    assert _content(tmp_path) == _content(undisturbed.data_dir)
    assert _answers(knowbot) == _answers(undisturbed)
    assert "all is well" in knowbot.ok("doctor")


def test_a_reindex_killed_ten_times_is_taken_up_and_encodes_nothing_twice(
    tmp_path: Path, undisturbed: KnowbotCommand
) -> None:
    knowbot = KnowbotCommand(tmp_path)
    knowbot.ok("ingest", str(EXAMPLE))
    moment = random.Random(2)
    vectors = 0
    for turn in range(KILLS):
        before = _answers(knowbot) if turn == 0 else None
        _killed(knowbot, moment.uniform(0.4, 1.6), "reindex", "--encoder", "hashing:256")
        survived = _vectors(tmp_path)
        assert survived >= vectors, "a vector that was stored has gone"
        vectors = survived
        assert before is None or _active_dimensions(tmp_path) == 256 or _answers(knowbot) == before
        assert _problems(tmp_path) == []
    knowbot.ok("reindex", "--encoder", "hashing:256")
    undisturbed.ok("reindex", "--encoder", "hashing:256")
    assert _answers(knowbot) == _answers(undisturbed)
    assert "complete and agrees" in knowbot.ok("index", "verify")
    with open_stores(tmp_path) as stores:
        encoded = sum(day.texts for day in stores.ledger.by_day_and_model(0) if day.operation == "reindex")
        new = stores.db.rows("SELECT count(*) FROM vector WHERE generation_id = 2")[0][0]
    # A batch that was being encoded when the kill came is lost; what was stored is never encoded again.
    assert encoded <= new + KILLS * 130


def test_two_processes_ingest_the_same_folder_at_once(tmp_path: Path, undisturbed: KnowbotCommand) -> None:
    knowbot = KnowbotCommand(tmp_path)
    processes = [knowbot.start("ingest", str(EXAMPLE)) for _ in range(2)]
    for process in processes:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
    assert _content(tmp_path) == _content(undisturbed.data_dir)
    assert _problems(tmp_path) == []
    assert "all is well" in knowbot.ok("doctor")


def _killed(knowbot: KnowbotCommand, seconds: float, *arguments: str) -> None:
    process = knowbot.start(*arguments)
    time.sleep(seconds)
    process.kill()
    process.communicate(timeout=60)


def _seconds(knowbot: KnowbotCommand, *arguments: str) -> float:
    started = time.monotonic()
    knowbot.ok(*arguments)
    return time.monotonic() - started


def _documents(data_dir: Path) -> int:
    with open_stores(data_dir) as stores:
        return stores.documents.counts("default").documents


def _vectors(data_dir: Path) -> int:
    with open_stores(data_dir) as stores:
        return int(stores.db.rows("SELECT count(*) FROM vector")[0][0])


def _active_dimensions(data_dir: Path) -> int:
    with open_stores(data_dir) as stores:
        active = stores.generations.active("default")
        return active.dimensions if active else 0


def _problems(data_dir: Path) -> list[str]:
    with open_stores(data_dir) as stores:
        return stores.integrity_problems()


def _content(data_dir: Path) -> list[tuple[object, ...]]:
    """Every chunk of the hashing encoder's own chunking with its vector, by address; ids may differ."""
    with open_stores(data_dir) as stores:
        return stores.db.rows(
            "SELECT chunk.location, ordinal, chunk.text, kind, data "
            "FROM chunk JOIN vector ON vector.chunk_id = chunk.id WHERE generation_id = 1 ORDER BY 1, 2, 4"
        )


def _answers(knowbot: KnowbotCommand) -> list[object]:
    answers = [json.loads(knowbot.ok("ask", question, "--json")) for question in QUESTIONS]
    return [(answer["decision"], answer["sources"]) for answer in answers]
