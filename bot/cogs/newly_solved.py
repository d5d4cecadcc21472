"""Threads of learnt channels: what is marked as solved is known within seconds, what is unmarked forgotten."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.community.accepting import ACCEPTED
from bot.community.learning import Learning

if TYPE_CHECKING:
    from bot.client import KnowbotClient

SETTLE_SECONDS = 3.0
"""Whoever marks an answer may change their mind, and a tag is set while the thread is closed."""


class NewlySolved(commands.Cog, name="newly solved"):
    """Hears marks and tags, and reads the thread anew: whose marks count is decided there."""

    def __init__(self, client: KnowbotClient, learning: Learning) -> None:
        self._client, self._learning = client, learning
        self._events: Counter[int] = Counter()
        self._turn = asyncio.Lock()

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Perhaps an answer is accepted."""
        await self._marked(payload.guild_id, payload.channel_id, payload.emoji)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """Perhaps it is accepted no more."""
        await self._marked(payload.guild_id, payload.channel_id, payload.emoji)

    @commands.Cog.listener()
    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        """All marks of a message."""
        await self._marked(payload.guild_id, payload.channel_id)

    @commands.Cog.listener()
    async def on_raw_reaction_clear_emoji(self, payload: discord.RawReactionClearEmojiEvent) -> None:
        """All marks of one emoji."""
        await self._marked(payload.guild_id, payload.channel_id, payload.emoji)

    @commands.Cog.listener()
    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """Perhaps a tag was set or taken away; only this event tells of threads that are archived."""
        guild = self._client.get_guild(payload.guild_id)
        if guild:
            await self._read_soon(guild, payload.thread_id, payload.parent_id)

    async def _marked(self, guild_id: int | None, channel_id: int, emoji: discord.PartialEmoji | None = None) -> None:
        """Nothing is marked in an archived thread, so that discord.py knows every thread that matters here."""
        guild = self._client.get_guild(guild_id or 0)
        thread = guild.get_thread(channel_id) if guild else None
        if guild and thread and (emoji is None or str(emoji) in ACCEPTED):
            await self._read_soon(guild, thread.id, thread.parent_id)

    async def _read_soon(self, guild: discord.Guild, thread_id: int, parent_id: int) -> None:
        """Once nothing more has happened to the thread for some seconds, and one thread at a time."""
        space, is_followed = self._client.settings.space_of(guild.id), self._client.engine.learned_channels.is_followed
        if not await self._client.lane.run(is_followed, space, parent_id):
            return
        self._events[thread_id] += 1
        event = self._events[thread_id]
        await asyncio.sleep(SETTLE_SECONDS)
        if self._events[thread_id] != event or self._client.is_stopping:
            return
        del self._events[thread_id]
        async with self._turn:
            thread = await guild.fetch_channel(thread_id)  # with its tags as they are now, archived or not
            if isinstance(thread, discord.Thread):
                await self._learning.thread(thread, space)
