"""Health, freshness and work."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.costs.budget import BudgetLimits
from retrieval.costs.pricing import Price
from retrieval.engine import Engine
from storage.records import DEFAULT_SPACE
from tests.tui.building import (
    NOW,
    SETTINGS,
    SIZE,
    a_console,
    fill,
    lines,
    looking,
    screen_text,
    shown,
    text_of,
    until,
    write_pages,
)
from tui import app
from tui.app import Surroundings, make_console

pytestmark = pytest.mark.asyncio


async def test_all_is_well(data_dir: Path) -> None:
    async with a_console(data_dir).run_test(size=SIZE) as pilot:
        await shown(pilot, "✓ Nothing is wrong")
        text = screen_text(pilot)
        assert "after 2 missed runs: 1 source" in text
        assert "hashing:64, 64 dimensions, 3 passages" in text_of(pilot, "#state")
        assert "2 messages wait for a verdict" in text
        assert lines(pilot, "#trends")[0] == ["questions", "6", "······· │ ······█", "6", "new"]
        assert lines(pilot, "#sources") == [["…/handbook", "yesterday", "✓ up to date"]]


async def test_what_changed_on_disk_is_named_with_its_reason(tmp_path: Path) -> None:
    handbook = write_pages(tmp_path / "handbook")
    fill(tmp_path / "data", handbook)
    (handbook / "prices.md").unlink()
    async with a_console(tmp_path / "data").run_test(size=SIZE) as pilot:
        await shown(pilot, "1 out of date")
        assert lines(pilot, "#sources")[1] == ["· prices.md", "", "! gone from its source"]


async def test_enter_goes_where_a_need_is_seen_to(data_dir: Path) -> None:
    async with a_console(data_dir).run_test(size=SIZE) as pilot:
        await shown(pilot, "✓ Nothing is wrong")
        assert [line[:2] for line in lines(pilot, "#needs")] == [["!", "5"], ["!", "3"], ["!", "3"]]
        await pilot.press("down", "enter")
        await shown(pilot, "▸3 Questions")
        await until(pilot, lambda: [line[1] for line in lines(pilot, "#question-table")] == ["what does a year cost"])


async def test_a_silent_clock_and_a_spent_budget_are_named(data_dir: Path) -> None:
    def engine(folder: Path) -> Engine:
        return Engine(folder, replace(SETTINGS, budget=BudgetLimits(day=1.0)), lambda: NOW)

    with engine(data_dir) as spender:
        spender.meter.budget.reserve(Price(0.9, "published"))
    console = make_console(
        lambda: engine(data_dir), DEFAULT_SPACE, lambda: None, lambda: NOW, surroundings=Surroundings({"refresh": 60.0})
    )
    async with console.run_test(size=SIZE) as pilot:
        await shown(pilot, "✗ 1 thing needs you")
        text = screen_text(pilot)
        assert "the bot seems to be stopped: it should have queued work at 13:06" in lines(pilot, "#needs")[0][2]
        assert "of this day's budget is spent" in text
        assert "of 1.00 USD left" in text


async def test_a_failed_job_is_something_to_see_to(data_dir: Path) -> None:
    with looking(data_dir) as stores:
        stores.jobs.add("backup", DEFAULT_SPACE, NOW - 60)
        job = stores.jobs.claim("worker", NOW - 50)
        assert job is not None
        stores.jobs.end(job, "failed", "the disk is full", NOW - 40)
    async with a_console(data_dir).run_test(size=SIZE) as pilot:
        await shown(pilot, "✗ 1 thing needs you")
        assert "backup failed, at 14:04: the disk is full" in screen_text(pilot)
        await pilot.press("1")
        await shown(pilot, "backup: the disk is full")


async def test_a_damaged_index_is_found_by_the_long_look(data_dir: Path) -> None:
    with looking(data_dir) as stores:
        stores.db.execute("DELETE FROM vector WHERE id = (SELECT min(id) FROM vector)")
    async with a_console(data_dir).run_test(size=SIZE) as pilot:
        await shown(pilot, "have no vector")
        with looking(data_dir) as stores:
            stores.db.execute("DELETE FROM chunk WHERE id NOT IN (SELECT chunk_id FROM vector)")
        await pilot.press("c")
        assert "have no vector" not in await shown(pilot, "✓ Nothing is wrong")


async def test_a_worker_is_called_while_work_waits_and_not_otherwise(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "WAKE_SECONDS", 0.1)
    called: list[int] = []

    def start() -> None:
        called.append(1)

    async with a_console(data_dir, start_worker=start).run_test(size=SIZE) as pilot:
        await shown(pilot, "✓ Nothing is wrong")
        await asyncio.sleep(0.4)
        assert not called
        await pilot.press("2", "r")
        await until(pilot, lambda: bool(called))
        with looking(data_dir) as stores:
            assert stores.jobs.claim("worker", NOW)
        before = len(called)
        await asyncio.sleep(0.4)
        assert len(called) <= before + 1
