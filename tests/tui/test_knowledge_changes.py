"""Adding, editing, refreshing and forgetting documents, by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.handed_in.channel_documents import ChannelDocument
from retrieval.handed_in.editor import UPLOADS
from retrieval.handed_in.saved_answers import SAVED
from storage.records import DEFAULT_SPACE
from tests.tui.building import (
    SIZE,
    a_console,
    lines,
    looking,
    open_engine,
    queued,
    screen_text,
    shown,
    told_of,
    type_into,
    until,
)

pytestmark = pytest.mark.asyncio

ADDRESS = "https://discord.test/channels/1/2/3"


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
