"""Empty, locked, slow and broken: the console says so and goes on."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from retrieval.answers import Answers
from retrieval.engine import Engine
from retrieval.gate import GATE
from retrieval.types import Answer, Question
from storage import database
from storage.records import DEFAULT_SPACE
from tests.tui.building import (
    SIZE,
    a_console,
    looking,
    open_engine,
    screen_text,
    shown,
    told,
    told_of,
    until,
)
from tui.widgets.banner import Banner

pytestmark = pytest.mark.asyncio


@contextmanager
def locked(data_dir: Path) -> Iterator[sqlite3.Connection]:
    other = sqlite3.connect(data_dir / "knowbot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other
    finally:
        other.close()


EMPTY = {
    "1": "there is nothing to answer from: press 2, then a",
    "2": "Press a to add a folder, a file or an address",
    "3": "Nobody has asked anything yet",
    "4": "No message has been recorded yet",
    "5": "No flag is open",
    "6": "Nothing was encoded, nothing was paid",
    "7": "Paste a text",
    "8": "There is no index yet",
    "9": "Nothing was logged yet",
}
"""What each screen says over an empty folder."""


async def test_an_empty_folder_says_what_to_do_next(empty_dir: Path) -> None:
    async with a_console(empty_dir).run_test(size=SIZE) as pilot:
        for key, words in EMPTY.items():
            await pilot.press(key)
            assert "Traceback" not in await shown(pilot, words)


async def test_actions_on_an_empty_folder_are_answered(empty_dir: Path) -> None:
    async with a_console(empty_dir, "index").run_test(size=SIZE) as pilot:
        await pilot.press("x")
        await told_of(pilot, "nothing to encode anew yet")
        await pilot.press("p", "s", "delete", "m")
        await told_of(pilot, "nothing has been ingested")
        await pilot.press("2", "e", "delete", "u", "R")
        await told_of(pilot, "choose a document first")
        await pilot.press("slash", *"anything", "enter")
        await shown(pilot, "nothing has been ingested")
        await pilot.press("escape", "5", "i", "o", "4", "u")
        await told_of(pilot, "nothing to undo")
    with open_engine(empty_dir) as engine:
        assert engine.stores.jobs.recent(9) == []


async def test_beside_a_writer_reading_goes_on_and_a_write_is_refused_without_loss(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    async with a_console(data_dir, "thresholds").run_test(size=SIZE) as pilot:
        with locked(data_dir):
            await shown(pilot, "6 recorded messages")
            await pilot.press("left", "enter")
            await told_of(pilot, "is locked by another process")
            assert "0.49" in screen_text(pilot), "what was moved stays moved"
            await pilot.press("3")
            await shown(pilot, "6 questions")
            await pilot.press("5")
            await shown(pilot, "2 open flags")
            await pilot.press("o")
            await until(pilot, lambda: len(told(pilot)) >= 2)
        await pilot.press("4", "enter")
        await told_of(pilot, "applied")
    with looking(data_dir) as stores:
        assert len(stores.tunables.history(DEFAULT_SPACE, GATE)) == 1
        assert stores.flags.get(2).verdict is None


async def test_the_screen_lives_on_while_the_engine_works(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is held until the loop lets it go: were the loop to wait for it, neither would ever end."""
    answer, let_go = Answers.answer, threading.Event()

    def slowly(self: Answers, question: Question, most: int | None) -> Answer:
        assert let_go.wait(20)
        return answer(self, question, most=most)

    monkeypatch.setattr(Answers, "answer", slowly)
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents")
        await pilot.press("slash", *"why", "enter")
        await shown(pilot, "Searching for")
        assert await longest_pause(0.6) < 2.0
        await pilot.press("escape", "3")
        await shown(pilot, "6 questions")
        let_go.set()
        await pilot.press("2")
        await shown(pilot, "fused")


async def longest_pause(seconds: float) -> float:
    """How long the loop kept a heartbeat waiting, at worst."""
    pauses, end = [], time.perf_counter() + seconds
    while (before := time.perf_counter()) < end:
        await asyncio.sleep(0.01)
        pauses.append(time.perf_counter() - before)
    return max(pauses)


async def test_a_folder_that_cannot_be_opened_is_a_banner_and_heals(data_dir: Path) -> None:
    broken = True

    def engine(folder: Path) -> Engine:
        if broken:
            raise database.FolderUnusableError(f"{folder.name} cannot be opened: check its permissions")
        return open_engine(folder)

    async with a_console(data_dir, engine=engine).run_test(size=SIZE) as pilot:
        await shown(pilot, "! data cannot be opened: check its permissions")
        broken = False
        await pilot.press("3")
        await shown(pilot, "6 questions")
        assert not pilot.app.screen.query_one(Banner).display


async def test_an_error_that_nobody_thought_of_is_a_sentence(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Answers, question: Question, most: int | None) -> Answer:
        raise ZeroDivisionError("division by [zero]")

    monkeypatch.setattr(Answers, "answer", fail)
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await pilot.press("slash", *"why", "enter")
        await shown(pilot, "ZeroDivisionError: division by [zero]")
        assert "Traceback" not in screen_text(pilot)


async def test_a_folder_that_vanishes_is_said_nothing_is_written_beside_it_and_it_may_come_back(
    data_dir: Path, lively: None
) -> None:
    aside = data_dir.with_name("aside")
    async with a_console(data_dir, "thresholds").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 recorded messages")
        data_dir.rename(aside)
        await shown(pilot, "knowbot.db is gone: put the data folder back")
        await pilot.press("left", "enter")
        await told_of(pilot, "is gone: put the data folder back")
        await pilot.press("3")
        await shown(pilot, "is gone: put")
        assert not data_dir.exists(), "an empty folder in its place would look like lost documents"
        aside.rename(data_dir)
        await shown(pilot, "6 questions")
        assert not pilot.app.screen.query_one(Banner).display


async def test_another_database_in_its_place_is_the_one_that_is_shown_and_written(
    data_dir: Path, tmp_path: Path, lively: None
) -> None:
    restored = Path(shutil.copytree(data_dir, tmp_path / "restored"))
    with looking(restored) as stores:
        stores.db.execute("DELETE FROM interaction WHERE id > 2")
    async with a_console(data_dir, "questions").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 questions")
        data_dir.rename(tmp_path / "former")
        restored.rename(data_dir)
        await shown(pilot, "2 questions")
        await pilot.press("w")
        await told_of(pilot, "marked wrong")
    with looking(data_dir) as stores:
        assert stores.interactions.get(1).verdict == "wrong"


async def test_a_database_of_a_newer_knowbot_is_refused_in_words_and_stays_as_it_is(data_dir: Path) -> None:
    with looking(data_dir) as stores:
        stores.db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('knowbot', 'm999_wings', 'later')"
        )
    before = (data_dir / "knowbot.db").read_bytes()
    async with a_console(data_dir).run_test(size=SIZE) as pilot:
        for key in "1349":
            await pilot.press(key)
            text = await shown(pilot, "was written by a newer knowbot")
            assert f"▸{key} " in text, "the tabs stay above it"
    assert (data_dir / "knowbot.db").read_bytes() == before


async def test_a_model_that_is_missing_is_a_sentence_where_it_is_needed_and_all_else_works(data_dir: Path) -> None:
    with looking(data_dir) as stores:
        stores.db.execute("UPDATE generation SET encoder = json_set(encoder, '$.name', '/nowhere/model')")
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "3 documents")
        await pilot.press("slash", *"why", "enter")
        await shown(pilot, "! ")
        assert "/nowhere/model" in screen_text(pilot)
        await pilot.press("escape", "3")
        await shown(pilot, "6 questions")
        await pilot.press("8", "l")
        await told_of(pilot, "/nowhere/model")
