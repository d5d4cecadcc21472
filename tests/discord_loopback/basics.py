"""What every part of the fake needs: JSON, ids, times, waiting."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from aiohttp import web

Json = dict[str, Any]
Announce = Callable[[str, Json], None]
T = TypeVar("T")

EPOCH_MS = 1420070400000


class Snowflakes:
    """Ids that never repeat or go backwards and that carry the time, since clients sort by them and read dates off."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> str:
        self._last = max(self._last + 1, (int(time.time() * 1000) - EPOCH_MS) << 22)
        return str(self._last)


def timestamp() -> str:
    """Now, in Discord's spelling."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


async def until(condition: Callable[[], T | None], timeout: float = 10, what: str | Callable[[], str] = "") -> T:
    """Waits until the condition holds and returns what made it hold, so that a test never sleeps for a guess."""
    end = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {timeout} s: {what() if callable(what) else what or condition}")
        await asyncio.sleep(0.01)
    return value


def cut_off(request: web.Request) -> web.Response:
    """Resets the connection, as where a cable or a server in between breaks; the response reaches nobody."""
    if request.transport is not None:
        pipe = request.transport.get_extra_info("socket")
        if pipe is not None:
            pipe.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response(status=503)
