"""Documents as a tree, searching them, and everything that changes them, by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.channel_documents import ChannelDocument
from retrieval.editor import UPLOADS
from retrieval.saved_answers import SAVED
from storage.jobs import Job
from storage.records import DEFAULT_SPACE
from tests.tui.building import (
    NOW,
    QUESTIONS,
    SIZE,
    a_console,
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


def queued(data_dir: Path) -> list[Job]:
    with looking(data_dir) as stores:
        return [job for job in stores.jobs.recent(9) if job.state == "queued"]


def handbook(data_dir: Path) -> Path:
    with looking(data_dir) as stores:
        return Path(stores.sources.list(DEFAULT_SPACE)[0].location)


async def test_r_queues_a_refresh_once_and_capital_r_one_of_the_source(data_dir: Path) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents")
        await pilot.press("r")
        await told_of(pilot, "queued: refresh")
        await shown(pilot, "· waiting")
        await pilot.press("r", "R")
        await told_of(pilot, "queued: refresh source 1")
    assert [(job.origin, job.arguments) for job in queued(data_dir)] == [("console", {"source": 1}), ("console", {})]


async def test_a_adds_a_folder_that_holds_documents_and_no_other(data_dir: Path, tmp_path: Path) -> None:
    more = tmp_path / "more"
    more.mkdir()
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents")
        await pilot.press("a")
        await shown(pilot, "Add documents")
        type_into(pilot, "#path", str(more))
        await pilot.press("enter")
        await shown(pilot, "holds no document")
        assert queued(data_dir) == []
        (more / "new.md").write_text("# New\n\nA page.\n", encoding="utf-8")
        await pilot.press("enter")
        await told_of(pilot, "queued: ingest …/more")
    (job,) = queued(data_dir)
    assert (job.name, job.arguments) == ("ingest", {"path": str(more)})


async def test_a_takes_an_address_and_refuses_one_of_this_machine_in_words(data_dir: Path) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents")
        await pilot.press("a")
        await shown(pilot, "Add documents")
        type_into(pilot, "#path", "http://127.0.0.1:9/help")
        await pilot.press("enter")
        await shown(pilot, "! ")
        assert "allow_hosts" in screen_text(pilot)
    assert queued(data_dir) == []


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


async def test_delete_asks_names_what_goes_and_forgets_it(data_dir: Path) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await until(pilot, lambda: len(lines(pilot, "#documents")) == 4)
        await pilot.press("down", "down", "delete")
        await shown(pilot, "Forget this document?")
        assert "what 2 past quotes of it say" in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "Forget this document?" not in screen_text(pilot))
        with looking(data_dir) as stores:
            assert stores.documents.get(DEFAULT_SPACE, "faq.md") is not None, "Enter alone leaves it"
        await pilot.press("delete", "right", "enter")
        await told_of(pilot, "forgotten: ")
        await shown(pilot, "⊘ kept away")
    with looking(data_dir) as stores:
        assert stores.documents.get(DEFAULT_SPACE, "faq.md") is None
        assert list(stores.excluded.of(DEFAULT_SPACE)) == ["faq.md"]


async def test_delete_on_a_source_forgets_it_with_its_documents(data_dir: Path) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents from 1 source")
        await pilot.press("delete")
        await shown(pilot, "3 documents with their passages")
        await pilot.press("right", "enter")
        await shown(pilot, "Nothing has been taken in yet")
    with looking(data_dir) as stores:
        assert stores.documents.counts(DEFAULT_SPACE).documents == 0


async def test_an_upload_is_edited_and_a_file_from_elsewhere_is_not(data_dir: Path) -> None:
    path = data_dir / UPLOADS / "boats.md"
    path.parent.mkdir()
    path.write_text("# Boats\n\nThey leave at noon.\n", encoding="utf-8")
    with open_engine(data_dir) as engine:
        engine.library.ingest(path, DEFAULT_SPACE)
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "4 documents from 2 sources")
        await pilot.press("f")
        type_into(pilot, "#filter", "boats")
        await shown(pilot, "1 of 4 documents")
        await pilot.press("enter", "e")
        await shown(pilot, "Edit boats.md")
        await pilot.press("down", "down", "end", *" Or", "escape")
        await shown(pilot, "Escape once more drops it")
        await pilot.press("ctrl+s")
        await told_of(pilot, "saved: boats.md")
        await shown(pilot, "noon. Or")
        type_into(pilot, "#filter", "faq")
        await shown(pilot, "faq.md")
        await pilot.press("f", "enter", "e")
        await told_of(pilot, "edit it there")
    assert path.read_text(encoding="utf-8").endswith("noon. Or\n")
    with looking(data_dir) as stores:
        stored = stores.documents.get(DEFAULT_SPACE, "boats.md")
    assert stored is not None
    assert "noon. Or" in stored.text


async def test_a_saved_answer_is_edited_with_its_question(data_dir: Path) -> None:
    with open_engine(data_dir) as engine:
        engine.library.add_documents(
            DEFAULT_SPACE, SAVED, [ChannelDocument(ADDRESS, "Where is the key?", "Under the mat.", "channel:5")]
        )
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "4 documents from 2 sources")
        await pilot.press("f")
        type_into(pilot, "#filter", "where is")
        await shown(pilot, "1 of 4 documents")
        await pilot.press("enter", "e")
        await shown(pilot, "Under the mat.")
        type_into(pilot, "#title", "Where are the keys?")
        await pilot.press("ctrl+s")
        await told_of(pilot, "saved: ")
    with looking(data_dir) as stores:
        stored = stores.documents.get(DEFAULT_SPACE, ADDRESS)
    assert stored is not None
    assert (stored.title, stored.visibility) == ("Where are the keys?", "channel:5")


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
