"""One picture a screen. After a wanted change: pytest tests/tui/test_snapshots.py --snapshot-update, and look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.records import DEFAULT_SPACE
from tests.tui.building import SIZE, a_console, has_read, open_engine, settled, shown, until
from tui.palette import SCREENS

Compare = Callable[..., bool]


def then(*keys: str, wait_for: str, after: str = "") -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Keys for a screen that has read and shows ``after``, and then the last words that arrive on it."""

    async def run(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: has_read(pilot))
        await shown(pilot, after)
        await pilot.press(*keys)
        await shown(pilot, wait_for)
        await settled(pilot)

    return run


@pytest.mark.parametrize(
    ("first", "wait_for"),
    [
        ("overview", "✓ Nothing is wrong"),
        ("questions", "faq.md#reset  0.81"),
        ("thresholds", "how do I reset my"),
        ("flags", "o would change"),
        ("costs", "Spared by the cache"),
        ("index", "all of the nearest are found"),
        ("jobs", "Nothing was logged yet"),
    ],
    ids=[name for name in SCREENS if name not in ("knowledge", "tokens", "map")],
)
def test_screen(data_dir: Path, snap_compare: Compare, first: str, wait_for: str) -> None:
    assert snap_compare(a_console(data_dir, first), terminal_size=SIZE, run_before=then(wait_for=wait_for))


def test_knowledge(data_dir: Path, snap_compare: Compare) -> None:
    # Not the source: where it lies is another place every time.
    run = then("down", "down", wait_for="┌─ 1 · Questions", after="prices.md")
    assert snap_compare(a_console(data_dir, "knowledge"), terminal_size=SIZE, run_before=run)


def test_small_knowledge(data_dir: Path, snap_compare: Compare) -> None:
    run = then("down", "down", wait_for="┌─ 1 · Questions", after="prices.md")
    assert snap_compare(a_console(data_dir, "knowledge"), terminal_size=(80, 24), run_before=run)


def test_tokens_side_by_side(data_dir: Path, snap_compare: Compare) -> None:
    run = then("t", *"order 48219077", "escape", wait_for="digits")
    assert snap_compare(a_console(data_dir, "tokens"), terminal_size=SIZE, run_before=run)


def test_map(data_dir: Path, snap_compare: Compare) -> None:
    with open_engine(data_dir) as engine:
        engine.explorer.survey(DEFAULT_SPACE)
    run = then(wait_for="In its middle:")
    assert snap_compare(a_console(data_dir, "map"), terminal_size=SIZE, run_before=run)


def test_small_first_steps(data_dir: Path, snap_compare: Compare) -> None:
    run = then("f", wait_for="The link appears here")
    assert snap_compare(a_console(data_dir), terminal_size=(80, 24), run_before=run)


def test_help(data_dir: Path, snap_compare: Compare) -> None:
    assert snap_compare(
        a_console(data_dir, "flags"), terminal_size=SIZE, run_before=then("question_mark", wait_for="Undo")
    )


@pytest.mark.parametrize(
    ("first", "wait_for"),
    [
        ("overview", "✓ Nothing is wrong"),
        ("questions", "(an answer takes"),
        ("flags", "o would change"),
        ("jobs", "Nothing was logged yet"),
    ],
    ids=["overview", "questions", "flags", "jobs"],
)
def test_small_and_light(data_dir: Path, snap_compare: Compare, first: str, wait_for: str) -> None:
    run = then("ctrl+t", wait_for=wait_for)
    assert snap_compare(a_console(data_dir, first), terminal_size=(80, 24), run_before=run)


@pytest.mark.parametrize(
    ("first", "wait_for"),
    [("thresholds", "how do I reset my"), ("costs", "Spared by the cache")],
    ids=["thresholds", "costs"],
)
def test_light(data_dir: Path, snap_compare: Compare, first: str, wait_for: str) -> None:
    """What is drawn as a plot."""
    run = then("ctrl+t", wait_for=wait_for)
    assert snap_compare(a_console(data_dir, first), terminal_size=SIZE, run_before=run)


def test_small_thresholds(data_dir: Path, snap_compare: Compare) -> None:
    run = then("shift+left", "shift+left", wait_for="unsure → answer")
    assert snap_compare(a_console(data_dir, "thresholds"), terminal_size=(80, 24), run_before=run)
