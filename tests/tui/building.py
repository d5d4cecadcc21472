"""A small data folder to look at, and the console over it, with a clock that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, Static

from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from storage.flags import FlagDraft
from storage.jobs import Job
from storage.ledger import LedgerEntry
from storage.records import DEFAULT_SPACE, PUBLIC, InteractionDraft, Retrieved, StoredCitation
from storage.stores import Stores, open_stores
from tui.app import KnowbotConsole, make_console
from tui.screens.base import ConsoleScreen
from tui.widgets.live_table import LiveTable

NOW = datetime(2026, 3, 12, 14, 5, tzinfo=UTC).timestamp()
HOUR, DAY = 3600.0, 86_400.0
SIZE = (120, 40)
SETTINGS = RetrievalSettings(encoder="hashing:64")

PAGES = {
    "faq.md": "# Questions\n\n## How do I reset my password?\n\nOpen Settings, then Account, and press Reset.\n",
    "backup.md": "# Backup\n\nCopy the folder every night. Restoring takes an hour.\n",
    "prices.md": "# Prices\n\nA year costs 40 euros, and a month costs 4 euros.\n",
}

QUESTIONS = [
    ("how do I reset my password", "answer", 0.93, 0.02, True),
    ("what does a year cost", "answer", 0.71, 0.10, True),
    ("can I pay with shells", "unsure", 0.45, 0.30, True),
    ("does it run on a toaster", "unsure", 0.42, 0.45, True),
    ("who wins the cup this year", "off_topic", 0.08, 0.97, False),
    ("thanks!", "small_talk", 0.05, 0.20, True),
]
"""Question, decision, confidence, off-topic score, addressed."""


def write_pages(folder: Path) -> Path:
    """The documents as files."""
    folder.mkdir(parents=True)
    for name, text in PAGES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def open_engine(data_dir: Path) -> Engine:
    return Engine(data_dir, SETTINGS, lambda: NOW)


def fill(data_dir: Path, folder: Path) -> None:
    """Documents, questions with a vote, two flags, a day of costs, and a job that ended."""
    with Engine(data_dir, SETTINGS, lambda: NOW - DAY) as engine:
        engine.library.ingest(folder, DEFAULT_SPACE)
        engine.stores.db.execute("DELETE FROM ledger")
        engine.stores.db.execute("DELETE FROM ledger_day")
        engine.stores.db.execute("UPDATE document SET modified_at = ?", (NOW - 9 * DAY,))
        _ask(engine.stores)
        _flag(engine.stores)
        _work(engine.stores)


def _ask(stores: Stores) -> None:
    cited = StoredCitation(1, "faq.md", "faq.md#reset", "Questions > Reset", "Open Settings", "0" * 64, 0.81)
    for number, (text, decision, confidence, off_topic, addressed) in enumerate(QUESTIONS):
        stores.interactions.record(
            InteractionDraft(
                space=DEFAULT_SPACE,
                asked_at=NOW - HOUR * (number + 1),
                origin="discord",
                question=text,
                decision=decision,
                answer="Open Settings, then Account." if decision == "answer" else "",
                confidence=confidence,
                off_topic_score=off_topic,
                addressed=addressed,
                visible_to=frozenset({PUBLIC}),
                sources=(cited,) if decision == "answer" else (),
                retrieved=(Retrieved("faq.md#reset", {"vector": 0.81, "fused": 0.9}),) if decision == "answer" else (),
                signal="documents",
                milliseconds={"encode": 7.0, "search": 2.0},
            )
        )
    stores.interactions.vote(2, "somebody", helpful=False, now=NOW - 60)


def _flag(stores: Stores) -> None:
    for excerpt, score in (("who wins the cup this year", 0.97), ("does it run on a toaster", 0.61)):
        stores.flags.put(FlagDraft(DEFAULT_SPACE, "off_topic", excerpt, score, "documents"), NOW - HOUR)


def _work(stores: Stores) -> None:
    calls = (("ingest", 3, 0, 900, 0, 2), ("ask", 40, 10, 480, 120, 1), ("ask", 20, 30, 240, 360, 0))
    for operation, texts, cached, tokens, saved, days_ago in calls:
        entry = LedgerEntry(
            at=NOW - days_ago * DAY,
            operation=operation,
            space=DEFAULT_SPACE,
            model="hashing:64",
            texts=texts,
            prompt_tokens=tokens,
            cached_texts=cached,
            latency=0.1,
            cached_tokens=saved,
        )
        stores.ledger.add(entry)
    stores.jobs.add("refresh", DEFAULT_SPACE, NOW - HOUR, origin="schedule", missed=2)
    job = stores.jobs.claim("worker", NOW - HOUR)
    assert job is not None
    stores.jobs.end(job, "done", "1 source: 3 documents unchanged", NOW - HOUR + 4)


def a_console(
    data_dir: Path,
    first: str = "overview",
    engine: Callable[[Path], Engine] = open_engine,
    start_worker: Callable[[], None] = lambda: None,
) -> KnowbotConsole:
    console = make_console(lambda: engine(data_dir), DEFAULT_SPACE, start_worker, lambda: NOW, first)
    console.animation_level = "none"
    return console


@contextmanager
def looking(data_dir: Path) -> Iterator[Stores]:
    """The database as another process sees it."""
    with open_stores(data_dir) as stores:
        yield stores


def queued(data_dir: Path) -> list[Job]:
    """Jobs that nobody has begun, newest first."""
    with looking(data_dir) as stores:
        return [job for job in stores.jobs.recent(9) if job.state == "queued"]


def handbook(data_dir: Path) -> Path:
    """The folder that the documents came from."""
    with looking(data_dir) as stores:
        return Path(stores.sources.list(DEFAULT_SPACE)[0].location)


async def until(pilot: Pilot[None], condition: Callable[[], bool], seconds: float = 8.0) -> None:
    """Waits for something to come true; what does not is a failure."""
    for _ in range(int(seconds / 0.04)):
        if condition():
            await pilot.pause()
            return
        await asyncio.sleep(0.04)
    raise AssertionError(f"it did not come true: {told(pilot)}\n{screen_text(pilot)}")


def told(pilot: Pilot[None]) -> list[str]:
    """What the console has notified of."""
    return [notification.message for notification in pilot.app._notifications]


async def told_of(pilot: Pilot[None], words: str) -> None:
    await until(pilot, lambda: any(words in sentence for sentence in told(pilot)))


def screen_text(pilot: Pilot[None]) -> str:
    """Everything that is to be read on the screen, line by line."""
    return "\n".join("".join(s.text for s in line) for line in pilot.app.screen._compositor.render_strips())


async def shown(pilot: Pilot[None], words: str) -> str:
    """The screen, once ``words`` stand on it, wherever a line ends; fails where they do not come to."""
    wanted = " ".join(words.split())
    await until(pilot, lambda: wanted in " ".join(screen_text(pilot).split()))
    return screen_text(pilot)


def has_read(pilot: Pilot[None]) -> bool:
    """Whether the screen shows what it has read: keys before that would move in what is empty."""
    screen = pilot.app.screen
    return isinstance(screen, ConsoleScreen) and screen.has_read


async def settled(pilot: Pilot[None]) -> None:
    """Waits for whatever is under way, and for what it has posted."""
    for _ in range(2):  # what the first has posted may have set more to work
        await until(pilot, lambda: not any(worker.is_running for worker in pilot.app.workers))
    await pilot.app.animator.wait_for_idle()
    await pilot.pause()


def text_of(pilot: Pilot[None], selector: str) -> str:
    """What a panel says, however it is wrapped."""
    return str(pilot.app.screen.query_one(f"{selector} Static", Static).content)


def type_into(pilot: Pilot[None], selector: str, text: str) -> None:
    """As if it had been typed, and much quicker."""
    pilot.app.screen.query_one(selector, Input).value = text


def table(pilot: Pilot[None], selector: str) -> LiveTable:
    return pilot.app.screen.query_one(f"{selector} LiveTable", LiveTable)


def lines(pilot: Pilot[None], selector: str) -> list[list[str]]:
    """The cells of a table's rows."""
    found = table(pilot, selector)
    return [[cell.plain for cell in found.get_row_at(number)] for number in range(found.row_count)]
