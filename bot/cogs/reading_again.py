"""Channels that staff had learnt are read again once a day, for what is new in them and what went unnoticed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord.ext import commands, tasks

from bot.community.learning import ChannelUnreadableError, Learnable, Learning
from bot.gateway.connecting import UNREACHABLE
from storage.errors import KnowbotError

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)

READ_AGAIN_SECONDS = 86_400.0
_LOOK_SECONDS = 600.0


class ReadingAgain(commands.Cog, name="reading again"):
    """When a channel was read last is kept, so that a restart reads none too often and makes up for a day missed."""

    def __init__(self, client: KnowbotClient, learning: Learning) -> None:
        self._client, self._learning = client, learning
        self._channels = client.engine.learned_channels
        self._refused_at: dict[int, float] = {}

    async def cog_load(self) -> None:
        """Begins to look for channels that were not read for a day."""
        self._look.start()

    async def cog_unload(self) -> None:
        """Ends it."""
        self._look.cancel()

    @tasks.loop(seconds=_LOOK_SECONDS)
    async def _look(self) -> None:
        try:
            await self.read_due()
        except Exception as error:  # noqa: BLE001 - it would end the loop for good; the next look is soon
            self._client.errors.explain(error, "reading again")

    @_look.before_loop
    async def _until_ready(self) -> None:
        await self._client.wait_until_ready()

    async def read_due(self) -> None:
        """Reads every learnt channel that was not read for a day, in the space that its server has now."""
        before = self._client.engine.clock() - READ_AGAIN_SECONDS
        for each in await self._client.lane.run(self._channels.all):
            channel = self._client.get_channel(each.channel_id)
            last = max(each.read_at or 0.0, self._refused_at.get(each.channel_id, 0.0))
            if last > before or not isinstance(channel, Learnable):
                continue
            if each.space == self._client.settings.space_of(channel.guild.id):
                await self._read(channel, each.space)

    async def _read(self, channel: Learnable, space: str) -> None:
        try:
            learnt = await self._learning.channel(channel, space)
            logger.info("#%s in %s was read again: %d documents", channel, channel.guild, learnt)
        except (ChannelUnreadableError, discord.Forbidden) as error:
            self._refused_at[channel.id] = self._client.engine.clock()
            logger.error("#%s is not read again: %s", channel, error)
            await self._client.lane.run(self._channels.was_read, space, channel.id, str(error))
        except (KnowbotError, discord.DiscordException, *UNREACHABLE) as error:
            logger.warning("#%s could not be read again and is tried soon: %s", channel, error or "too slow")
