"""A console whose terminal is a list: what is written to it, and when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple, cast

from textual import events
from textual.drivers.headless_driver import HeadlessDriver

from tui.app import KnowbotConsole

SIZE = (120, 36)
_QUIET = 0.6
_MOST_SECONDS = 20.0


class Took(NamedTuple):
    """Milliseconds on the clock, and of this process's processors."""

    wall: float
    cpu: float


class Recorder(HeadlessDriver):
    """Takes whole frames as a terminal would; Textual's own driver for tests has them thrown away undrawn."""

    is_headless = False

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self.frames: list[tuple[float, float, str]] = []

    def write(self, data: str) -> None:
        """Keeps a frame with the time and the processor time at which it was written."""
        self.frames.append((time.perf_counter(), time.process_time(), data))

    def flush(self) -> None:
        """Nothing waits."""


@asynccontextmanager
async def running(console: KnowbotConsole) -> AsyncIterator[Recorder]:
    """The console at work, its first screen shown; leaves it in the end."""
    console.driver_class = Recorder
    task = asyncio.ensure_future(console.run_async(headless=False, size=SIZE))
    while console._driver is None:
        await asyncio.sleep(0.002)
    recorder = cast(Recorder, console._driver)
    await _quiet(recorder)
    yield recorder
    console.exit()
    await task


async def until_shown(console: KnowbotConsole, recorder: Recorder, key: str, marks: Sequence[str]) -> Took:
    """From a key until the frame is written with which the last of ``marks`` is on the screen: the first data paint.

    Frames are searched afterwards, so that looking takes no time of the console.
    """
    recorder.frames.clear()
    wall, cpu = time.perf_counter(), time.process_time()
    console.post_message(events.Key(key, key if len(key) == 1 else None))
    await _quiet(recorder)
    found = [next((frame for frame in recorder.frames if mark in frame[2]), None) for mark in marks]
    missing = [mark for mark, frame in zip(marks, found, strict=True) if frame is None]
    if missing:
        raise RuntimeError(f"after {key} these never came: {missing}")
    last = max(frame for frame in found if frame)
    return Took((last[0] - wall) * 1000, (last[1] - cpu) * 1000)


async def _quiet(recorder: Recorder) -> None:
    """Until nothing has been written for a while; a screen that is read anew now and then never ends writing."""
    began = time.perf_counter()
    while not recorder.frames or time.perf_counter() - recorder.frames[-1][0] < _QUIET:
        if time.perf_counter() - began > _MOST_SECONDS:
            return
        await asyncio.sleep(0.01)
