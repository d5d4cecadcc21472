"""How long each screen of the console takes to open on 100,000 questions and 100,000 passages, beside a plain screen.

Opened means: the key was pressed, the screen is there, what it reads first is shown and drawn. The plain screen shows
a table of 100 lines that were there already. A refresh is what a change by another process costs. Beside the time on
the clock stands that of this process's processors, which a busy machine does not lengthen.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Footer

from benchmarks.console_data import SETTINGS, fill
from retrieval.engine import Engine
from storage.records import DEFAULT_SPACE
from tui.app import KnowbotConsole, make_console
from tui.palette import SCREENS
from tui.screens.base import ConsoleScreen
from tui.widgets.live_table import Column, Row
from tui.widgets.panel import TablePanel

ROWS = int(os.environ.get("KNOWBOT_BENCH_ROWS", "100000"))
NOW = 1_770_000_000.0
ROUNDS = 3
SIZE = (120, 36)
PLAIN = "plain"


class Took(NamedTuple):
    """Milliseconds on the clock, and of the processors."""

    wall: float
    cpu: float


class Plain(Screen[None]):
    """What opening a screen costs that reads nothing."""

    def compose(self) -> ComposeResult:
        """A table and a footer."""
        yield TablePanel("Plain", (Column("a"), Column("b"), Column("c", 9)), id="plain")
        yield Footer()

    def on_mount(self) -> None:
        """A hundred lines."""
        self.query_one(TablePanel).show([Row(str(n), (f"line {n}", "words " * 9, str(n))) for n in range(100)], "")


def main() -> None:
    """Prints milliseconds and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        started, data = time.perf_counter(), Path(folder) / "data"
        fill(data, Path(folder) / "docs", ROWS, NOW)
        print(f"{ROWS:,} questions, passages and calls built in {time.perf_counter() - started:.0f} s")
        asyncio.run(_measure(data))


async def _measure(data: Path) -> None:
    opened: dict[str, list[Took]] = defaultdict(list)
    refreshed: dict[str, list[Took]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name in (PLAIN, *SCREENS):
            # Each in a console of its own: the overview's long look would go on beside the others.
            async with _console(data, "jobs" if name != "jobs" else "costs").run_test(size=SIZE) as pilot:
                await _shown(pilot)
                opened[name].append(await _timed(lambda pilot=pilot, name=name: _open(pilot, name)))  # type: ignore[misc]
                if isinstance(screen := pilot.app.screen, ConsoleScreen):
                    refreshed[name].append(await _timed(screen.load))
    plain = _median(opened[PLAIN])
    for name, times in opened.items():
        took, again = _median(times), _median(refreshed.get(name, [Took(0, 0)]))
        print(
            f"{name:<11} opens in {took.wall:5.0f} ms ({took.cpu:4.0f} ms of processor, "
            f"{took.cpu / plain.cpu:4.1f} times the plain screen); refresh {again.wall:4.0f} ms ({again.cpu:4.0f})"
        )


def _console(data: Path, first: str) -> KnowbotConsole:
    console = make_console(lambda: Engine(data, SETTINGS, lambda: NOW), DEFAULT_SPACE, lambda: None, lambda: NOW, first)
    console.add_mode(PLAIN, Plain)
    return console


async def _open(pilot: Pilot[None], name: str) -> None:
    await pilot.app.switch_mode(name)
    await _shown(pilot)


async def _timed(act: Callable[[], Awaitable[None]]) -> Took:
    wall, cpu = time.perf_counter(), time.process_time()
    await act()
    return Took((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000)


async def _shown(pilot: Pilot[None]) -> None:
    """Until the first reading has ended and is drawn."""
    screen = pilot.app.screen
    while isinstance(screen, ConsoleScreen) and not screen.has_read:
        await asyncio.sleep(0.002)
    await pilot.pause(0)


def _median(times: list[Took]) -> Took:
    return Took(statistics.median(each.wall for each in times), statistics.median(each.cpu for each in times))


if __name__ == "__main__":
    main()
