"""Thresholds by keyboard; what counts is what is in the database afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.gate import GATE, GateThresholds
from storage.records import DEFAULT_SPACE
from tests.tui.building import SIZE, a_console, lines, looking, open_engine, screen_text, shown, text_of, told_of

pytestmark = pytest.mark.asyncio


def in_force(data_dir: Path) -> GateThresholds:
    with open_engine(data_dir) as engine:
        return engine.lab.thresholds(DEFAULT_SPACE)


async def test_enter_applies_what_the_keys_moved(data_dir: Path) -> None:
    async with a_console(data_dir, "thresholds").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 recorded messages")
        await pilot.press("shift+left", "left", "left", "left")
        await shown(pilot, "in force: 0.50")
        assert in_force(data_dir) == GateThresholds(), "nothing counts before Enter"
        await pilot.press("enter")
        await told_of(pilot, "applied")
    assert in_force(data_dir) == GateThresholds(answer=0.42)
    with looking(data_dir) as stores:
        (line,) = stores.tunables.history(DEFAULT_SPACE, GATE)
    assert line.set_by == "console"


async def test_the_preview_says_how_recorded_messages_would_be_decided(data_dir: Path) -> None:
    async with a_console(data_dir, "thresholds").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 recorded messages")
        await pilot.press("shift+left", "left")
        await shown(pilot, "unsure → answer")
        assert "Of 6 recorded messages 1 would be decided otherwise" in text_of(pilot, "#preview")
        assert "not applied" in screen_text(pilot)


async def test_the_other_thresholds_are_reached_with_up_and_down(data_dir: Path) -> None:
    async with a_console(data_dir, "thresholds").run_test(size=SIZE) as pilot:
        await shown(pilot, "Confidence of 5 recorded messages")
        await pilot.press("up")
        await shown(pilot, "Off-topic score of 5 recorded messages")
        await pilot.press("shift+right", "enter")
        await told_of(pilot, "applied")
    assert in_force(data_dir) == GateThresholds(off_topic=0.55)


async def test_a_threshold_stays_between_0_and_1(data_dir: Path) -> None:
    async with a_console(data_dir, "thresholds").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 recorded messages")
        await pilot.press(*["shift+right"] * 11, "enter")
        await told_of(pilot, "applied")
    assert in_force(data_dir).answer == 1.0


async def test_undo_goes_back_one_change_and_says_when_there_is_none(data_dir: Path) -> None:
    async with a_console(data_dir, "thresholds").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 recorded messages")
        await pilot.press("left", "enter")
        await told_of(pilot, "applied")
        assert in_force(data_dir).answer == 0.49
        await pilot.press("u")
        await told_of(pilot, "undone")
        assert in_force(data_dir) == GateThresholds()
        await pilot.press("h")
        await shown(pilot, "answer 0.49 → 0.50")
        assert [line[1] for line in lines(pilot, "#threshold-history")] == ["undo", "console"]
        await pilot.press("u")
        await told_of(pilot, "there is nothing to undo")


async def test_escape_discards_and_enter_on_nothing_changes_nothing(data_dir: Path) -> None:
    async with a_console(data_dir, "thresholds").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 recorded messages")
        await pilot.press("left", "escape", "enter")
        await told_of(pilot, "in force already")
    with looking(data_dir) as stores:
        assert stores.tunables.history(DEFAULT_SPACE, GATE) == []


async def test_what_another_process_applies_is_seen_and_does_not_take_the_sliders_away(
    data_dir: Path, lively: None
) -> None:
    async with a_console(data_dir, "thresholds").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 recorded messages")
        await pilot.press("left")
        with open_engine(data_dir) as other:
            other.lab.set_thresholds(DEFAULT_SPACE, GateThresholds(answer=0.6), "somebody")
        await shown(pilot, "in force: 0.60")
        assert "0.49" in screen_text(pilot)


async def test_the_messages_beside_a_threshold_are_read_with_what_was_said_of_them(data_dir: Path) -> None:
    with looking(data_dir) as stores:
        stores.interactions.vote(1, "somebody", helpful=True, now=1.0)
    async with a_console(data_dir, "thresholds").run_test(size=SIZE) as pilot:
        await shown(pilot, "how do I reset")
        assert [line[0][0] for line in lines(pilot, "#threshold-near")] == ["▲", "▲", "▼", "▼"]
        assert [line[2] for line in lines(pilot, "#threshold-near")] == ["right", "wrong", "", ""]
        assert "judged above: 1 of 2 wrong, 50% (9% to 91%)" in text_of(pilot, "#preview")
        await pilot.press(*["shift+right"] * 5)
        await shown(pilot, "judged below: 0 of 1 right")


async def test_d_draws_whether_confidence_keeps_its_promise(data_dir: Path) -> None:
    async with a_console(data_dir, "thresholds").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 recorded messages")
        await pilot.press("d")
        text = await shown(pilot, "how many of 1 judged answer were right")
        assert "Confidence of 5 recorded messages" not in text, "it takes the other plot's place"
        await pilot.press("d")
        text = await shown(pilot, "Confidence of 5 recorded messages")
        assert "how many of 1 judged answer were right" not in text


async def test_thresholds_are_tried_on_what_was_only_heard_or_on_the_rest(data_dir: Path) -> None:
    with looking(data_dir) as stores:
        stores.db.execute("UPDATE interaction SET shadow = 1 WHERE id IN (3, 5)")
    async with a_console(data_dir, "thresholds").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 recorded messages")
        await pilot.press("s")
        await shown(pilot, "4 recorded messages")
        assert "answered 2   unasked 0   flagged 0" in text_of(pilot, "#preview")
        await pilot.press("s")
        await shown(pilot, "2 recorded messages")
        assert "answered 0   unasked 0   flagged 1" in text_of(pilot, "#preview")
        await pilot.press("shift+left", "left")
        await shown(pilot, "answered 0 → 1")
