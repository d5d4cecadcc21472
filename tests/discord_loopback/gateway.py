"""The gateway: who is connected, who gets which event, and how to break connections on purpose."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import WSMsgType, web

from tests.discord_loopback import events
from tests.discord_loopback.basics import Json, cut_off
from tests.discord_loopback.connection import Connection, Session, encode
from tests.discord_loopback.conversation import INVALID_SESSION, RECONNECT, Conversation
from tests.discord_loopback.world import World

# After these, Discord does not let the session be resumed.
ENDING_CODES = {1000, 1001, 4003, 4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014}


class Gateway:
    """All sockets and sessions. ``heard`` holds what clients sent, as (op, data), without heartbeats."""

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self.token = token
        self.url = ""
        self.heartbeat_interval = 41250
        self.refused_intents = 0
        self.sessions: dict[str, Session] = {}
        self.connections: list[Connection] = []
        self.heard: list[tuple[int, Any]] = []
        self.presence: Json | None = None
        self.is_unreachable = False
        self.refused = 0
        """Connections that were tried meanwhile."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serves one socket until it is closed."""
        if self.is_unreachable:
            self.refused += 1
            return cut_off(request)
        socket = web.WebSocketResponse(timeout=1)
        await socket.prepare(request)
        connection = Connection(socket, request, compressed=request.query.get("compress") == "zlib-stream")
        self.connections.append(connection)
        pump = asyncio.create_task(connection.pump())
        conversation = Conversation(self, connection)
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                conversation.hear(frame.data)
        self._left(connection, socket.close_code)
        connection.close(1000)
        await asyncio.wait({pump}, timeout=2)
        return socket

    def dispatch(self, event: str, data: Json) -> None:
        """Sends an event to every session that covers the guild, asked for it and may see the channel."""
        if not events.visible(self.world, event, data):
            return
        for session in self.sessions.values():
            if session.covers(data.get("guild_id")) and events.wanted(event, data, session.intents):
                session.push(event, events.as_seen(event, data, session.intents, self.world.bot.id))

    def new_session(self, intents: int, shard: list[int], connection: Connection) -> Session:
        session = Session(f"session-{self.world.ids.next()}", intents, shard, connection)
        self.sessions[session.id] = session
        return session

    def ops(self, *wanted: int) -> list[int]:
        """Which of these opcodes clients sent, in order: ``ops(2, 6)`` tells identifying from resuming."""
        return [op for op, _ in self.heard if op in wanted]

    def drop(self, code: int) -> None:
        """Closes every socket. With most codes the sessions can be resumed."""
        for connection in self._open():
            connection.close(code)
        if code in ENDING_CODES:
            self.sessions.clear()

    def reset(self) -> None:
        """Cuts every socket off without a word (1006 to the client); the sessions can be resumed."""
        for connection in self._open():
            connection.reset()

    def ask_to_reconnect(self) -> None:
        """Op 7: Discord restarts a server now and then, and asks clients to resume elsewhere."""
        for connection in self._open():
            connection.put(encode(RECONNECT, None))

    def invalidate(self, *, resumable: bool) -> None:
        """Op 9. Where it is not resumable, the sessions are gone and clients have to identify again."""
        if not resumable:
            self.sessions.clear()
        for connection in self._open():
            connection.put(encode(INVALID_SESSION, resumable))

    def freeze(self) -> None:
        """Makes zombies of the sockets: they stay open and take frames, but neither acknowledge nor deliver any."""
        for connection in self._open():
            connection.frozen = True

    def _open(self) -> list[Connection]:
        self.connections = [connection for connection in self.connections if connection.open]
        return self.connections

    def _left(self, connection: Connection, code: int | None) -> None:
        """A client that says goodbye ends its session; one that is cut off can resume it."""
        goodbye = connection.closed_with is None and code in (1000, 1001)
        for session in list(self.sessions.values()):
            if session.connection is connection:
                session.connection = None
                if goodbye:
                    del self.sessions[session.id]
