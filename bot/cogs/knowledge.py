"""Knowledge from Discord: channels that staff have knowbot learn, and answers that they save."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot import words
from bot.community.learning import ChannelUnreadableError, Learnable, Learning
from bot.community.places import may_read
from bot.community.staff import refuse_others
from bot.outgoing.telling import tell
from bot.views.saving import SaveModal
from storage.audit import Action
from storage.errors import KnowbotError

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)

_MANAGERS = discord.Permissions(manage_messages=True)
_LOOK_SECONDS = 1.5
_LOOK_BACK = 10


class Knowledge(commands.Cog, name="knowledge"):
    """Nothing is learnt that no moderator asked for."""

    def __init__(self, client: KnowbotClient, learning: Learning) -> None:
        self._client, self._learning = client, learning
        self._documents = client.engine.channel_documents
        self._menu = app_commands.ContextMenu(name="Save as answer", callback=self.save_as_answer)

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
        if await self._refuses(interaction, channel):
            return
        async with self._client.deferring.thinking(interaction):
            sentence = await self._learnt(channel, self._client.settings.space_of(interaction.guild_id))
            await self._audit(interaction, "learn", f"#{channel.name}")
            await interaction.edit_original_response(content=sentence)

    @app_commands.command(name="unlearn", description="Forget everything that came from a channel.")
    @app_commands.describe(channel="A channel or forum that I have learnt")
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.guild_only()
    async def unlearn(
        self, interaction: discord.Interaction, channel: discord.TextChannel | discord.ForumChannel
    ) -> None:
        """Its answers are withdrawn as well."""
        if await self._refuses(interaction, channel):
            return
        async with self._client.deferring.thinking(interaction):
            await self._learning.forget(channel.id)
            await self._audit(interaction, "unlearn", f"#{channel.name}")
            await interaction.edit_original_response(content=words.unlearnt(channel.mention))

    async def save_as_answer(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Shows the draft to whoever of the staff asked for it."""
        if await refuse_others(interaction, self._client.settings):
            return
        if not message.content.strip() or message.author.bot:
            await tell(interaction, words.NOTHING_TO_SAVE)
            return
        # Beside the lane, which may be full: a form has to be shown within three seconds.
        if not await asyncio.to_thread(self._documents.may_learn_from, message.author.id):
            await tell(interaction, words.OPTED_OUT)
        else:
            question = await self._question_before(message)
            await interaction.response.send_modal(SaveModal(self._client, message, question))

    async def _refuses(self, interaction: discord.Interaction, channel: Learnable) -> bool:
        """Everybody but staff, and staff who may not read the channel themselves; True where it did."""
        if await refuse_others(interaction, self._client.settings):
            return True
        if isinstance(interaction.user, discord.Member) and may_read(interaction.user, channel):
            return False
        await tell(interaction, words.NOT_YOUR_CHANNEL)
        return True

    async def _learnt(self, channel: Learnable, space: str) -> str:
        try:
            await self._client.lane.run(self._client.engine.learned_channels.follow, space, channel.id)
            return words.learnt(channel.mention, await self._learning.channel(channel, space))
        except discord.HTTPException as refused:
            self._client.errors.not_read(refused, channel)
            return words.CANNOT_READ
        except ChannelUnreadableError as error:
            logger.error("%s", error)
            return words.CANNOT_READ
        except KnowbotError as error:
            return self._client.errors.explain(error, "learn")

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

    async def _audit(self, interaction: discord.Interaction, action: Action, subject: str) -> None:
        audit = self._client.engine.members.audit
        await self._client.lane.run(audit, str(interaction.guild_id), interaction.user.id, action, subject)
