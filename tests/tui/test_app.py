"""Getting around: keys, tabs, palette, help, and leaving."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.building import SIZE, a_console, screen_text, shown, told_of
from tui.palette import SCREENS, actions
from tui.widgets.tab_line import SCREENS as TABS

pytestmark = pytest.mark.asyncio


async def test_the_tabs_are_the_screens() -> None:
    assert tuple(SCREENS) == TABS


async def test_number_keys_lead_to_every_screen_even_in_a_small_terminal(data_dir: Path) -> None:
    async with a_console(data_dir).run_test(size=(80, 24)) as pilot:
        for number, name in enumerate(SCREENS, start=1):
            await pilot.press(str(number))
            await shown(pilot, f"▸{number} {name.title()}")
            assert pilot.app.screen.focused is not None


async def test_a_click_on_a_tab_leads_there(data_dir: Path) -> None:
    async with a_console(data_dir).run_test(size=SIZE) as pilot:
        await pilot.click("#tabs", offset=(16, 0))
        assert "3 documents" in await shown(pilot, "▸2 Knowledge")


async def test_the_palette_offers_every_screen_and_action(data_dir: Path) -> None:
    console = a_console(data_dir)
    async with console.run_test(size=SIZE) as pilot:
        offered = {command.title for command in console.get_system_commands(console.screen)}
        assert {name.title() for name in SCREENS} <= offered
        assert {f"{action.screen.title()}: {action.words}" for action in actions()} <= offered
        await pilot.press("ctrl+p", *"knowledge refresh", "enter")
        await told_of(pilot, "queued: refresh")
        await shown(pilot, "▸2 Knowledge")


async def test_help_names_every_key_and_closes(data_dir: Path) -> None:
    async with a_console(data_dir).run_test(size=(120, 70)) as pilot:
        await pilot.press("question_mark")
        await shown(pilot, "fused")
        for action in actions():
            assert action.words in screen_text(pilot)
        await pilot.press("escape")
        await shown(pilot, "▸1 Overview")


async def test_q_quits(data_dir: Path) -> None:
    console = a_console(data_dir)
    async with console.run_test(size=SIZE) as pilot:
        await pilot.press("q")
    assert console.return_code == 0
    assert not console.is_running
