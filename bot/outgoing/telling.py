"""A line in answer to a command, a button or a form, that nobody else sees."""

from __future__ import annotations

import discord


async def tell(interaction: discord.Interaction, text: str) -> None:
    """An ephemeral line in answer to a command or a button, whether it was acknowledged already or not.

    In the place of "is thinking", previews can only be kept away by ``<`` and ``>`` around an address.
    """
    if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
        await interaction.edit_original_response(content=text)
    elif interaction.response.is_done():
        await interaction.followup.send(text, ephemeral=True, suppress_embeds=True)
    else:
        await interaction.response.send_message(text, ephemeral=True, suppress_embeds=True)
