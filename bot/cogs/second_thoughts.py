"""Questions that their authors edit or delete: the answer follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.community.manners import EDIT_SECONDS
from storage.errors import KnowbotError

if TYPE_CHECKING:
    from bot.client import KnowbotClient
    from bot.cogs.answers import AnswersCog


class SecondThoughts(commands.Cog, name="second thoughts"):
    """Answers anew what is edited soon, and takes back the answer to what is deleted."""

    def __init__(self, client: KnowbotClient, answers: AnswersCog) -> None:
        self._client, self._answers = client, answers

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Within a minute; later, people have read the first answer and talk about it."""
        message, answers = payload.message, self._answers
        if message.author.bot or message.is_system() or message.edited_at is None or self._client.is_stopping:
            return
        if answers.gathering.edit(message):
            return
        if (message.edited_at - message.created_at).total_seconds() > EDIT_SECONDS:
            return
        told = answers.lately.find(message.id)
        if told is None:
            await answers.hear(message, self._client.setting_of(message))
        elif told.differs(message):
            async with self._client.at_work():
                await answers.respond(told.edited(message), told)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """One message."""
        await self._gone(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Many at once."""
        for number in payload.message_ids:
            await self._gone(number)

    async def _gone(self, message_id: int) -> None:
        answers = self._answers
        if answers.gathering.drop(message_id):
            return
        async with self._client.at_work():
            told = answers.lately.find(message_id)
            if told is None:
                await self._withdraw(message_id)
                return
            answers.lately.forget(told)
            if told.reply:
                await answers.replies.take_back(told.reply)
            if told.number is not None:
                await self._note_withdrawn(told.number)

    async def _withdraw(self, message_id: int) -> None:
        """A question from before a restart, or an answer of ours that somebody deleted."""
        stores, run = self._client.engine.stores, self._client.lane.run
        own = await run(stores.interactions.of_reply, message_id)
        number = own.id if own else await run(stores.known_questions.of_message, message_id)
        if number is None:
            return
        asked = await run(stores.interactions.get, number)
        channel = self._client.get_channel(asked.channel_id or 0)
        if own is None and asked.reply_id and isinstance(channel, discord.TextChannel | discord.Thread):
            await self._answers.replies.take_back(channel.get_partial_message(asked.reply_id))
        await self._note_withdrawn(number)

    async def _note_withdrawn(self, number: int) -> None:
        engine = self._client.engine
        try:
            await self._client.lane.run(engine.conversations.deleted, number)
        except KnowbotError:  # it was forgotten meanwhile, which is more than withdrawn
            return
