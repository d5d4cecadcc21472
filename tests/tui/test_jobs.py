"""The clock, the queue and the log by keyboard."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from bot.observing.logs import log_to_file
from tests.tui.building import NOW, SIZE, a_console, lines, looking, open_engine, screen_text, shown, told_of, until
from tui.app import KnowbotConsole, Surroundings, make_console

pytestmark = pytest.mark.asyncio


def console(data_dir: Path) -> KnowbotConsole:
    around = Surroundings({"refresh": 7200.0, "backup": 86_400.0}, (data_dir / "bot.log.jsonl", data_dir / "no.log"))
    made = make_console(lambda: open_engine(data_dir), "default", lambda: None, lambda: NOW, "jobs", around)
    made.animation_level = "none"
    return made


async def test_a_job_of_the_clock_runs_now_rests_and_goes_on_and_one_of_the_queue_is_paused(data_dir: Path) -> None:
    async with console(data_dir).run_test(size=SIZE) as pilot:
        await shown(pilot, "in 60 min")
        assert [line[:4] for line in lines(pilot, "#clock")] == [
            ["refresh", "2 h", "in 60 min", "13:05"],
            ["backup", "24 h", "with the bot", "never"],
        ]
        await pilot.press("down", "r")
        await told_of(pilot, "queued: backup, job 2")
        await pilot.press("p")
        await told_of(pilot, "backup rests")
        await shown(pilot, "‖ rests")
        with looking(data_dir) as stores:
            assert stores.schedule.resting() == {"backup"}
        await pilot.press("p")
        await told_of(pilot, "backup is queued by the clock again")
        await pilot.press("tab", "up", "p")
        await shown(pilot, "‖ paused")
    with looking(data_dir) as stores:
        assert stores.schedule.resting() == frozenset()
        job = stores.jobs.get(2)
        assert (job.name, job.space, job.state, job.paused_at, job.origin) == ("backup", "", "queued", NOW, "console")


async def test_a_job_that_rests_is_cancelled_once_that_was_confirmed_and_it_is_no_failure(data_dir: Path) -> None:
    with looking(data_dir) as stores:
        job = stores.jobs.add("reindex", "default", NOW - 60)
        stores.jobs.pause(job.id, NOW - 30)
    async with console(data_dir).run_test(size=SIZE) as pilot:
        await shown(pilot, "‖ paused")
        await pilot.press("delete")
        await told_of(pilot, "choose a job of the queue")
        await pilot.press("tab", "delete")
        await shown(pilot, "reindex, job 2, rests. What it has stored so far stays")
        await pilot.press("enter")
        with looking(data_dir) as stores:
            assert stores.jobs.get(job.id).state == "queued", "Enter alone leaves it"
        await pilot.press("delete")
        await shown(pilot, "Cancel this job?")
        await pilot.press("right", "enter")
        await told_of(pilot, "cancelled: reindex")
        await shown(pilot, "⊘ dropped")
        await pilot.press("1")
        await shown(pilot, "▸1 Overview")
        assert "reindex failed" not in screen_text(pilot)
    with looking(data_dir) as stores:
        assert stores.jobs.get(job.id).was_cancelled


async def test_the_log_is_read_and_searched(data_dir: Path) -> None:
    log = logging.getLogger("bot.test")
    log_to_file(data_dir / "bot.log.jsonl", secrets=["hush"])
    handler = logging.getLogger().handlers[-1]
    try:
        logging.getLogger().setLevel(logging.INFO)
        log.info("all is [quiet] and hush")
        log.warning("something burns")
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    written = (data_dir / "bot.log.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["level"] for line in written] == ["info", "warning"]
    async with console(data_dir).run_test(size=SIZE) as pilot:
        assert "all is [quiet] and [secret]" in await shown(pilot, "Log: 2 lines")
        await pilot.press("l")
        await shown(pilot, "Log: 1 lines, warnings and errors")
        assert [line[1:] for line in lines(pilot, "#log")] == [["! warning", "test", "something burns"]]
        await pilot.press("escape", "slash", *"quiet", "enter")
        await until(pilot, lambda: [line[3] for line in lines(pilot, "#log")] == ["all is [quiet] and [secret]"])
        await pilot.press("escape")
        await shown(pilot, "Log: 2 lines")


async def test_without_a_bot_it_says_so(empty_dir: Path) -> None:
    async with a_console(empty_dir, "jobs").run_test(size=SIZE) as pilot:
        await shown(pilot, "The clock belongs to the bot")
        assert "Nothing was logged yet" in screen_text(pilot)
        await pilot.press("r", "p")
        await pilot.pause()
