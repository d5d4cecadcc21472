"""Who may run things on a server: moderators, and the roles that the operator named."""

from __future__ import annotations

import discord

from bot import words
from bot.settings import Settings


def is_staff(user: discord.abc.User, settings: Settings) -> bool:
    """True for members who may manage messages and for those with an operator's role; in DMs nobody is staff."""
    if not isinstance(user, discord.Member):
        return False
    operators = settings.server(user.guild.id).operators
    return user.guild_permissions.manage_messages or any(role.id in operators for role in user.roles)


async def refuse_others(interaction: discord.Interaction, settings: Settings) -> bool:
    """Tells everybody but staff that this is not for them; True where it did."""
    if is_staff(interaction.user, settings):
        return False
    await interaction.response.send_message(words.STAFF_ONLY, ephemeral=True)
    return True
