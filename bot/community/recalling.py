"""Posted answers whose source is gone: what they said is taken off Discord."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import discord

from bot import words
from storage.known_questions import PostedAnswer

if TYPE_CHECKING:
    from bot.client import KnowbotClient


async def show_withdrawn(client: KnowbotClient, posted: Iterable[PostedAnswer]) -> None:
    """Replaces each answer by a line that says why it is gone."""
    for each in posted:
        channel = client.get_channel(each.channel_id)
        if not isinstance(channel, discord.TextChannel | discord.Thread):
            continue
        with words.spoken(client.settings.language_of(channel.guild.id)):
            gone = words.SOURCE_WITHDRAWN
        try:
            await channel.get_partial_message(each.reply_id).edit(content=gone, embeds=[], view=None)
        except discord.NotFound:
            continue
        except discord.HTTPException as refused:
            client.errors.not_sent(refused, channel)


async def forget_channel(client: KnowbotClient, channel_id: int) -> None:
    """Forgets what came from a channel or thread; answers that quote it are withdrawn."""
    async with client.at_work():
        posted = await client.lane.run(client.engine.channel_documents.forget_channel, channel_id)
        await show_withdrawn(client, posted)
