"""Verdicts by keyboard; they teach at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.records import DEFAULT_SPACE
from tests.tui.building import SIZE, a_console, lines, looking, open_engine, shown, table, text_of, told_of, until
from tui.screens import base

pytestmark = pytest.mark.asyncio


async def test_o_closes_the_flag_and_teaches_its_message(data_dir: Path) -> None:
    async with a_console(data_dir, "flags").run_test(size=SIZE) as pilot:
        await shown(pilot, "2 open flags")
        await pilot.press("down", "o")
        await told_of(pilot, "the judge knows 0 on-topic and 1 off-topic messages now")
        await shown(pilot, "1 open flag")
    with looking(data_dir) as stores:
        flag = stores.flags.get(1)
        assert (flag.verdict, flag.decided_by) == ("out", "console")
        (taught,) = stores.taught.list(DEFAULT_SPACE, "out")
    assert taught.text == "who wins the cup this year"


async def test_i_says_that_it_was_on_topic_and_z_takes_it_back(data_dir: Path) -> None:
    async with a_console(data_dir, "flags").run_test(size=SIZE) as pilot:
        await shown(pilot, "2 open flags")
        await pilot.press("i")
        await told_of(pilot, "the judge knows 1 on-topic and 0 off-topic messages now")
        with looking(data_dir) as stores:
            assert [each.text for each in stores.taught.list(DEFAULT_SPACE, "in")] == ["does it run on a toaster"]
        await pilot.press("z")
        await told_of(pilot, "open again; the judge knows 0 on-topic")
        await shown(pilot, "2 open flags")
    with looking(data_dir) as stores:
        assert stores.flags.get(2).verdict is None
        assert stores.taught.list(DEFAULT_SPACE, "in") == []


async def test_f_shows_decided_flags_behind_the_open_ones_and_z_reopens_the_chosen_one(data_dir: Path) -> None:
    with looking(data_dir) as stores:
        stores.flags.decide(2, "out", "a moderator", 1.0)
    async with a_console(data_dir, "flags").run_test(size=SIZE) as pilot:
        await shown(pilot, "1 open flag")
        await pilot.press("f")
        await until(pilot, lambda: len(lines(pilot, "#flag-table")) == 2)
        assert [line[-1] for line in lines(pilot, "#flag-table")] == ["· open", "✗ off topic"]
        await pilot.press("down", "z")
        await told_of(pilot, "open again")
    with looking(data_dir) as stores:
        assert stores.flags.get(2).verdict is None


async def test_without_a_verdict_z_says_what_it_would_do(data_dir: Path) -> None:
    async with a_console(data_dir, "flags").run_test(size=SIZE) as pilot:
        await shown(pilot, "2 open flags")
        await pilot.press("z")
        await told_of(pilot, "there is no verdict to take back")
    with looking(data_dir) as stores:
        assert len(stores.flags.list(open_only=True)) == 2


async def test_a_flag_that_vanished_meanwhile_is_a_sentence(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "LOOK_SECONDS", 60.0)
    async with a_console(data_dir, "flags").run_test(size=SIZE) as pilot:
        await shown(pilot, "2 open flags")
        with looking(data_dir) as stores:
            stores.db.execute("DELETE FROM flag")
        await pilot.press("o")
        await told_of(pilot, "there is no flag 2 any more")
        await shown(pilot, "No flag is open")
        assert table(pilot, "#flag-table").row_count == 0


async def test_what_a_message_resembles_and_what_a_verdict_would_change_are_read_before_it_is_given(
    data_dir: Path,
) -> None:
    with open_engine(data_dir) as engine:
        engine.judge.teach(DEFAULT_SPACE, [(f"how do I reset my lamp {n}", "in") for n in range(30)], "import")
        engine.judge.teach(DEFAULT_SPACE, [("who wins the cup next year", "out")], "moderator")
    async with a_console(data_dir, "flags").run_test(size=SIZE) as pilot:
        await pilot.press("down")
        await shown(pilot, "nearest off topic  who wins the cup next year")
        reason = text_of(pilot, "#flag-reason")
        assert "i would change" in reason
        assert "of the last 5 messages" in reason
        with looking(data_dir) as stores:
            assert len(stores.taught.list(DEFAULT_SPACE, "out")) == 1, "looking teaches nothing"
