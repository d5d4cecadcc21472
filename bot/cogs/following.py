"""What documents are made of changes on Discord: they change with it, or go, and so do the answers that quote them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.community.history import document_of
from bot.community.learning import Learning
from bot.community.places import bound_to, is_open
from bot.community.recalling import show_withdrawn
from retrieval.handed_in.channel_documents import source_name
from storage.message_documents import MessagePart

if TYPE_CHECKING:
    from bot.client import KnowbotClient


class Following(commands.Cog, name="following"):
    """Everything that was learnt goes with the message that it came from."""

    def __init__(self, client: KnowbotClient, learning: Learning) -> None:
        self._client, self._learning = client, learning
        self._documents = client.engine.channel_documents

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A document says what its message says; an approved answer goes, since nobody has approved the new words."""
        message = payload.message
        if message.edited_at is None:
            return
        self._learning.missed(message.id)
        async with self._client.at_work():
            for part in await self._client.lane.run(self._documents.with_message, message.id):
                await self._follow(message, part)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """One message."""
        await self._forget_message(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Many at once."""
        for number in payload.message_ids:
            await self._forget_message(number)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """With all its messages."""
        await self._learning.forget(payload.thread_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """With all its messages and threads."""
        await self._learning.forget(channel.id)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """What was closed while knowbot was away."""
        for guild in self._client.guilds:
            await self._recall_closed(guild, guild.channels)

    @commands.Cog.listener()
    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """Perhaps somebody is shut out who was not."""
        await self._recall_closed(after.guild, [after])

    @commands.Cog.listener()
    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """What everybody may read rests on one role; on others, nothing that is open to all."""
        if after.is_default() and before.permissions != after.permissions:
            await self._recall_closed(after.guild, after.guild.channels)

    async def _recall_closed(self, guild: discord.Guild, channels: Sequence[discord.abc.GuildChannel]) -> None:
        """Answers elsewhere that quote a channel which not everybody may read any more are withdrawn."""
        run = self._client.lane.run
        async with self._client.at_work():
            bound = await run(self._documents.visibilities, self._client.settings.space_of(guild.id))
            for channel in channels:
                if bound_to(channel) in bound and not is_open(channel):
                    threads = [thread.id for thread in guild.threads if thread.parent_id == channel.id]
                    await show_withdrawn(self._client, await run(self._documents.recall_closed, channel.id, threads))

    async def _follow(self, message: discord.Message, part: MessagePart) -> None:
        run, documents = self._client.lane.run, self._documents
        if await run(self._client.engine.saved_answers.was_approved, part):
            await self._forget_message(message.id)
            return
        channel = message.channel
        if isinstance(channel, discord.Thread):  # a solved thread is read again as a whole
            parts = self._client.engine.learned_channels.parts
            standing = await run(parts, part.space, channel.parent_id, channel.id)
            await self._forget_message(message.id)
            await self._learning.thread(channel, part.space, [each.message_id for each in standing])
            return
        document = document_of(message)
        if document is None:
            await self._forget_message(message.id)
            return
        await run(documents.put, part.space, source_name(channel.id), [document])
        await show_withdrawn(self._client, await run(documents.recall_changed, part.space, part.location))

    async def _forget_message(self, message_id: int) -> None:
        self._learning.missed(message_id)
        async with self._client.at_work():
            posted = await self._client.lane.run(self._documents.forget_message, message_id)
            await show_withdrawn(self._client, posted)
