"""Two hundred hostile files in one ingest: every one is named, the good ones answer, and so does the bot meanwhile."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.work.starting import start_worker
from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from retrieval.types import Question
from storage.stores import open_stores
from tests.faults.hostile import good, hostile_files, write_all

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

SPACE = "default"
HOSTILE, GOOD = 200, 18
MOST_MEMORY = 2_000_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    write_all(folder, HOSTILE, GOOD)
    return folder


def test_a_worker_reads_what_is_good_among_hostile_files_and_the_bot_answers_meanwhile(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWBOT_ENCODER", "hashing")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "known.md").write_text("# Anchor\n\nThe anchor weighs two tonnes.\n", encoding="utf-8")
    with (
        Engine(tmp_path / "data", RetrievalSettings(encoder="hashing")) as engine,
        open_stores(tmp_path / "data") as stores,
    ):
        engine.library.ingest(tmp_path / "known.md", SPACE)
        job = stores.jobs.add("ingest", SPACE, time.time(), {"path": str(folder)})
        worker = start_worker(stores.data_dir)
        largest, slowest = 0, 0.0
        while worker.poll() is None:
            largest = max(largest, memory_of(worker.pid))
            before = time.monotonic()
            assert engine.answers.answer(Question("what does the anchor weigh")).sources
            slowest = max(slowest, time.monotonic() - before)
            time.sleep(0.1)
        done = stores.jobs.get(job.id)
        assert done.state == "done", done.outcome
        assert f"{GOOD} new" in done.outcome
        assert f"{HOSTILE} skipped" in done.outcome
        assert 0 < largest < MOST_MEMORY
        assert slowest < 5
        for number in range(GOOD):
            answer = engine.answers.answer(Question(f"where hangs the lantern number {number} in harbour {number}"))
            assert any(good(number)[0] in source.location for source in answer.sources)
        assert engine.upkeep.problems() == []


def test_every_hostile_file_is_named_with_a_sentence(tmp_path: Path, folder: Path) -> None:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing")) as engine:
        report = engine.library.plan(folder, SPACE)
    assert {skipped.location for skipped in report.skipped} == hostile_files(HOSTILE).keys()
    assert all(skipped.location in skipped.reason and skipped.reason.endswith(".") for skipped in report.skipped)
    assert len(report.new) == GOOD


def memory_of(pid: int) -> int:
    """Bytes that a process and those that it started have in memory."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return pages * 4096 + sum(memory_of(int(child)) for child in children)
