"""Two consoles on one data folder: each shows what the other did, and what it had not seen yet it does not undo."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from retrieval.gate import GATE
from storage.records import DEFAULT_SPACE
from tests.tui.building import NOW, SIZE, a_console, looking, open_engine, settled, shown, told_of
from tui.screens import base

pytestmark = pytest.mark.asyncio

Two = tuple[Pilot[None], Pilot[None]]


@asynccontextmanager
async def two(data_dir: Path, first: str, words: str) -> AsyncIterator[Two]:
    """Two consoles that show ``words``; neither looks for changes by itself before a minute is over."""
    async with (
        a_console(data_dir, first).run_test(size=SIZE) as one,
        a_console(data_dir, first).run_test(size=SIZE) as other,
    ):
        for pilot in (one, other):
            await shown(pilot, words)
            await settled(pilot)
        yield one, other


@pytest.fixture
def slow_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "LOOK_SECONDS", 60.0)


async def test_what_one_applies_the_other_shows_and_what_it_has_moved_stays(data_dir: Path, lively: None) -> None:
    async with two(data_dir, "thresholds", "6 recorded messages") as (one, other):
        await other.press("left")
        await shown(other, "in force: 0.50")
        await one.press("right", "right", "enter")
        await told_of(one, "applied")
        assert "0.49" in await shown(other, "in force: 0.52")


async def test_a_threshold_is_not_applied_or_undone_over_one_that_was_not_seen(
    data_dir: Path, slow_to_look: None
) -> None:
    async with two(data_dir, "thresholds", "6 recorded messages") as (one, other):
        await one.press("right", "enter")
        await told_of(one, "applied")
        await other.press("left", "enter")
        await told_of(other, "changed meanwhile (console)")
        await shown(other, "in force: 0.51")
        await other.press("enter")
        await told_of(other, "applied")
        await one.press("u")
        await told_of(one, "changed meanwhile (console)")
    with looking(data_dir) as stores:
        history = stores.tunables.history(DEFAULT_SPACE, GATE)
    assert [line.value["answer"] for line in history] == [0.51, 0.49]


async def test_a_verdict_is_not_given_over_one_that_was_not_seen(data_dir: Path, slow_to_look: None) -> None:
    async with two(data_dir, "flags", "2 open flags") as (one, other):
        await one.press("o")
        await told_of(one, "taught off topic")
        await other.press("i")
        await told_of(other, "somebody else was quicker (console): flag 2 is off topic")
        await shown(other, "1 open flag")
    with looking(data_dir) as stores:
        assert stores.flags.get(2).verdict == "out"
        assert [stores.flags.get(1).verdict, len(stores.taught.list(DEFAULT_SPACE, "in"))] == [None, 0]


async def test_a_document_that_is_gone_is_not_edited(data_dir: Path, slow_to_look: None) -> None:
    async with two(data_dir, "knowledge", "✓ fresh") as (one, other):
        for pilot in (one, other):
            await pilot.press("down", "down")
        await one.press("delete")
        await shown(one, "Forget this document?")
        await one.press("right", "enter")
        await told_of(one, "forgotten: ")
        await other.press("e")
        await told_of(other, "'faq.md' is gone")
        await shown(other, "2 documents from 1 source")
    with looking(data_dir) as stores:
        assert list(stores.excluded.of(DEFAULT_SPACE)) == ["faq.md"]


async def test_a_question_that_another_made_golden_stays_golden(data_dir: Path, slow_to_look: None) -> None:
    async with a_console(data_dir, "questions").run_test(size=SIZE) as pilot:
        await shown(pilot, "faq.md#reset  0.81")
        await settled(pilot)
        with open_engine(data_dir) as engine:
            engine.review.make_golden(1, "somebody")
        await pilot.press("g")
        await told_of(pilot, "somebody else was quicker")
        await shown(pilot, "★ golden: faq.md answers it")
    with looking(data_dir) as stores:
        assert stores.golden.location_of(DEFAULT_SPACE, "how do I reset my password") == "faq.md"


async def test_work_is_neither_paused_nor_cancelled_twice(data_dir: Path, slow_to_look: None) -> None:
    with looking(data_dir) as stores:
        job = stores.jobs.add("reindex", DEFAULT_SPACE, NOW)
    async with two(data_dir, "jobs", "· waiting") as (one, other):
        for pilot in (one, other):
            await pilot.press("tab")
        await one.press("p")
        await told_of(one, "reindex, job 2 rests")
        await other.press("p")
        await told_of(other, "somebody else was quicker")
        await shown(other, "‖ paused")
        await one.press("delete")
        await shown(one, "Cancel this job?")
        await one.press("right", "enter")
        await told_of(one, "cancelled: reindex")
        await other.press("delete")
        await shown(other, "Cancel this job?")
        await other.press("right", "enter")
        await told_of(other, "reindex does not wait any more")
        await shown(other, "⊘ dropped")
    with looking(data_dir) as stores:
        assert stores.jobs.get(job.id).ended_at == NOW


async def test_a_document_or_a_source_that_is_gone_is_not_forgotten_twice(data_dir: Path, slow_to_look: None) -> None:
    async with a_console(data_dir, "knowledge").run_test(size=SIZE) as pilot:
        await shown(pilot, "✓ fresh")
        await settled(pilot)
        with open_engine(data_dir) as engine:
            engine.forgetting.document(DEFAULT_SPACE, "faq.md")
        await pilot.press("down", "down", "delete")
        await told_of(pilot, "faq.md is gone already")
        await shown(pilot, "2 documents from 1 source")
        await pilot.press("up", "up", "delete")
        await shown(pilot, "2 documents with their passages")
        with open_engine(data_dir) as engine:
            engine.editor.drop_source(engine.stores.sources.list(DEFAULT_SPACE)[0])
        await pilot.press("right", "enter")
        await shown(pilot, "Nothing has been taken in yet")
    with looking(data_dir) as stores:
        assert (stores.sources.list(DEFAULT_SPACE), stores.documents.counts(DEFAULT_SPACE).documents) == ([], 0)
