"""Pictures of the admin console, one a screen: ``python -m docs.pictures.console docs/img``.

The example knowledge base and its questions, in a temporary folder and with a clock that stands still.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from textual.pilot import Pilot

from bot.settings import ScheduleSettings
from retrieval.engine import Engine
from retrieval.gate import GateThresholds
from retrieval.settings import RetrievalSettings
from retrieval.types import Answer, Asked, Question
from storage.records import DEFAULT_SPACE
from storage.sources import Sources
from tui.app import KnowbotConsole, Surroundings, make_console

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NOW = datetime(2026, 3, 12, 14, 5, tzinfo=UTC).timestamp()
HOUR, DAY = 3600.0, 86_400.0
SIZE = (120, 40)

SCREENS = {
    "overview": ("1",),
    "knowledge": ("2", "slash", *"how many days do I have to get a refund on a yearly Cloud plan", "enter"),
    "questions": ("3", "v", "v"),
    "thresholds": ("4", *(["shift+left"] * 3)),
    "flags": ("5",),
    "costs": ("6",),
    "tokens": (
        "7",
        "t",
        *"Order 4821907733, shipped 2026-11-24. Когда отходит лодка? https://example.org/help?id=99182",
        "escape",
    ),
    "index": ("8",),
    "jobs": ("9",),
    "map": ("0",),
}
"""What to press for each picture."""


class Clock:
    """Says what it was told last."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        """The time."""
        return self.now


def main(folder: Path) -> None:
    """Writes one SVG a screen into ``folder``."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data_dir:
        clock = Clock(NOW)
        fill(Path(data_dir), clock)
        asyncio.run(_draw(Path(data_dir), clock, folder))


def fill(data_dir: Path, clock: Clock) -> None:
    """A knowledge base that was asked for two weeks, with votes, flags, verdicts, changed thresholds and work."""
    with Engine(data_dir, RetrievalSettings(), clock) as engine:
        clock.now = NOW - 14 * DAY
        engine.library.ingest(_handbook(data_dir), DEFAULT_SPACE)
        engine.lab.set_thresholds(DEFAULT_SPACE, GateThresholds(answer=0.6, unasked=0.85), "command")
        _ask(engine, clock)
        clock.now = NOW - 5 * HOUR
        engine.lab.set_thresholds(DEFAULT_SPACE, GateThresholds(answer=0.55, unasked=0.8), "console")
        _decide(engine)
        _work(engine, clock)
        clock.now = NOW
        engine.explorer.survey(DEFAULT_SPACE)


def _handbook(folder: Path) -> Path:
    """The example with dates that do not tell when it was checked out."""
    copied = Path(shutil.copytree(EXAMPLES / "lanternfish", folder / "lanternfish"))
    for number, file in enumerate(sorted(copied.rglob("*.*"))):
        written = NOW - (4 + 3 * number % 50) * DAY
        os.utime(file, (written, written))
    return copied


def _ask(engine: Engine, clock: Clock) -> None:
    messages = list(_messages())
    for number, (text, addressed) in enumerate(messages):
        clock.now = NOW - 13.5 * DAY * (1 - number / len(messages)) ** 1.3 - 600
        answer = engine.answers.answer(Question(text, addressed=addressed))
        answer = replace(answer, milliseconds={"encode": 7.9, "search": 2.4, "judge": 0.6, "extract": 11.2})
        _keep(engine, answer, Asked("discord" if number % 5 else "ask", author_id=number % 17, message_id=number + 1))


def _keep(engine: Engine, answer: Answer, asked: Asked) -> None:
    number = engine.conversations.record(answer, asked)
    if number is None:
        return
    if answer.decision == "off_topic":
        engine.conversations.flag(number, answer, asked)
    if answer.decision == "answer" and number % 3 == 0:
        engine.conversations.vote(number, number, helpful=number % 12 != 0)
        engine.conversations.vote(number, number + 1, helpful=number % 24 != 0)
    if answer.decision == "answer" and number % 40 == 0:
        engine.conversations.withdraw(number, by=1)


def _messages() -> Iterator[tuple[str, bool]]:
    """Questions to the bot, and between them what members say to each other, in an order that repeats itself."""
    said = [(line["text"], False) for line in _lines("offtopic.jsonl")]
    asked = [(line["text"], True) for line in _lines("questions.jsonl")]
    for number, message in enumerate(said):
        if number % 2 == 0:
            yield asked[number // 2]
        yield message
        if number % 3 == 0:  # people ask what others have asked
            yield asked[number // 4]
    yield from (("thanks!", True), ("how do i get another setup token", True))


def _lines(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (EXAMPLES / name).read_text(encoding="utf-8").splitlines()]


def _decide(engine: Engine) -> None:
    labels = {line["text"]: line["label"] for line in _lines("offtopic.jsonl")}
    for flag in engine.stores.flags.list(DEFAULT_SPACE)[5:]:
        engine.conversations.decide(flag.id, "in" if labels.get(flag.excerpt, "in") == "in" else "out", "moderator")


def _work(engine: Engine, clock: Clock) -> None:
    jobs = engine.stores.jobs
    ended = [
        ("refresh", 6.0, "1 source: 44 documents unchanged, 0 changed, 0 gone"),
        ("backup", 4.0, "backed up, 7 copies are kept"),
        ("check index", 3.0, "the index holds what the database says"),
        ("refresh", 2.0, "1 source: 43 documents unchanged, 1 changed, 0 gone; 9 passages encoded"),
    ]
    for name, hours_ago, outcome in ended:
        clock.now = NOW - hours_ago * HOUR
        jobs.add(name, DEFAULT_SPACE, clock.now, origin="schedule", missed=2 if hours_ago == 6.0 else 0)
        job = jobs.claim("worker", clock.now)
        assert job is not None
        jobs.end(job, "done", outcome, clock.now + 8)
    _touch_source(engine.stores.sources, NOW - 2 * HOUR)
    jobs.add("reindex", DEFAULT_SPACE, NOW - 40, {"encoder": None, "dimensions": 256}, origin="console")
    job = jobs.claim("worker", NOW - 30)
    assert job is not None
    jobs.renew(job, NOW - 1, 184, 327)
    jobs.add("refresh", DEFAULT_SPACE, NOW - 5, origin="schedule")


def _touch_source(sources: Sources, at: float) -> None:
    for source in sources.list(DEFAULT_SPACE):
        sources.mark_refreshed(source.id, at)


async def _draw(data_dir: Path, clock: Clock, folder: Path) -> None:
    def open_engine() -> Engine:
        return Engine(data_dir, RetrievalSettings(), clock)

    around = Surroundings(ScheduleSettings().model_dump())
    console = make_console(open_engine, DEFAULT_SPACE, lambda: None, clock, surroundings=around)
    async with console.run_test(size=SIZE) as pilot:
        for name, keys in SCREENS.items():
            await pilot.press(*keys)
            await _settled(pilot)
            # Into an address without a trace of this run.
            svg = console.export_screenshot(title=f"knowbot tui: {name}")
            (folder / f"console-{name}.svg").write_text(svg, encoding="utf-8")
            await pilot.press("escape")


async def _settled(pilot: Pilot[None]) -> None:
    """Until nothing is being read and everything is drawn."""
    for _ in range(3):
        await pilot.pause(0.3)
        await pilot.app.workers.wait_for_complete()
    assert isinstance(pilot.app, KnowbotConsole)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/img"))
