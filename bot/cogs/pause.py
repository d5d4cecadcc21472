"""``/pause`` and ``/resume``: moderators have knowbot keep quiet in their server."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot import words
from bot.community.staff import refuse_others

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)


class Pause(commands.Cog, name="pause"):
    """Commands for staff. Discord hides them from everybody else, and they are checked here all the same."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client

    @app_commands.command(name="pause", description="Stop answering and flagging in this server.")
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.guild_only()
    async def pause(self, interaction: discord.Interaction) -> None:
        """Until somebody resumes, a restart included."""
        await self._switch(interaction, paused=True)

    @app_commands.command(name="resume", description="Answer again in this server.")
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.guild_only()
    async def resume(self, interaction: discord.Interaction) -> None:
        """The other way round."""
        await self._switch(interaction, paused=False)

    async def _switch(self, interaction: discord.Interaction, paused: bool) -> None:
        if interaction.guild is None or await refuse_others(interaction, self._client.settings):
            return
        async with self._client.deferring.thinking(interaction, ephemeral=False):
            await self._client.pausing.set(interaction.guild, paused, interaction.user.id)
            audit, by = self._client.engine.members.audit, interaction.user.id
            await self._client.lane.run(audit, str(interaction.guild_id), by, "pause" if paused else "resume")
            logger.info("%s in %s", "paused" if paused else "resumed", interaction.guild)
            await interaction.edit_original_response(content=words.PAUSE_ON if paused else words.PAUSE_OFF)
