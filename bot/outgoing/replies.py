"""Answers on their way to Discord: posted as replies that ping nobody, edited, or taken back."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import discord

from bot import words
from bot.community.servers import helper_role
from bot.gateway.connecting import UNREACHABLE
from bot.outgoing.addresses import message_link
from bot.outgoing.embeds import Shown, shown_for
from bot.outgoing.streaming import write_out
from bot.views.buttons import answer_buttons
from storage.errors import KnowbotError

if TYPE_CHECKING:
    from bot.client import KnowbotClient, Outcome

logger = logging.getLogger(__name__)

_PAUSES = (1.0, 5.0, 20.0)
"""Seconds before each further attempt, beyond discord.py's own, to post through an outage."""


class Replies:
    """Posts for the cogs. Whatever Discord refuses is in the log, with what an operator can change."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client

    async def answer(
        self, message: discord.Message, outcome: Outcome, earlier: discord.Message | None = None
    ) -> discord.Message | None:
        """Posts an answer under ``message``, or in the place of an earlier one; None where Discord refuses."""
        view = answer_buttons(outcome.number, outcome.answer, helper_role(self._client.settings, message.guild))
        sent = await self.say(message, shown_for(outcome.answer), view, earlier)
        if sent:
            await self.note(outcome, sent)
            await write_out(self._client, outcome, sent)
        return sent

    async def point(self, message: discord.Message, outcome: Outcome, link: str) -> discord.Message | None:
        """Posts the link to the same answer of before in the place of the answer; None where Discord refuses."""
        sent = await self.say(message, Shown(words.answered_before(link), ()))
        if sent:
            await self._client.lane.run(self._client.engine.stores.interactions.note_answer, outcome.number, "")
            await self.note(outcome, sent)
        return sent

    async def said_before(self, message: discord.Message, outcome: Outcome) -> str | None:
        """The link to the same answer to the same question in this channel, if there was one within a day."""
        if message.guild is None:
            return None
        known = self._client.engine.known
        try:
            first = await self._client.lane.run(known.first, outcome.answer, message.channel.id)
        except KnowbotError as error:
            logger.warning("whether it was asked before cannot be told: %s", error)
            return None
        return message_link(message.guild.id, first.channel_id, first.reply_id) if first else None

    async def tell(self, message: discord.Message, sentence: str) -> None:
        """Replies with plain words."""
        await self.say(message, Shown(sentence, ()))

    async def say(
        self,
        message: discord.Message,
        shown: Shown,
        view: discord.ui.View | None = None,
        earlier: discord.Message | None = None,
    ) -> discord.Message | None:
        """Replies without a ping, or edits ``earlier``; None where Discord refuses."""
        embeds, view = list(shown.embeds), view or discord.ui.View()
        # What follows no address hides embeds as well, so that only plain words go without.
        no_previews = not embeds
        reference, nonce = message.to_reference(fail_if_not_exists=False), secrets.randbits(64)

        async def post() -> discord.Message:
            if earlier:
                return await earlier.edit(content=shown.content, embeds=embeds, view=view, suppress=no_previews)
            return await message.channel.send(
                shown.content,
                embeds=embeds,
                view=view,
                suppress_embeds=no_previews,
                reference=reference,
                mention_author=False,
                nonce=nonce,
            )

        try:
            return await persistently(post)
        except discord.HTTPException as refused:
            self._client.errors.not_sent(refused, message.channel)
        except UNREACHABLE as error:
            logger.error("an answer in #%s could not be posted, Discord cannot be reached: %s", message.channel, error)
        return None

    async def take_back(self, reply: discord.Message | discord.PartialMessage) -> None:
        """Deletes a message of ours; one that is gone already is no error."""
        try:
            await reply.delete()
        except discord.NotFound:
            return
        except discord.HTTPException as refused:
            self._client.errors.not_sent(refused, reply.channel)

    async def note(self, outcome: Outcome, sent: discord.Message) -> None:
        """Remembers which message told an answer."""
        await self._client.lane.run(self._client.engine.stores.interactions.note_reply, outcome.number, sent.id)


async def persistently(post: Callable[[], Awaitable[discord.Message]]) -> discord.Message:
    """Tries again where Discord fails; its nonce keeps a message that was posted all the same from coming twice."""
    for pause in _PAUSES:
        try:
            return await post()
        except UNREACHABLE as error:
            logger.warning("Discord did not take an answer (%s): trying again in %.0f s", error, pause)
            await asyncio.sleep(pause)
    return await post()
