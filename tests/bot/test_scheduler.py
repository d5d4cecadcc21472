"""The clock against a real queue: what a downtime leaves, what runs in time, and what a locked database does."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from itertools import pairwise
from pathlib import Path

import pytest

from bot.scheduler import ORIGIN, Scheduler, missed_runs
from bot.settings import ScheduleSettings
from bot.work.jobs import JOBS
from storage import database
from storage.jobs import Job
from storage.stores import DATABASE, Stores, open_stores

HOUR = 3600.0


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(tmp_path / "data") as opened:
        yield opened


@asynccontextmanager
async def running(stores: Stores, **intervals: float) -> AsyncIterator[None]:
    scheduler = Scheduler(stores.jobs, stores.schedule, intervals)
    await scheduler.start()
    try:
        yield
    finally:
        await scheduler.stop()


async def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.02)


def done(stores: Stores, name: str, due: float) -> Job:
    """A run of the schedule that was due then and has ended."""
    job = stores.jobs.add(name, "", due, origin=ORIGIN)
    claimed = stores.jobs.claim("worker", due)
    assert claimed is not None
    stores.jobs.end(claimed, "done", "well", due)
    return job


def runs(stores: Stores, name: str) -> list[Job]:
    return [job for job in stores.jobs.recent(99) if job.name == name]


@pytest.mark.parametrize(
    ("since_last", "missed"),
    [(0.0, 0), (59.9, 0), (60.0, 0), (89.0, 0), (91.0, 1), (119.9, 1), (120.0, 1), (300.0, 4), (331.0, 5)],
)
def test_a_run_on_time_is_no_miss_and_a_late_one_is(since_last: float, missed: int) -> None:
    assert missed_runs(since_last, 60.0) == missed


def test_every_name_of_the_schedule_is_a_job() -> None:
    assert set(ScheduleSettings().model_dump()) <= set(JOBS)


@pytest.mark.asyncio
async def test_what_was_never_done_is_due_at_once(stores: Stores) -> None:
    async with running(stores, refresh=HOUR, backup=HOUR):
        await until(lambda: len(stores.jobs.recent(9)) == 2)
    assert {(job.name, job.origin, job.missed, job.space) for job in stores.jobs.recent(9)} == {
        ("refresh", ORIGIN, 0, ""),
        ("backup", ORIGIN, 0, ""),
    }


@pytest.mark.asyncio
async def test_a_downtime_is_caught_up_by_one_run_that_says_how_many_it_stands_for(stores: Stores) -> None:
    done(stores, "refresh", time.time() - 5.5 * HOUR)
    done(stores, "backup", time.time() - 0.5 * HOUR)
    async with running(stores, refresh=HOUR, backup=HOUR):
        await until(lambda: len(runs(stores, "refresh")) == 2)
        await asyncio.sleep(0.3)
    (caught_up,) = (job for job in runs(stores, "refresh") if job.state == "queued")
    assert caught_up.missed == 5
    assert len(runs(stores, "refresh")) == 2
    assert len(runs(stores, "backup")) == 1, "it is not due for half an hour"
    async with running(stores, refresh=HOUR):
        await asyncio.sleep(0.3)
    assert [job.missed for job in runs(stores, "refresh") if job.state == "queued"] == [5], "caught up once"


@pytest.mark.asyncio
async def test_it_runs_at_its_interval_as_long_as_it_is_not_stopped(stores: Stores) -> None:
    async with running(stores, refresh=1.0):
        for number in range(1, 4):
            await until(lambda number=number: len(runs(stores, "refresh")) == number)  # type: ignore[misc]
            claimed = stores.jobs.claim("worker", time.time())
            assert claimed is not None
            stores.jobs.end(claimed, "done", "well", time.time())
    due = sorted(job.due_at for job in runs(stores, "refresh"))
    assert [later - earlier for earlier, later in pairwise(due)] == pytest.approx([1.0, 1.0], abs=0.4)
    assert [job.missed for job in runs(stores, "refresh")] == [0, 0, 0]
    await asyncio.sleep(1.5)
    assert len(runs(stores, "refresh")) == 3, "it went on after it was stopped"


@pytest.mark.asyncio
async def test_a_clock_that_was_set_back_delays_a_run_by_its_interval_at_most(stores: Stores) -> None:
    done(stores, "refresh", time.time() + 99 * HOUR)
    async with running(stores, refresh=1.0):
        await until(lambda: len(runs(stores, "refresh")) == 2, 4.0)
    assert runs(stores, "refresh")[0].state == "queued"


@pytest.mark.asyncio
async def test_a_locked_database_neither_stops_the_clock_nor_blocks_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.5)
    with open_stores(tmp_path / "data") as stores, closing(sqlite3.connect(stores.data_dir / DATABASE)) as holder:
        holder.isolation_level = None
        async with running(stores, refresh=1.0):
            await until(lambda: len(runs(stores, "refresh")) == 1)
            holder.execute("BEGIN IMMEDIATE")
            worst = await longest_gap(2.5)
            holder.execute("ROLLBACK")
            locked_out = runs(stores, "refresh")[0].missed
            await until(lambda: runs(stores, "refresh")[0].missed > locked_out)
    assert worst < 0.4, f"the loop stood still for {worst:.1f} s"
    assert "could not be queued and is tried again soon" in caplog.text
    assert "locked by another process" in caplog.text


async def longest_gap(seconds: float) -> float:
    """The longest time in which the loop did nothing at all, while it might have every 20 ms."""
    worst, last = 0.0, time.monotonic()
    end = last + seconds
    while last < end:
        await asyncio.sleep(0.02)
        now = time.monotonic()
        worst, last = max(worst, now - last), now
    return worst


@pytest.mark.asyncio
async def test_a_loop_that_stood_still_runs_late_and_records_the_miss(
    stores: Stores, caplog: pytest.LogCaptureFixture
) -> None:
    done(stores, "refresh", time.time() - 1.8)
    with caplog.at_level(logging.WARNING):
        async with running(stores, refresh=2.0):
            time.sleep(1.6)
            await until(lambda: len(runs(stores, "refresh")) == 2)
    (late,) = (job for job in runs(stores, "refresh") if job.state == "queued")
    assert late.missed == 1
    assert "was missed by" in caplog.text
    assert "made up for now" in caplog.text


def test_what_rests_is_not_queued_and_is_not_missed_when_it_goes_on(stores: Stores) -> None:
    stores.jobs.add("backup", "", 1.0, origin=ORIGIN)
    first = stores.jobs.claim("worker", 1.0)
    assert first is not None
    stores.jobs.end(first, "done", "", 2.0)
    stores.schedule.rest("backup", True, "console", 3.0)
    scheduler = Scheduler(stores.jobs, stores.schedule, {"backup": 60.0}, lambda: 600.0)
    scheduler._queue("backup")
    assert stores.schedule.last_due("backup") == 1.0
    stores.schedule.rest("backup", False, "console", 550.0)
    scheduler._queue("backup")
    (job,) = [job for job in stores.jobs.recent(9) if job.state == "queued"]
    assert (job.name, job.missed) == ("backup", 0)
    assert stores.schedule.runs().due == {"backup": 600.0}
    assert stores.schedule.runs().ended["backup"].id == first.id
    assert stores.schedule.runs().latest["backup"].id == job.id
