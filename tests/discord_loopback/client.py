"""A discord.py client in the test's own process, pointed at the fake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.discord_loopback.basics import until
from tests.discord_loopback.server import DiscordLoopback


class RecordingClient(discord.Client):
    """Remembers every event that discord.py dispatches, and does not wait 5 s before it identifies again."""

    def __init__(self, intents: discord.Intents | None = None, heartbeat_timeout: float = 60) -> None:
        super().__init__(
            intents=intents or discord.Intents.all(), heartbeat_timeout=heartbeat_timeout, guild_ready_timeout=0.05
        )
        self.seen: list[tuple[str, tuple[Any, ...]]] = []
        self.tree = discord.app_commands.CommandTree(self)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as in discord.py
        self.seen.append((event, args))
        super().dispatch(event, *args, **kwargs)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        pass

    async def setup_hook(self) -> None:
        await self.tree.sync()

    def events(self, name: str) -> list[Any]:
        """The first argument of each event with this name, oldest first; None for an event without any."""
        return [args[0] if args else None for event, args in self.seen if event == name]

    def text_channel(self, channel_id: str) -> discord.TextChannel:
        channel = self.get_channel(int(channel_id))
        assert isinstance(channel, discord.TextChannel)
        return channel


@asynccontextmanager
async def connected(loopback: DiscordLoopback, client: discord.Client) -> AsyncIterator[None]:
    """Runs the client against the fake until the block ends. What ends the client early is raised."""
    api, gateway = loopback.api_url, yarl.URL(loopback.gateway.url)
    with patch.object(Route, "BASE", api), patch.object(DiscordWebSocket, "DEFAULT_GATEWAY", gateway):
        running = asyncio.create_task(client.start(loopback.token))
        try:
            await until(lambda: running.done() or client.is_ready())
            if running.done():
                await running
            yield
        finally:
            await client.close()
            await asyncio.gather(running, return_exceptions=True)
