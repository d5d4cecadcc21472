"""Servers whose moderators have paused knowbot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from bot.client import KnowbotClient

_PAUSED = "paused"


class Pausing:
    """It stays so over a restart; direct messages are never paused."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client

    async def holds(self, guild: discord.Guild | None) -> bool:
        """True where a moderator of that server said so."""
        if guild is None:
            return False
        return await self._client.lane.run(self._client.engine.stores.tunables.get, str(guild.id), _PAUSED, False)

    async def set(self, guild: discord.Guild, paused: bool, by: int) -> None:
        """Stops or takes up answering in a server."""
        engine = self._client.engine
        who, now = engine.conversations.hashed(by), engine.clock()
        await self._client.lane.run(engine.stores.tunables.set, str(guild.id), _PAUSED, paused, who, now)
