"""Documents, searching them, and queueing what changes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.jobs import Job
from storage.records import DEFAULT_SPACE
from tests.tui.building import (
    NOW,
    QUESTIONS,
    SIZE,
    a_console,
    lines,
    looking,
    screen_text,
    shown,
    told_of,
    type_into,
    until,
)

pytestmark = pytest.mark.asyncio


def queued(data_dir: Path) -> list[Job]:
    with looking(data_dir) as stores:
        return [job for job in stores.jobs.recent(9) if job.state == "queued"]


async def test_r_queues_a_refresh_once(data_dir: Path) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents")
        await pilot.press("r")
        await told_of(pilot, "queued: refresh")
        await shown(pilot, "· waiting")
        await pilot.press("r")
        await pilot.pause(0.2)
    (job,) = queued(data_dir)
    assert (job.name, job.space, job.origin, job.arguments) == ("refresh", DEFAULT_SPACE, "console", {})


async def test_x_asks_for_an_encoder_and_queues_a_reindex(data_dir: Path) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents")
        await pilot.press("x")
        await shown(pilot, "3 passages will be encoded")
        type_into(pilot, "#encoder", "hashing:32")
        type_into(pilot, "#dimensions", "16")
        await pilot.press("enter")
        await told_of(pilot, "queued: reindex to hashing:32, 16 dimensions")
    (job,) = queued(data_dir)
    assert (job.name, job.arguments) == ("reindex", {"encoder": "hashing:32", "dimensions": 16})


async def test_a_reindex_that_changes_nothing_names_no_encoder(data_dir: Path) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents")
        await pilot.press("x")
        await shown(pilot, "3 passages will be encoded")
        await pilot.press("enter")
        await told_of(pilot, "queued: reindex")
    (job,) = queued(data_dir)
    assert job.arguments == {"encoder": None, "dimensions": None}


async def test_escape_leaves_a_dialog_without_a_job(data_dir: Path) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents")
        await pilot.press("x")
        await shown(pilot, "3 passages will be encoded")
        await pilot.press("escape")
        await until(pilot, lambda: "will be encoded" not in screen_text(pilot))
    assert queued(data_dir) == []


async def test_a_adds_a_folder_that_holds_documents_and_no_other(data_dir: Path, tmp_path: Path) -> None:
    more = tmp_path / "more"
    more.mkdir()
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents")
        await pilot.press("a")
        await shown(pilot, "Add a folder")
        type_into(pilot, "#path", str(more))
        await pilot.press("enter")
        await shown(pilot, "holds no document")
        assert queued(data_dir) == []
        (more / "new.md").write_text("# New\n\nA page.\n", encoding="utf-8")
        await pilot.press("enter")
        await told_of(pilot, "queued: ingest …/more")
    (job,) = queued(data_dir)
    assert (job.name, job.arguments) == ("ingest", {"path": str(more)})


async def test_a_search_shows_every_stage_and_is_not_recorded(data_dir: Path) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents")
        await pilot.press("slash")
        type_into(pilot, "#question", "reset my password")
        await pilot.press("enter")
        await shown(pilot, "fused")
        found = lines(pilot, "SearchResult")
        assert found[0][1].startswith("faq.md#how-do-i-reset")
        assert len(found[0]) == 6
        assert "encode" in screen_text(pilot)
    with looking(data_dir) as stores:
        assert len(stores.interactions.list(None, 99)) == len(QUESTIONS)


async def test_an_empty_search_is_refused_in_words(data_dir: Path) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await pilot.press("slash", "enter")
        assert "Traceback" not in await shown(pilot, "! ")


async def test_typing_narrows_the_documents_down(data_dir: Path) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents")
        await pilot.press("f", *"Backup")
        await shown(pilot, "1 of 3 documents")
        assert [line[0] for line in lines(pilot, "#documents")] == ["backup.md"]
        await pilot.press(*"zzz")
        await shown(pilot, "No document has that")


async def test_the_running_job_is_shown_with_its_progress(data_dir: Path) -> None:
    with looking(data_dir) as stores:
        stores.jobs.add("reindex", DEFAULT_SPACE, NOW - 20)
        job = stores.jobs.claim("worker", NOW - 10)
        assert job is not None
        stores.jobs.renew(job, NOW, 50, 200)
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "50 of 200  about 30 s left")
        await pilot.press("1")
        await shown(pilot, "at work on reindex")
