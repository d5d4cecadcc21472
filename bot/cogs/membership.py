"""Which servers knowbot is on: one that is left keeps its data for a while, one that is unavailable is not left."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from storage.servers import LeftServer

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)


class Membership(commands.Cog, name="membership"):
    """Notes when a server is joined and left. The retention job forgets what came from one that stays left."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client
        self._servers = client.engine.stores.servers

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Notices what was left while knowbot was away.

        Discord lists all servers at a login, those that it cannot reach just now among them.
        """
        here = {guild.id: guild.name for guild in self._client.guilds}
        now = self._client.engine.clock()
        for server in await self._client.lane.run(self._servers.only_on, self._application, here, now):
            guild = self._client.get_guild(server.id)
            if guild:  # it was joined while the list was being written down
                await self._join(guild)
            else:
                self._say(server)
        for guild in self._client.guilds:
            await self._note_channels(guild)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """A server that comes back in time finds everything as it was."""
        await self._join(guild)
        await self._note_channels(guild)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Only now does Discord tell the channels of one that it could not reach at the login."""
        await self.on_guild_join(guild)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Sent where knowbot was removed or the server deleted; of an outage discord.py tells by another event."""
        await self._note_channels(guild)
        server = LeftServer(guild.id, guild.name, self._client.engine.clock())
        await self._client.lane.run(self._servers.left, self._application, server)
        self._say(server)

    @commands.Cog.listener()
    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        """Threads are noted when something is asked or saved in them."""
        await self._client.lane.run(self._servers.note_channels, channel.guild.id, [channel.id])

    async def _join(self, guild: discord.Guild) -> None:
        await self._client.lane.run(self._servers.joined, self._application, guild.id, guild.name)
        await self._client.lane.run(self._client.places.load)
        await self._client.lane.run(self._client.noticing.load)
        await self._client.noticing.settle(guild)

    async def _note_channels(self, guild: discord.Guild) -> None:
        numbers = [each.id for each in (*guild.channels, *guild.threads)]
        await self._client.lane.run(self._servers.note_channels, guild.id, numbers)

    @property
    def _application(self) -> int:
        return self._client.application_id or 0

    def _say(self, server: LeftServer) -> None:
        days = self._client.settings.keep_left_servers / 86_400
        logger.warning(
            "server %s (%d) was left: what came from it is forgotten after %g days, unless it takes me back",
            *(server.name, server.id, days),
        )
