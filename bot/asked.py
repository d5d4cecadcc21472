"""What the messages of one question ask, with what is attached to them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence

import discord

from bot.reading import LARGEST_ATTACHMENT, MOST_ATTACHMENTS, decoded, is_text, question_in
from bot.translate import words_of

logger = logging.getLogger(__name__)


async def asked_in(parts: Sequence[discord.Message], me: discord.ClientUser) -> str:
    """The words of all parts, with the errors that their attachments show in front.

    The title of a forum's post is what its author asks first.
    """
    texts = [words_of(part, me) for part in parts]
    channel = parts[0].channel
    if isinstance(channel, discord.Thread) and parts[0].id == channel.id:
        texts.insert(0, channel.name)
    attached = [text async for text in _attached(parts)]
    return question_in("\n".join(text for text in texts if text), attached)


async def _attached(parts: Sequence[discord.Message]) -> AsyncIterator[str]:
    files = [each for part in parts for each in part.attachments if is_text(each.filename)]
    for file in files[:MOST_ATTACHMENTS]:
        if file.size > LARGEST_ATTACHMENT:
            continue
        try:
            yield decoded(await file.read())
        except discord.HTTPException as error:
            logger.warning("an attached %s could not be read: %s", file.filename.rpartition(".")[2], error)
