"""Indexes by keyboard: the estimate first, pausing and going on, switching and going back, measuring, deleting."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.records import DEFAULT_SPACE, Generation
from tests.tui.building import NOW, SIZE, a_console, lines, looking, open_engine, screen_text, shown, told_of, type_into

pytestmark = pytest.mark.asyncio


def active(data_dir: Path) -> Generation:
    with looking(data_dir) as stores:
        generation = stores.generations.active(DEFAULT_SPACE)
    assert generation is not None
    return generation


@pytest.fixture
def with_two(data_dir: Path) -> Path:
    with open_engine(data_dir) as engine:
        engine.library.reindex(DEFAULT_SPACE, "hashing:32", None)
    return data_dir


async def test_x_estimates_first_and_then_queues_a_reindex(data_dir: Path) -> None:
    async with a_console(data_dir, "index").run_test(size=SIZE) as pilot:
        await shown(pilot, "● answers")
        await pilot.press("x")
        await shown(pilot, "Enter: estimate")
        type_into(pilot, "#encoder", "nothing:like-that")
        await pilot.press("enter")
        await shown(pilot, "! ")
        type_into(pilot, "#encoder", "hashing:32")
        type_into(pilot, "#dimensions", "16")
        await pilot.press("enter")
        text = await shown(pilot, "Enter once more")
        assert "3 passages of 16 dimensions" in text
        assert "money  none" in text
        with looking(data_dir) as stores:
            assert [job.name for job in stores.jobs.recent(9)] == ["refresh"], "an estimate queues nothing"
        await pilot.press("enter")
        await told_of(pilot, "queued: reindex to hashing:32, 16 dimensions")
    with looking(data_dir) as stores:
        assert stores.jobs.recent(9)[0].arguments == {"encoder": "hashing:32", "dimensions": 16}


async def test_an_estimate_that_no_longer_holds_is_made_again_and_escape_leaves_no_job(data_dir: Path) -> None:
    async with a_console(data_dir, "index").run_test(size=SIZE) as pilot:
        await shown(pilot, "● answers")
        await pilot.press("x", "enter")
        await shown(pilot, "Enter once more")
        type_into(pilot, "#dimensions", "0")
        await pilot.press("enter")
        await shown(pilot, "! the dimensions are a number above 0")
        await pilot.press("escape", "p")
        await told_of(pilot, "nothing is being built")
    with looking(data_dir) as stores:
        assert [job.name for job in stores.jobs.recent(9)] == ["refresh"]


async def test_p_has_a_build_rest_and_go_on(data_dir: Path, lively: None) -> None:
    with looking(data_dir) as stores:
        number = stores.jobs.add("reindex", DEFAULT_SPACE, NOW - 20).id
        job = stores.jobs.claim("worker", NOW - 10)
        assert job is not None
        stores.jobs.renew(job, NOW, 50, 200)
        async with a_console(data_dir, "index").run_test(size=SIZE) as pilot:
            await shown(pilot, "50 of 200")
            await pilot.press("p")
            await shown(pilot, "pausing …")
            stores.jobs.give_back(job)
            await shown(pilot, "‖ paused  reindex  rests at 50 of 200 since 14:05")
            assert stores.jobs.get(number).paused_at is not None
            await pilot.press("p")
            await told_of(pilot, "goes on where it was")
            await shown(pilot, "· waiting")
        assert stores.jobs.get(number).paused_at is None


async def test_a_retired_index_is_switched_to_and_b_goes_back(with_two: Path) -> None:
    async with a_console(with_two, "index").run_test(size=SIZE) as pilot:
        await shown(pilot, "2 indexes")
        assert [line[0] for line in lines(pilot, "#indexes")] == ["● answers", "○ retired"]
        await pilot.press("s")
        await told_of(pilot, "choose an index that does not answer")
        await pilot.press("down", "s")
        await shown(pilot, "Switch to this index?")
        await pilot.press("right", "enter")
        await told_of(pilot, "generation 1 answers now: hashing:64, 64 dimensions")
        assert active(with_two).dimensions == 64
        await pilot.press("b")
        await shown(pilot, "Go back to the former index?")
        await pilot.press("right", "enter")
        await told_of(pilot, "generation 2 answers now")
    assert active(with_two).dimensions == 32


async def test_delete_asks_names_the_index_and_spares_the_one_that_answers(with_two: Path) -> None:
    async with a_console(with_two, "index").run_test(size=SIZE) as pilot:
        await shown(pilot, "2 indexes")
        await pilot.press("delete")
        await told_of(pilot, "the index that answers is not deleted")
        await pilot.press("down", "delete")
        await shown(pilot, "3 vectors of passages go")
        assert "hashing:64, 64 dimensions" in screen_text(pilot)
        await pilot.press("right", "enter")
        await told_of(pilot, "deleted: generation 1")
        await shown(pilot, "1 index")
    with looking(with_two) as stores:
        assert [generation.id for generation in stores.generations.live(DEFAULT_SPACE)] == [2]


async def test_sizes_and_recall_are_measured_on_demand(data_dir: Path) -> None:
    async with a_console(data_dir, "index").run_test(size=SIZE) as pilot:
        await shown(pilot, "all of the nearest are found")
        await pilot.press("m", "l")
        await shown(pilot, "100.0% of the ten")
        await shown(pilot, "32 i8")
        found = lines(pilot, "#sizes")
        assert [line[0] for line in found[::4]] == ["64 f32", "32 f32"]
        assert found[0][3] == "100 %"
    with looking(data_dir) as stores:
        assert len(stores.generations.live(DEFAULT_SPACE)) == 1
