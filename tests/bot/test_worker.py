"""The worker as a process of its own: does what is queued, survives a kill, gives back what it must leave."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.work.starting import LOG_FILE, WorkerStarter, start_worker
from storage.jobs import LEASE_SECONDS, Job
from storage.stores import Stores, open_stores

SPACE = "default"
MANY = 900
LOWEST = 19
"""The lowest priority that there is; the worker takes ten off whatever it was started with."""


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    monkeypatch.setenv("KNOWBOT_ENCODER", "hashing")
    monkeypatch.chdir(tmp_path)
    with open_stores(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def worker(stores: Stores) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts workers over the data folder and ends those that are left."""
    started = []

    def start() -> subprocess.Popen[bytes]:
        started.append(start_worker(stores.data_dir, log=stores.data_dir / LOG_FILE))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def docs(tmp_path: Path, count: int) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(count):
        body = "\n\n".join(f"## Part {part}\n\n{f'Page {number} says {part} things. ' * 40}" for part in range(4))
        (folder / f"{number:04}.md").write_text(f"# Page {number}\n\n{body}\n", encoding="utf-8")
    return folder


def ingest(stores: Stores, folder: Path) -> Job:
    return stores.jobs.add("ingest", SPACE, time.time(), {"path": str(folder)})


def until(condition: Callable[[], bool], seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def polled(starter: WorkerStarter, condition: Callable[[], bool]) -> None:
    """As the bot does, but more often."""

    def holds() -> bool:
        starter.poll()
        return condition()

    until(holds)


def documents(stores: Stores) -> int:
    return stores.documents.counts(SPACE).documents


def test_a_worker_does_what_is_queued_modestly_and_is_gone_when_idle(
    stores: Stores, worker: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    first, second = ingest(stores, docs(tmp_path, 3)), stores.jobs.add("no such job", "", time.time())
    process = worker()
    until(lambda: stores.jobs.get(second.id).state == "failed")
    done, failed = stores.jobs.get(first.id), stores.jobs.get(second.id)
    assert (done.state, done.done_units, done.total_units) == ("done", 3, 3)
    assert "3 new, 0 changed" in done.outcome
    assert "there is no job 'no such job'" in failed.outcome
    assert os.getpriority(os.PRIO_PROCESS, process.pid) == min(os.getpriority(os.PRIO_PROCESS, 0) + 10, LOWEST)
    assert os.getsid(process.pid) == process.pid
    limits = Path(f"/proc/{process.pid}/limits").read_text(encoding="utf-8")
    assert f"Max data size             {3840 << 20}" in limits
    assert process.wait(20) == 0


def test_a_job_whose_worker_was_killed_is_ended_by_the_next_one(
    stores: Stores, worker: Callable[[], subprocess.Popen[bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ingest(stores, docs(tmp_path, MANY))
    process = worker()
    until(lambda: documents(stores) > 0)
    process.kill()
    process.wait()
    interrupted, survived = stores.jobs.get(job.id), documents(stores)
    assert interrupted.state == "running"
    assert 0 < survived < MANY
    # As if the lease had run out: nobody waits fifteen seconds in a test.
    stores.db.execute("UPDATE job SET lease_until = lease_until - ?", (LEASE_SECONDS,))
    worker()
    until(lambda: stores.jobs.get(job.id).state == "done")
    ended = stores.jobs.get(job.id)
    assert ended.attempts == 2
    assert int(ended.outcome.split(": ")[1].split(" new")[0]) <= MANY - survived
    assert documents(stores) == MANY
    assert stores.integrity_problems() == []


def test_a_worker_that_has_to_stop_gives_its_job_back_and_ends_well(
    stores: Stores, worker: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    job = ingest(stores, docs(tmp_path, MANY))
    process = worker()
    until(lambda: documents(stores) > 0)
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0
    given_back = stores.jobs.get(job.id)
    assert (given_back.state, given_back.attempts, given_back.lease_holder) == ("queued", 0, None)
    assert documents(stores) < MANY


def test_a_paused_job_is_given_back_within_seconds_and_goes_on_where_it_was(
    stores: Stores, worker: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    job = ingest(stores, docs(tmp_path, MANY))
    worker()
    until(lambda: documents(stores) > 0)
    stores.jobs.pause(job.id, time.time())
    until(lambda: stores.jobs.get(job.id).state == "queued", 5.0)
    rests, stored = stores.jobs.get(job.id), documents(stores)
    assert 0 < stored < MANY
    assert (rests.attempts, rests.lease_holder) == (0, None)
    time.sleep(0.6)  # the same worker looks for other work and must not take it up again
    assert documents(stores) == stored
    stores.jobs.resume(job.id)
    worker()
    until(lambda: stores.jobs.get(job.id).state == "done")
    ended = stores.jobs.get(job.id)
    assert int(ended.outcome.split(": ")[1].split(" new")[0]) <= MANY - stored
    assert documents(stores) == MANY


def test_progress_is_written_down_while_the_work_goes_on(
    stores: Stores, worker: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    job = ingest(stores, docs(tmp_path, 2 * MANY))
    worker()
    until(lambda: stores.jobs.get(job.id).done_units > 0)
    seen = stores.jobs.get(job.id)
    assert (seen.state, seen.total_units) == ("running", 2 * MANY)
    assert seen.seconds_left(time.time()) is not None
    assert seen.lease_until is not None
    assert seen.started_at is not None
    assert seen.lease_until > seen.started_at + LEASE_SECONDS + 1


@pytest.mark.faults
def test_a_worker_that_lost_its_lease_drops_the_job_and_notes_nothing(
    stores: Stores, worker: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    job = ingest(stores, docs(tmp_path, 2 * MANY))
    process = worker()
    until(lambda: stores.jobs.get(job.id).state == "running")
    with stores.write():
        stores.db.execute("UPDATE job SET lease_holder = 'another', lease_until = ?", (time.time() + 14,))
    assert process.wait(20) == 0
    left = stores.jobs.get(job.id)
    assert (left.state, left.lease_holder, left.outcome, left.done_units) == ("running", "another", "", 0)
    assert documents(stores) < 2 * MANY
    assert "taken over by another worker" in (stores.data_dir / LOG_FILE).read_text(encoding="utf-8")


def test_the_starter_starts_one_worker_when_there_is_work_and_stops_it(stores: Stores, tmp_path: Path) -> None:
    starter = WorkerStarter(stores.queue_watch, stores.data_dir, log=stores.data_dir / LOG_FILE)
    starter.poll()
    assert not (stores.data_dir / LOG_FILE).exists(), "a worker was started for nothing"
    job = ingest(stores, docs(tmp_path, MANY))
    polled(starter, lambda: documents(stores) > 0)
    starter.stop()
    assert stores.jobs.get(job.id).state == "queued"
    starter.stop()


def test_a_worker_that_cannot_begin_is_not_started_again_and_again(
    stores: Stores, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = tmp_path / "broken.toml"
    config.write_text("space = \n", encoding="utf-8")
    stores.jobs.add("evict", "", time.time())
    log = stores.data_dir / LOG_FILE
    starter = WorkerStarter(stores.queue_watch, stores.data_dir, config, log)
    with caplog.at_level(logging.WARNING):
        polled(starter, lambda: bool(caplog.messages))
    for _ in range(5):
        starter.poll()
        time.sleep(0.1)
    assert "started in 5 s at the earliest" in caplog.text
    assert log.read_text(encoding="utf-8").count("not valid TOML") == 1
    assert stores.jobs.recent(1)[0].state == "queued"


def test_a_folder_named_like_ours_in_the_working_folder_is_not_imported(
    stores: Stores, worker: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    for name in ("bot", "storage"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit(9)", encoding="utf-8")
    job = stores.jobs.add("evict", "", time.time())
    process = worker()
    until(lambda: stores.jobs.get(job.id).state == "done" or process.poll() is not None)
    assert stores.jobs.get(job.id).state == "done"
