"""One gateway socket on its way out, and the session behind it that outlives it."""

from __future__ import annotations

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from typing import NamedTuple

from aiohttp import web

from tests.discord_loopback.basics import Json, cut_off

ABNORMAL = 1006


class Frame(NamedTuple):
    """A dispatched event, written down at once: what it is about changes later."""

    seq: int
    text: str


def encode(op: int, data: Json | bool | None, event: str | None = None, seq: int | None = None) -> str:
    return json.dumps({"op": op, "d": data, "s": seq, "t": event})


class Connection:
    """A socket. Frames leave through a queue, so that they keep their order and nobody has to wait to send one."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, compressed: bool) -> None:
        self._socket, self._request = socket, request
        self._outbox: asyncio.Queue[str | int] = asyncio.Queue()
        self._deflate = zlib.compressobj() if compressed else None
        self.frozen = False
        self.closed_with: int | None = None

    @property
    def open(self) -> bool:
        return self.closed_with is None and not self._socket.closed

    def put(self, text: str) -> None:
        self._outbox.put_nowait(text)

    def close(self, code: int) -> None:
        """Closes after what is already in the queue."""
        self.closed_with = code
        self._outbox.put_nowait(code)

    def reset(self) -> None:
        """Cuts the line at once."""
        self.closed_with = ABNORMAL
        cut_off(self._request)

    async def pump(self) -> None:
        """Sends what is queued until the socket is closed. A frozen one takes everything and sends nothing."""
        while isinstance(item := await self._outbox.get(), str):
            if not self.frozen:
                try:
                    await self._write(item)
                except ConnectionError:
                    return
        await self._socket.close(code=item)

    async def _write(self, text: str) -> None:
        if self._deflate is None:
            await self._socket.send_str(text)
        else:
            packed = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
            await self._socket.send_bytes(packed)


@dataclass(eq=False)
class Session:
    """What IDENTIFY opened. It numbers its events and keeps them, for whoever resumes it."""

    id: str
    intents: int
    shard: list[int]
    connection: Connection | None
    seq: int = 0
    sent: list[Frame] = field(default_factory=list)

    def push(self, event: str, data: Json) -> None:
        self.seq += 1
        frame = Frame(self.seq, encode(0, data, event, self.seq))
        self.sent.append(frame)
        if self.connection is not None:
            self.connection.put(frame.text)

    def resume(self, connection: Connection, seq: int) -> None:
        """Sends again what came after ``seq``, then says that this was all."""
        self.connection = connection
        for frame in self.sent:
            if frame.seq > seq:
                connection.put(frame.text)
        self.push("RESUMED", {})

    def covers(self, guild_id: str | None) -> bool:
        """A guild belongs to one shard; direct messages belong to the first."""
        number, count = self.shard
        return (int(guild_id) >> 22) % count == number if guild_id else number == 0
