"""Is all well with the running bot? One sentence for each part that is not."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import discord

from storage.errors import KnowbotError

if TYPE_CHECKING:
    from bot.client import KnowbotClient

LATEST_HEARTBEAT = 100.0
"""Seconds since Discord has acknowledged a heartbeat, of which it wants one about every 41."""

DATABASE_SECONDS = 2.0
"""The longest that a small question to the database may take."""

LANE_SECONDS = 60.0
"""The longest that somebody may wait for an answer before the lane counts as stuck."""

WORKER_SECONDS = 120.0
"""The longest that work may wait while no worker does any."""


class Health:
    """Looks at gateway, database, lane and worker."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client
        self._asked: asyncio.Task[float | None] | None = None

    async def problems(self) -> Mapping[str, str]:
        """A sentence by part, "" for each that is well."""
        database, worker = await self._stored()
        return {"gateway": self._gateway(), "database": database, "lane": self._lane(), "worker": worker}

    def _gateway(self) -> str:
        if self._client.is_closed() or not self._client.is_ready():
            return "not connected to Discord"
        for shard, age in acknowledged(self._client):
            if age > LATEST_HEARTBEAT:
                return f"shard {shard} has had no heartbeat acknowledged for {age:.0f} seconds"
        return ""

    def _lane(self) -> str:
        lane = self._client.lane
        if lane.is_closed:
            return "closed"
        waited = lane.longest_wait()
        return f"a question has waited for {waited:.0f} seconds" if waited > LANE_SECONDS else ""

    async def _stored(self) -> tuple[str, str]:
        """Of database and worker. A look that hangs is waited for by the next call, and no second one is begun."""
        if self._asked is None:
            self._asked = asyncio.create_task(asyncio.to_thread(self._waiting_since))
        try:
            since = await asyncio.wait_for(asyncio.shield(self._asked), DATABASE_SECONDS)
        except TimeoutError:
            return f"no answer within {DATABASE_SECONDS:g} seconds", "unknown"
        except Exception as error:  # noqa: BLE001 - whatever it is, the database does not answer
            self._asked = None
            return str(error) if isinstance(error, KnowbotError) else type(error).__name__, "unknown"
        self._asked = None
        waited = 0.0 if since is None else time.time() - since
        return "", f"work has waited for {waited:.0f} seconds and nobody does it" if waited > WORKER_SECONDS else ""

    def _waiting_since(self) -> float | None:
        """Raises where the database does not answer, or is not the one in its place."""
        stores = self._client.engine.stores
        stores.db.refuse_replaced()
        return stores.queue_watch.waiting_since(time.time())


def sockets(client: discord.Client) -> Mapping[int, Any]:
    """The connection of each shard, discord.py's DiscordWebSocket; None where there was none yet."""
    if isinstance(client, discord.AutoShardedClient):
        return {number: client._get_websocket(shard_id=number) for number in client.shards}
    return {0: client.ws}


def acknowledged(client: KnowbotClient) -> Iterator[tuple[int, float]]:
    """Each shard with the seconds since Discord last acknowledged a heartbeat of it.

    discord.py measures it and does not say so: a latency stays what it was when the answers stop.
    """
    for shard, socket in sockets(client).items():
        alive: Any = getattr(socket, "_keep_alive", None)
        yield shard, math.inf if alive is None else time.perf_counter() - alive._last_ack
