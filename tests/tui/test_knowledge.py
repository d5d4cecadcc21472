"""Documents as a tree, and searching them, by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.handed_in.editor import UPLOADS
from storage.records import DEFAULT_SPACE
from tests.tui.building import (
    NOW,
    QUESTIONS,
    SIZE,
    a_console,
    handbook,
    lines,
    looking,
    open_engine,
    screen_text,
    shown,
    table,
    text_of,
    told_of,
    type_into,
    until,
)
from tui.data import shelf

pytestmark = pytest.mark.asyncio

ADDRESS = "https://discord.test/channels/1/2/3"


async def test_a_document_is_shown_with_its_passages_where_it_was_quoted_and_the_votes(data_dir: Path) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents")
        await until(pilot, lambda: len(lines(pilot, "#documents")) == 4)
        await pilot.press("down", "down")
        await shown(pilot, "┌─ 1 · Questions > How do I reset my password?")
        text = text_of(pilot, "#document")
        assert "quoted 2 times   helpful 0   not helpful 1" in text
        assert "how do I reset my password" in text
        assert "Open Settings, then Account" in text


async def test_a_source_is_closed_and_opened_and_the_cursor_stays_while_others_write(
    data_dir: Path, lively: None
) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await until(pilot, lambda: len(lines(pilot, "#documents")) == 4)
        await pilot.press("down", "down", "down")
        with open_engine(data_dir) as engine:
            (handbook(data_dir) / "aaa.md").write_text("# First\n\nIt comes first.\n", encoding="utf-8")
            engine.refresher.refresh(DEFAULT_SPACE)
        await shown(pilot, "4 documents")
        assert table(pilot, "#documents").current == "document prices.md"
        (handbook(data_dir) / "aaa.md").unlink()
        await pilot.press("left")
        await until(pilot, lambda: len(lines(pilot, "#documents")) == 1)
        await pilot.press("enter")
        await until(pilot, lambda: len(lines(pilot, "#documents")) == 5)


async def test_a_large_source_is_read_by_the_page(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.widgets.shelf_tree.PAGE", 2)
    monkeypatch.setattr("tui.widgets.tree_table.PAGE", 2)
    monkeypatch.setattr(shelf, "PAGE", 2)
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "1 more document")
        await pilot.press("down", "down", "down", "enter")
        await shown(pilot, "prices.md")
        assert "more document" not in screen_text(pilot)


async def test_what_is_stale_unread_and_kept_away_stands_first_with_its_reason(data_dir: Path) -> None:
    folder = handbook(data_dir)
    (folder / "empty.md").write_text("\n", encoding="utf-8")
    with open_engine(data_dir) as engine:
        engine.forgetting.document(DEFAULT_SPACE, "backup.md")
        engine.refresher.refresh(DEFAULT_SPACE)
    before = (folder / "prices.md").read_text(encoding="utf-8")
    (folder / "prices.md").write_text(f"{before}\nA day costs nothing.\n", encoding="utf-8")
    try:
        async with a_console(data_dir, "knowledge").run_test(size=(160, 40)) as pilot:
            await shown(pilot, "✗ 1 ! 1 ⊘ 1")
            await until(pilot, lambda: len(lines(pilot, "#documents")) == 5)
            found = lines(pilot, "#documents")
            assert [line[0].lstrip("│ ") for line in found[1:]] == ["empty.md", "prices.md", "backup.md", "faq.md"]
            assert [line[1][0] for line in found[1:]] == ["✗", "!", "⊘", "✓"]
            await pilot.press("down")
            await shown(pilot, "It could not be read")
            await pilot.press("down")
            await shown(pilot, "! its file has changed")
            await pilot.press("down", "u")
            await told_of(pilot, "queued: refresh")
    finally:
        (folder / "prices.md").write_text(before, encoding="utf-8")
        (folder / "empty.md").unlink()
    with looking(data_dir) as stores:
        assert stores.excluded.of(DEFAULT_SPACE) == {}


async def test_a_search_shows_every_stage_and_says_why_not_this_one(data_dir: Path) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents")
        await pilot.press("w")
        await told_of(pilot, "search for something first")
        await pilot.press("slash")
        type_into(pilot, "#question", "reset my password")
        await pilot.press("enter")
        await shown(pilot, "It is the first")
        found = lines(pilot, "SearchResult")
        assert found[0][1].startswith("faq.md#how-do-i-reset")
        assert len(found[0]) == 7
        assert "encode" in screen_text(pilot)
        await pilot.press("down")
        await shown(pilot, "It lost")
        await shown(pilot, "2 of 3")
        await pilot.press("escape", "down", "w")
        await shown(pilot, "Backup  It lost")
    with looking(data_dir) as stores:
        assert len(stores.interactions.list(None, 99)) == len(QUESTIONS)


async def test_d_shows_what_is_there_twice_and_enter_leads_to_it(data_dir: Path) -> None:
    copy = data_dir / UPLOADS / "copy.md"
    copy.parent.mkdir()
    copy.write_text((handbook(data_dir) / "faq.md").read_text(encoding="utf-8"), encoding="utf-8")
    with open_engine(data_dir) as engine:
        engine.library.ingest(copy, DEFAULT_SPACE)
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "4 documents from 2 sources")
        await pilot.press("d")
        await shown(pilot, "≡ same document")
        assert "1 double, 0 strangers" in screen_text(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: table(pilot, "#documents").current == "document faq.md")
        await shown(pilot, "┌─ 1 · Questions")
    with looking(data_dir) as stores:
        assert stores.surveys.get(DEFAULT_SPACE) is not None


async def test_an_empty_search_is_refused_in_words(data_dir: Path) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await pilot.press("slash", "enter")
        assert "Traceback" not in await shown(pilot, "! ")


async def test_typing_narrows_the_documents_down(data_dir: Path) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents")
        await pilot.press("f", *"Backup")
        await shown(pilot, "1 of 3 documents")
        assert [line[0] for line in lines(pilot, "#documents")][1:] == ["│ backup.md"]
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
