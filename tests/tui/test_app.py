"""Getting around: keys, tabs, palette, help, copying, exporting, the light theme, and leaving."""

from __future__ import annotations

import csv
import json
import re
import stat
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.command import CommandPalette
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widgets import Input
from textual_plotext import PlotextPlot

from tests.tui.building import (
    NOW,
    SIZE,
    a_console,
    looking,
    open_engine,
    screen_text,
    settled,
    shown,
    told_of,
    type_into,
)
from tui.app import KnowbotConsole, Surroundings, kept_theme, make_console
from tui.export import NotExportedError, Record, as_csv, export
from tui.palette import SCREENS, actions, everywhere, help_screen
from tui.widgets.colours import DAYLIGHT, LANTERN
from tui.widgets.key_line import KeyLine
from tui.widgets.tab_line import TABS, Tab

pytestmark = pytest.mark.asyncio


async def test_the_tabs_are_the_screens() -> None:
    assert list(SCREENS) == [tab.name for tab in TABS]


async def test_number_keys_lead_to_every_screen_even_in_a_small_terminal(data_dir: Path) -> None:
    async with a_console(data_dir).run_test(size=(80, 24)) as pilot:
        for tab in TABS:
            await pilot.press(tab.key)
            line = (await shown(pilot, f"▸{tab.key} ")).splitlines()[0]
            always = [other for other in TABS if other.always]
            named = all(re.search(f"{other.key} ({other.short}|{other.title})", line) for other in always)
            assert named or (not tab.always and all(f" {other.key} " in line for other in always))
            assert pilot.app.screen.focused is not None


async def test_a_click_on_a_tab_leads_there(data_dir: Path) -> None:
    async with a_console(data_dir).run_test(size=SIZE) as pilot:
        await pilot.click("#tabs", offset=(16, 0))
        assert "3 documents" in await shown(pilot, "▸2 Knowledge")


async def test_a_click_on_a_key_in_the_line_below_presses_it(data_dir: Path) -> None:
    async with a_console(data_dir, "costs").run_test(size=SIZE) as pilot:
        line = (await shown(pilot, "Period")).splitlines()[-1]
        await pilot.click(KeyLine, offset=(line.index("Period"), 0))
        await shown(pilot, "The last 7 days")
        await pilot.click(KeyLine, offset=(line.index("Help"), 0))
        await shown(pilot, "Help: Costs")
        await pilot.press("escape")
        await pilot.click(KeyLine, offset=(line.index("palette"), 0))
        assert isinstance(pilot.app.screen, CommandPalette)


async def test_the_palette_offers_every_screen_and_action(data_dir: Path) -> None:
    console = a_console(data_dir)
    async with console.run_test(size=SIZE) as pilot:
        offered = {command.title for command in console.get_system_commands(console.screen)}
        titles = {tab.name: tab.title for tab in TABS}
        assert set(titles.values()) <= offered
        assert {f"{titles[action.screen]}: {action.words}" for action in actions()} <= offered
        assert {action.words for action in everywhere()} <= offered
        await pilot.press("ctrl+p", *"knowledge refresh", "enter")
        await told_of(pilot, "queued: refresh")
        await shown(pilot, "▸2 Knowledge")


@pytest.mark.parametrize("tab", TABS, ids=[tab.name for tab in TABS])
async def test_every_key_of_a_screen_does_something_and_stands_in_its_help_and_in_the_palette(tab: Tab) -> None:
    screen = SCREENS[tab.name]
    page = help_screen(tab.name, KnowbotConsole.BINDINGS)
    told = {words for section in page.sections for _, words in section.keys}
    offered = {(action.part or screen, action.name) for action in actions() if action.screen == tab.name}
    for owner in (screen, *screen.PARTS):
        for binding in owner.BINDINGS:
            assert isinstance(binding, Binding)
            assert hasattr(owner, f"action_{binding.action.partition('(')[0]}"), binding
            assert binding.description in told, binding
            assert (owner, binding.action) in offered, binding
    assert {action.words for action in everywhere()} <= told
    assert {binding.description for binding in KnowbotConsole.BINDINGS if isinstance(binding, Binding)} - {""} <= told
    words = [action.words for action in actions() if action.screen == tab.name]
    assert len(words) == len(set(words)), "in the palette each is told from the others"
    assert page.purpose


async def test_parts_of_a_screen_with_keys_of_their_own_are_known_and_moved_by_the_palette(data_dir: Path) -> None:
    console = a_console(data_dir)
    async with console.run_test(size=SIZE) as pilot:
        for name, screen in SCREENS.items():
            await console.switch_mode(name)
            found = {type(each) for each in console.screen.query("*") if "BINDINGS" in vars(type(each))}
            assert {each for each in found if each.__module__.startswith("tui.")} == set(screen.PARTS)
        await pilot.press("ctrl+p", *"raise it by 0.05", "enter")
        await shown(pilot, "in force: 0.50")
        assert "▸4 Thresholds" in screen_text(pilot)


async def test_help_opens_and_closes(data_dir: Path) -> None:
    async with a_console(data_dir).run_test(size=SIZE) as pilot:
        await pilot.press("question_mark")
        assert "Check everything" in await shown(pilot, "Help: Overview")
        await pilot.press("escape")
        await shown(pilot, "▸1 Overview")


async def test_y_copies_the_line_and_ctrl_t_turns_the_light_on(data_dir: Path) -> None:
    console = a_console(data_dir, "questions")
    async with console.run_test(size=SIZE) as pilot:
        await shown(pilot, "6 questions")
        await pilot.press("y")
        await told_of(pilot, "copied: 13:05")
        assert "how do I reset my password" in console.clipboard
        await pilot.press("ctrl+t")
        assert console.theme == DAYLIGHT.name


async def test_the_theme_is_kept_over_a_restart_and_plots_are_drawn_in_its_colours(data_dir: Path) -> None:
    async with a_console(data_dir, "costs").run_test(size=SIZE) as pilot:
        await shown(pilot, "Spared by the cache")
        await pilot.press("ctrl+t")
        await settled(pilot)
    with looking(data_dir) as stores:
        around = Surroundings(theme=kept_theme(stores))
    assert around.theme == DAYLIGHT.name
    console = make_console(lambda: open_engine(data_dir), "default", lambda: None, lambda: NOW, "costs", around)
    async with console.run_test(size=SIZE) as pilot:
        await shown(pilot, "Spared by the cache")
        assert console.theme == DAYLIGHT.name
        assert DAYLIGHT.primary.lower() in plot_colours(pilot)
        await pilot.press("ctrl+t")
        await settled(pilot)
        assert LANTERN.primary.lower() in plot_colours(pilot)
        assert DAYLIGHT.primary.lower() not in plot_colours(pilot)


def plot_colours(pilot: Pilot[None]) -> set[str]:
    """Of the letters of the plot on the screen."""
    strips = pilot.app.screen.query_one(PlotextPlot).render_lines(Region(0, 0, 200, 40))
    colours = (part.style.color for strip in strips for part in strip if part.style)
    return {colour.get_truecolor().hex for colour in colours if colour}


async def test_a_table_becomes_a_file_and_an_older_one_is_not_overwritten_unasked(
    data_dir: Path, tmp_path: Path
) -> None:
    path = tmp_path / "questions.csv"
    path.write_text("mine", encoding="utf-8")
    async with a_console(data_dir, "questions").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 questions")
        await pilot.press("ctrl+e")
        await shown(pilot, "6 lines")
        type_into(pilot, "#path", str(path))
        await pilot.press("enter")
        assert "Enter once more writes over it" in await shown(pilot, "exists")
        assert path.read_text(encoding="utf-8") == "mine"
        await pilot.press("enter")
        await told_of(pilot, "6 lines written to")
        await pilot.press("ctrl+e")
        await shown(pilot, "6 lines")
        assert pilot.app.screen.query_one(Input).value.endswith(".csv")
        type_into(pilot, "#path", str(tmp_path / "questions.txt"))
        await pilot.press("enter")
        await told_of(pilot, "neither .csv nor .json")
        assert "6 questions" in screen_text(pilot)
    with path.open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["question"] == "how do I reset my password"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_exports_keep_texts_and_disarm_formulas_in_csv_only(tmp_path: Path) -> None:
    records: list[Record] = [{"question": '=HYPERLINK("x")', "score": "-0.5"}, {"question": "a, b\nc", "score": 1}]
    assert as_csv(records) == 'question,score\n"\'=HYPERLINK(""x"")",-0.5\n"a, b\nc",1\n'
    export(records, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == records
    assert as_csv([]) == "\n"
    with pytest.raises(NotExportedError, match="could not be written"):
        export(records, tmp_path / "missing" / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


async def test_q_quits(data_dir: Path) -> None:
    console = a_console(data_dir)
    async with console.run_test(size=SIZE) as pilot:
        await pilot.press("q")
    assert console.return_code == 0
    assert not console.is_running
