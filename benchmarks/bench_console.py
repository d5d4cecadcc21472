"""How long each screen of the console takes to open on 100,000 questions and 100,000 passages, beside a plain screen.

Opened means the first data paint: from the key until the frame is written with which the last of the screen's MARKS,
words of what was read in each of its panels, has reached the terminal. The plain screen is measured in the same way
and the same run: a table of 100 lines that were there already, and Textual's own footer. Each is opened for the first
time in a console of its own that has just started. Beside the time on the clock stands that of this process's
processors, which a busy machine lengthens less. A refresh is what a change by another process costs.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer

from benchmarks.console_data import SETTINGS, fill
from benchmarks.recording import Recorder, Took, running, until_shown
from retrieval.engine import Engine
from storage.records import DEFAULT_SPACE
from tui.app import KnowbotConsole, make_console
from tui.memory import keep_still
from tui.screens.base import ConsoleScreen
from tui.widgets.live_table import Column, Row
from tui.widgets.panel import TablePanel
from tui.widgets.tab_line import TABS

ROWS = int(os.environ.get("KNOWBOT_BENCH_ROWS", "100000"))
NOW = 1_770_000_000.0
ROUNDS = int(os.environ.get("KNOWBOT_BENCH_ROUNDS", "5"))
TARGET = 200.0
"""Milliseconds in which a screen is to be open."""

PLAIN, PLAIN_KEY = "plain", "f9"
MARKS: Mapping[str, tuple[str, ...]] = {
    PLAIN: ("line 20",),
    "overview": ("hashing:64", "not helpful", "documents", "Nothing has been worked at"),
    "knowledge": ("d10.md", "documents from 1 source"),
    "questions": ("newest first", "unsure"),
    "thresholds": ("recorded messages", "▲ 0."),
    "flags": ("open flags", "off topic"),
    "costs": ("Tokens by day", "hashing:64"),
    "tokens": ("cl100k_base", "o200k_base"),
    "index": ("hashing:64", "fingerprint"),
    "jobs": ("Nothing has been worked at", "Nothing was logged"),
    "map": ("topic 1", "of all differences"),
}
"""Words that stand on a screen once what it reads is shown, one or more of each panel that opens with it."""


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
        keep_still()  # as `knowbot tui` does
        asyncio.run(_measure(data))


async def _measure(data: Path) -> None:
    opened: dict[str, list[Took]] = defaultdict(list)
    refreshed: dict[str, list[Took]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name in MARKS:
            took, again = await _opened(data, name)
            opened[name].append(took)
            refreshed[name].append(again)
    plain = _median(opened[PLAIN])
    for name, times in opened.items():
        took, again = _median(times), _median(refreshed[name])
        spread = f"{min(times).wall:.0f} to {max(times).wall:.0f}"
        print(
            f"{name:<11} shows its data in {took.wall:5.0f} ms ({spread}; {took.cpu:4.0f} ms of processor, "
            f"{took.wall / plain.wall:4.1f} times the plain screen); refresh {again.wall:4.0f} ms ({again.cpu:4.0f})"
        )
    slow = [name for name, times in opened.items() if name != PLAIN and _median(times).wall > TARGET]
    print(f"over {TARGET:.0f} ms: {', '.join(slow) or 'none'}")


async def _opened(data: Path, name: str) -> tuple[Took, Took]:
    console = _console(data, "jobs" if name != "jobs" else "costs")
    async with running(console) as recorder:
        took = await _shown(console, recorder, name)
        again = time.perf_counter(), time.process_time()
        if isinstance(screen := console.screen, ConsoleScreen):
            await screen.load()
        return took, Took((time.perf_counter() - again[0]) * 1000, (time.process_time() - again[1]) * 1000)


async def _shown(console: KnowbotConsole, recorder: Recorder, name: str) -> Took:
    keys = {tab.name: tab.key for tab in TABS}
    return await until_shown(console, recorder, keys.get(name, PLAIN_KEY), MARKS[name])


def _console(data: Path, first: str) -> KnowbotConsole:
    console = make_console(lambda: Engine(data, SETTINGS, lambda: NOW), DEFAULT_SPACE, lambda: None, lambda: NOW, first)
    console.add_mode(PLAIN, Plain)
    console.bind(PLAIN_KEY, f"switch_mode('{PLAIN}')")
    return console


def _median(times: list[Took]) -> Took:
    return Took(statistics.median(each.wall for each in times), statistics.median(each.cpu for each in times))


if __name__ == "__main__":
    main()
