"""The tree of commands: in the server's language, and with a friendly line where one fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import discord
from discord import app_commands

if TYPE_CHECKING:
    from bot.client import KnowbotClient


class KnowbotTree(app_commands.CommandTree[discord.Client]):
    """Commands whose failures end in a friendly line."""

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Refuses nobody; it comes first in whatever a command does."""
        cast("KnowbotClient", self.client).speak_to(interaction.guild)
        return True

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError, /) -> None:
        """See CommandTree."""
        client = cast("KnowbotClient", self.client)
        name = interaction.command.qualified_name if interaction.command else "a command"
        await client.errors.tell(interaction, error, name)
