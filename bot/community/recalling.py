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
        await take_off(client, each, "SOURCE_WITHDRAWN")


async def take_off(client: KnowbotClient, posted: PostedAnswer, word: str) -> bool:
    """Replaces an answer by the line that ``word`` names; False where Discord would not have it."""
    channel = client.get_channel(posted.channel_id)
    guild = channel.guild if isinstance(channel, discord.abc.GuildChannel | discord.Thread) else None
    with words.spoken(client.settings.language_of(guild.id if guild else None)):
        gone = str(getattr(words, word))
    # discord.py knows neither direct messages of former lives nor archived threads, and Discord needs the number alone.
    place = client.get_partial_messageable(posted.channel_id)
    try:
        await place.get_partial_message(posted.reply_id).edit(content=gone, embeds=[], view=None)
    except discord.NotFound:
        return True
    except discord.HTTPException as refused:
        client.errors.not_sent(refused, channel or posted.channel_id)
        return False
    return True


async def forget_channel(client: KnowbotClient, channel_id: int) -> None:
    """Forgets what came from a channel or thread; answers that quote it are withdrawn."""
    async with client.at_work():
        posted = await client.lane.run(client.engine.channel_documents.forget_channel, channel_id)
        await show_withdrawn(client, posted)
