"""A worker that is killed again and again, and one whose memory does not suffice."""

from __future__ import annotations

import os
import random
import subprocess
import time
from pathlib import Path

import pytest

from bot.work.starting import start_worker
from retrieval.encoders.registry import DEFAULT_ENCODER
from storage.jobs import LEASE_SECONDS
from storage.stores import Stores, open_stores
from tests.command_line import EXAMPLE, KnowbotCommand

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

KILLS = 5
PAGES = 1200
SPACE = "default"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(PAGES):
        parts = "\n\n".join(f"## Part {part}\n\n{f'Page {number} says {part} things. ' * 40}" for part in range(4))
        (folder / f"{number:04}.md").write_text(f"# Page {number}\n\n{parts}\n", encoding="utf-8")
    return folder


def test_an_ingest_whose_worker_is_killed_five_times_ends_like_an_undisturbed_twin(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWBOT_ENCODER", "hashing")
    twin = KnowbotCommand(tmp_path / "twin")
    twin.ok("ingest", str(folder))
    moment = random.Random(1)
    survived = 0
    with open_stores(tmp_path / "data") as stores:
        job = stores.jobs.add("ingest", SPACE, time.time(), {"path": str(folder)})
        for _ in range(KILLS):
            worker = start_worker(stores.data_dir)
            _until_held(stores, job.id)
            time.sleep(moment.uniform(0.0, 0.6))
            worker.kill()
            worker.wait()
            # An operator who restarts five times in a minute: the lease runs out, and no attempt counts for the job.
            stores.db.execute("UPDATE job SET lease_until = lease_until - ?, attempts = 0", (LEASE_SECONDS,))
            assert stores.documents.counts(SPACE).documents >= survived, "a document that was stored has gone"
            survived = stores.documents.counts(SPACE).documents
            assert stores.integrity_problems() == []
        assert 0 < survived < PAGES, "the kills came too late, or too early, to prove anything"
        assert start_worker(stores.data_dir).wait(120) == 0
        assert stores.jobs.get(job.id).state == "done"
    assert _content(tmp_path / "data") == _content(tmp_path / "twin")
    assert "all is well" in KnowbotCommand(tmp_path / "data").ok("doctor")


def test_a_job_that_kills_its_worker_three_times_is_given_up_and_the_next_one_is_done(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWBOT_ENCODER", "hashing")
    with open_stores(tmp_path / "data") as stores:
        bad = stores.jobs.add("ingest", SPACE, time.time(), {"path": str(folder)})
        good = stores.jobs.add("evict", "", time.time())
        for _ in range(3):
            worker = start_worker(stores.data_dir)
            _until_held(stores, bad.id)
            worker.kill()
            worker.wait()
            stores.db.execute("UPDATE job SET lease_until = lease_until - ?", (LEASE_SECONDS,))
        assert start_worker(stores.data_dir).wait(60) == 0
        assert "ended the worker 3 times" in stores.jobs.get(bad.id).outcome
        assert (stores.jobs.get(bad.id).state, stores.jobs.get(good.id).state) == ("failed", "done")


@pytest.mark.model
def test_a_job_that_needs_more_memory_than_it_may_use_fails_in_a_sentence_and_the_next_one_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real model does not fit into so little."""
    monkeypatch.setenv("KNOWBOT_ENCODER", DEFAULT_ENCODER)
    monkeypatch.setenv("KNOWBOT_WORKER_MEMORY_MB", "512")
    with open_stores(tmp_path / "data") as stores:
        bad = stores.jobs.add("ingest", SPACE, time.time(), {"path": str(EXAMPLE)})
        good = stores.jobs.add("evict", "", time.time())
        process = start_worker(stores.data_dir)
        peak = _peak_until_gone(process)
        assert process.returncode == 0
        failed = stores.jobs.get(bad.id)
        assert (failed.state, failed.attempts) == ("failed", 1)
        assert "512 MB that a worker may use were not enough: raise worker_memory_mb" in failed.outcome
        assert peak < 800, f"{peak} MB were used"
        assert start_worker(stores.data_dir).wait(60) == 0
        assert stores.jobs.get(good.id).state == "done"
        assert stores.integrity_problems() == []


def _until_held(stores: Stores, job_id: int) -> None:
    deadline = time.monotonic() + 30
    while (stores.jobs.get(job_id).lease_until or 0.0) < time.time():
        assert time.monotonic() < deadline, "no worker took the job up"
        time.sleep(0.02)


def _peak_until_gone(process: subprocess.Popen[bytes]) -> float:
    """Megabytes that the process had at most."""
    peak, page = 0, os.sysconf("SC_PAGE_SIZE")
    while process.poll() is None:
        try:
            peak = max(peak, int(Path(f"/proc/{process.pid}/statm").read_text(encoding="utf-8").split()[1]))
        except (OSError, IndexError):
            break
        time.sleep(0.1)
    process.wait()
    return peak * page / 1e6


def _content(data_dir: Path) -> list[tuple[object, ...]]:
    with open_stores(data_dir) as stores:
        return stores.db.rows(
            "SELECT chunk.location, ordinal, chunk.text, kind, data "
            "FROM chunk JOIN vector ON vector.chunk_id = chunk.id ORDER BY 1, 2, 4"
        )
