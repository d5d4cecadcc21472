"""What a client says on one gateway socket, and what it hears in return."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.discord_loopback import payloads
from tests.discord_loopback.basics import Json
from tests.discord_loopback.connection import Connection, Session, encode
from tests.discord_loopback.events import PRESENCES

if TYPE_CHECKING:
    from tests.discord_loopback.gateway import Gateway

HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, MEMBERS = 1, 2, 3, 4, 6, 8
RECONNECT, INVALID_SESSION, HELLO, ACK = 7, 9, 10, 11
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, WRONG_TOKEN, ALREADY_AUTHENTICATED = 4001, 4002, 4003, 4004, 4005
INVALID_SEQ, INVALID_SHARD, DISALLOWED_INTENTS = 4007, 4010, 4014


class Conversation:
    """One socket's side of the protocol, until it is closed."""

    def __init__(self, gateway: Gateway, connection: Connection) -> None:
        self._gateway = gateway
        self._connection = connection
        self._session: Session | None = None
        connection.put(encode(HELLO, {"heartbeat_interval": gateway.heartbeat_interval}))

    def hear(self, text: str) -> None:
        """Takes one frame. What is not protocol closes the socket with the code that Discord gives it."""
        try:
            frame = json.loads(text)
            op, data = frame["op"], frame.get("d")
        except (ValueError, KeyError, TypeError):
            return self._connection.close(DECODE_ERROR)
        if op != HEARTBEAT:
            self._gateway.heard.append((op, data))
        if op in (PRESENCE, VOICE, MEMBERS) and self._session is None:
            return self._connection.close(NOT_AUTHENTICATED)
        return self._answer(op, data)

    def _answer(self, op: int, data: Json) -> None:
        if op == HEARTBEAT:
            self._connection.put(encode(ACK, None))
        elif op == IDENTIFY:
            self._identify(data)
        elif op == RESUME:
            self._resume(data)
        elif op == PRESENCE:
            self._gateway.presence = data
        elif op == MEMBERS:
            self._members(data)
        elif op != VOICE:
            self._connection.close(UNKNOWN_OPCODE)

    def _identify(self, data: Json) -> None:
        number, count = shard = data.get("shard") or [0, 1]
        if self._session is not None:
            return self._connection.close(ALREADY_AUTHENTICATED)
        if data["token"] != self._gateway.token:
            return self._connection.close(WRONG_TOKEN)
        if not 0 <= number < count:
            return self._connection.close(INVALID_SHARD)
        if data["intents"] & self._gateway.refused_intents:
            return self._connection.close(DISALLOWED_INTENTS)
        self._gateway.presence = data.get("presence")
        self._session = self._gateway.new_session(data["intents"], shard, self._connection)
        return self._welcome(self._session)

    def _welcome(self, session: Session) -> None:
        world = self._gateway.world
        ready = payloads.ready(world, session.id, self._gateway.url, session.shard)
        if not session.covers(world.guild_id):
            ready["guilds"] = []
        session.push("READY", ready)
        if session.covers(world.guild_id):
            session.push("GUILD_CREATE", payloads.guild_create(world, with_members=bool(session.intents & PRESENCES)))

    def _resume(self, data: Json) -> None:
        session = self._gateway.sessions.get(data["session_id"])
        if data["token"] != self._gateway.token:
            return self._connection.close(WRONG_TOKEN)
        if session is None:
            return self._connection.put(encode(INVALID_SESSION, False))
        if (data["seq"] or 0) > session.seq:
            return self._connection.close(INVALID_SEQ)
        self._session = session
        return session.resume(self._connection, data["seq"] or 0)

    def _members(self, data: Json) -> None:
        assert self._session is not None
        self._session.push("GUILD_MEMBERS_CHUNK", payloads.members_chunk(self._gateway.world, data))
