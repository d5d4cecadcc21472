"""Knowledge from Discord: channels that staff have knowbot learn, answers that they save, and what becomes of both."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot import words
from bot.history import document_of
from bot.learning import Learnable, Learning, source_name
from bot.recalling import show_withdrawn
from bot.saving import SaveModal
from bot.staff import refuse_others
from bot.trouble import friendly, not_read, tell
from storage.errors import KnowbotError
from storage.message_documents import MessagePart

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)

_MANAGERS = discord.Permissions(manage_messages=True)
_LOOK_SECONDS = 1.5
_LOOK_BACK = 10


class Knowledge(commands.Cog, name="knowledge"):
    """Nothing is learnt that no moderator asked for; everything goes with the message that it came from."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client
        self._learning = Learning(client)
        self._documents = client.engine.channel_documents
        self._menu = app_commands.ContextMenu(name=words.SAVE_AS_ANSWER, callback=self.save_as_answer)

    async def cog_load(self) -> None:
        """A menu is no part of a cog by itself."""
        self._menu.guild_only = True
        self._menu.default_permissions = _MANAGERS
        self._client.tree.add_command(self._menu)

    @app_commands.command(name="learn", description="Learn a channel's messages and solved threads.")
    @app_commands.describe(channel="Only those who may read it will be answered from it")
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.guild_only()
    async def learn(
        self, interaction: discord.Interaction, channel: discord.TextChannel | discord.ForumChannel
    ) -> None:
        """A command of staff, so that somebody has decided that this channel may be quoted."""
        if await refuse_others(interaction, self._client.settings.discord.operators):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        async with self._client.at_work():
            sentence = await self._learnt(channel, self._client.settings.space_of(interaction.guild_id))
            await self._audit(interaction, "learn", f"#{channel.name}")
        await interaction.edit_original_response(content=sentence)

    @app_commands.command(name="unlearn", description="Forget everything that came from a channel.")
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.guild_only()
    async def unlearn(
        self, interaction: discord.Interaction, channel: discord.TextChannel | discord.ForumChannel
    ) -> None:
        """Its answers are withdrawn as well."""
        if await refuse_others(interaction, self._client.settings.discord.operators):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        await self._forget_channel(channel.id)
        await self._audit(interaction, "unlearn", f"#{channel.name}")
        await interaction.edit_original_response(content=words.unlearnt(channel.mention))

    async def save_as_answer(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Shows the draft to whoever of the staff asked for it."""
        if await refuse_others(interaction, self._client.settings.discord.operators):
            return
        if not message.content.strip() or message.author.bot:
            await tell(interaction, words.NOTHING_TO_SAVE)
        elif not await self._client.lane.run(self._documents.may_learn_from, message.author.id):
            await tell(interaction, words.OPTED_OUT)
        else:
            question = await self._question_before(message)
            await interaction.response.send_modal(SaveModal(self._client, message, question))

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
        await self._forget_channel(payload.thread_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """With all its messages and threads."""
        await self._forget_channel(channel.id)

    async def _learnt(self, channel: Learnable, space: str) -> str:
        try:
            return words.learnt(channel.mention, await self._learning.channel(channel, space))
        except discord.HTTPException as refused:
            not_read(refused, channel)
            return words.CANNOT_READ
        except KnowbotError as error:
            return friendly(error)

    async def _follow(self, message: discord.Message, part: MessagePart) -> None:
        run, documents = self._client.lane.run, self._documents
        if await run(documents.was_approved, part):
            await self._forget_message(message.id)
            return
        channel = message.channel
        if isinstance(channel, discord.Thread):  # a solved thread is read again as a whole
            await self._forget_message(message.id)
            await self._learning.thread(channel, part.space)
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

    async def _forget_channel(self, channel_id: int) -> None:
        async with self._client.at_work():
            posted = await self._client.lane.run(self._documents.forget_channel, channel_id)
            await show_withdrawn(self._client, posted)

    async def _question_before(self, message: discord.Message) -> str:
        """What was asked: the title of the thread, the message replied to, or the last one of somebody else."""
        channel = message.channel
        if isinstance(channel, discord.Thread):
            return channel.name
        replied_to = message.reference.resolved if message.reference else None
        if isinstance(replied_to, discord.Message):
            return replied_to.clean_content
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                async for before in channel.history(limit=_LOOK_BACK, before=message):
                    if before.author != message.author and not before.author.bot and before.content:
                        return before.clean_content
        except (TimeoutError, discord.HTTPException) as error:
            logger.warning("what was asked before a saved answer could not be read: %s", error or "too slow")
        return ""

    async def _audit(self, interaction: discord.Interaction, action: str, subject: str) -> None:
        audit = self._client.engine.members.audit
        await self._client.lane.run(audit, str(interaction.guild_id), interaction.user.id, action, subject)
