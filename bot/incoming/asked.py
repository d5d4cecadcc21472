"""What the messages of one question ask: their words, what is attached to them, and what was asked before."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

import discord

from bot.incoming.tracebacks import LARGEST_ATTACHMENT, MOST_ATTACHMENTS, decoded, is_text, question_in
from retrieval.types import Asked, Question

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)

_EMOJI = re.compile(r"<a?(:\w+:)\d+>")


async def asked_in(parts: Sequence[discord.Message], me: discord.ClientUser) -> str:
    """The words of all parts, with the errors that their attachments show in front.

    The title of a forum's post is what its author asks first.
    """
    texts = [_words_of(part, me) for part in parts]
    channel = parts[0].channel
    if isinstance(channel, discord.Thread) and parts[0].id == channel.id:
        texts.insert(0, channel.name)
    attached = [text async for text in _attached(parts)]
    return question_in("\n".join(text for text in texts if text), attached)


def asked_by(message: discord.Message, shadow: bool = False) -> Asked:
    """Who asked in a message, and where; ``shadow`` where knowbot only listens."""
    server = message.guild.id if message.guild else None
    return Asked("discord", message.author.id, message.channel.id, message.id, server, shadow)


async def question_of(client: KnowbotClient, parts: Sequence[discord.Message], addressed: bool) -> Question:
    """The question with what all who read the reply may see."""
    assert client.user is not None  # no message arrives before the login
    first = parts[0]
    space = await client.direct.space_for(first.guild, first.author)
    seen = await client.places.readable_in(first.channel, space)
    return Question(await asked_in(parts, client.user), space, seen, addressed, await _context(client, first))


async def _context(client: KnowbotClient, message: discord.Message) -> tuple[str, ...]:
    """What was asked before, where somebody asks on in a reply to knowbot; thanks are no question."""
    reply_id = message.reference.message_id if message.reference else None
    if reply_id is None or "?" not in message.content:
        return ()
    before = await client.lane.run(client.engine.stores.interactions.of_reply, reply_id)
    return (before.question,) if before and before.question else ()


async def _attached(parts: Sequence[discord.Message]) -> AsyncIterator[str]:
    files = [each for part in parts for each in part.attachments if is_text(each.filename)]
    for file in files[:MOST_ATTACHMENTS]:
        if file.size > LARGEST_ATTACHMENT:
            continue
        try:
            yield decoded(await file.read())
        except discord.HTTPException as error:
            logger.warning("an attached %s could not be read: %s", file.filename.rpartition(".")[2], error)


def _words_of(message: discord.Message, me: discord.ClientUser) -> str:
    """What a message says: names instead of mention codes, and without the mention that called knowbot."""
    text = re.sub(rf"<@!?{me.id}>", " ", message.content)
    for user in message.mentions:
        if user.id != me.id:
            text = re.sub(rf"<@!?{user.id}>", f"@{user.display_name}", text)
    return _EMOJI.sub(r"\1", text).strip()
