"""Questions that were put to knowbot while it was not connected: a restart, or a session that Discord gave up."""

from __future__ import annotations

import datetime
import logging
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.trouble import not_read
from storage.errors import KnowbotError

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)

LONGEST_GAP = datetime.timedelta(minutes=15)
"""An older question has been answered by somebody else, or is not waited for any more."""

_MOST_MESSAGES = 100


class CatchUp(commands.Cog, name="catch up"):
    """Reads on in the watched channels from the last message that it knows there."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """After every login. A resumed session needs none of this: Discord replays what was missed."""
        if self._client.is_stopping:
            return
        async with self._client.at_work():
            for guild in self._client.guilds:
                for number in self._client.places.modes(guild.id):
                    channel = guild.get_channel(number)
                    if isinstance(channel, discord.TextChannel):
                        await self._read_on(channel)
                    elif isinstance(channel, discord.ForumChannel):
                        await self._look_at_posts(channel)

    async def _read_on(self, channel: discord.TextChannel) -> None:
        """Whoever spoke to knowbot is heard now; what others said meanwhile is past."""
        try:
            last = await self._client.lane.run(self._client.engine.stores.interactions.latest_message, channel.id)
            if last is None:  # it is new here, and nobody has waited for it
                return
            earliest = discord.utils.time_snowflake(discord.utils.utcnow() - LONGEST_GAP)
            missed = channel.history(after=discord.Object(max(last, earliest)), limit=_MOST_MESSAGES, oldest_first=True)
            async for message in missed:
                if self._client.setting_of(message).addressed:
                    logger.info("a question in #%s was missed and is answered now", channel)
                    self._client.dispatch("message", message)
        except discord.HTTPException as refused:
            not_read(refused, channel)
        except KnowbotError as error:
            logger.warning("what was missed in #%s is not answered: %s", channel, error)

    async def _look_at_posts(self, forum: discord.ForumChannel) -> None:
        """New posts are questions to everybody, so they are heard now; those that were heard before are known."""
        earliest = discord.utils.utcnow() - LONGEST_GAP
        for thread in forum.threads:
            if thread.created_at is None or thread.created_at < earliest:
                continue
            try:
                self._client.dispatch("message", await thread.fetch_message(thread.id))
            except discord.NotFound:  # its author has deleted it
                continue
            except discord.HTTPException as refused:
                not_read(refused, forum)
