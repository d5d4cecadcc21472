"""Who may run things on a server: moderators, and the roles that the operator named."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import discord

from bot import words


def is_staff(user: discord.abc.User, operators: AbstractSet[int]) -> bool:
    """True for members who may manage messages and for those with an operator's role; in DMs nobody is staff."""
    if not isinstance(user, discord.Member):
        return False
    return user.guild_permissions.manage_messages or any(role.id in operators for role in user.roles)


async def refuse_others(interaction: discord.Interaction, operators: AbstractSet[int]) -> bool:
    """Tells everybody but staff that this is not for them; True where it did."""
    if is_staff(interaction.user, operators):
        return False
    await interaction.response.send_message(words.STAFF_ONLY, ephemeral=True)
    return True
