"""What was put to knowbot while it was not connected, or not answered before it was killed."""

from __future__ import annotations

import datetime
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.connecting import UNREACHABLE
from bot.gathering import MOST_WAITS
from bot.told import Told
from storage.errors import KnowbotError

if TYPE_CHECKING:
    from bot.client import KnowbotClient
    from bot.cogs.answers import AnswersCog

    Room = discord.TextChannel | discord.Thread | discord.DMChannel

logger = logging.getLogger(__name__)

LONGEST_GAP = datetime.timedelta(minutes=15)
"""An older question has been answered by somebody else, or is not waited for any more."""

_MOST_MESSAGES = 300


class CatchUp(commands.Cog, name="catch up"):
    """Reads what was said lately, wherever anything was, and hears the questions that nothing became of."""

    def __init__(self, client: KnowbotClient, answers: AnswersCog) -> None:
        self._client, self._answers = client, answers

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """After every login. A resumed session needs none of this: Discord replays what was missed."""
        if self._client.is_stopping:
            return
        earliest = discord.utils.utcnow() - LONGEST_GAP
        async with self._client.at_work():
            await self._client.deferring.settle()
            async for room in self._rooms(earliest):
                await self._read_on(room, earliest)
            for guild in self._client.guilds:
                for number in self._client.places.modes(guild.id):
                    forum = guild.get_channel(number)
                    if isinstance(forum, discord.ForumChannel):
                        await self._look_at_posts(forum, earliest)

    async def _rooms(self, earliest: datetime.datetime) -> AsyncIterator[Room]:
        """Watched channels first, then the others in which anything was said, then direct messages."""
        guilds = self._client.guilds
        watched = {number for guild in guilds for number in self._client.places.modes(guild.id)}
        rooms: list[discord.TextChannel | discord.Thread] = [
            *(channel for guild in guilds for channel in guild.text_channels),
            *(thread for guild in guilds for thread in guild.threads),
        ]
        for room in sorted(rooms, key=lambda each: each.id not in watched):
            if room.id in watched or _is_lively(room, earliest):
                yield room
        try:
            asked_in = self._client.engine.stores.interactions.channels_since
            for number in await self._client.lane.run(asked_in, earliest.timestamp()):
                if self._client.get_channel(number) is None:
                    found = await self._client.fetch_channel(number)
                    if isinstance(found, discord.DMChannel):
                        yield found
        except (discord.HTTPException, KnowbotError, *UNREACHABLE) as error:
            logger.warning("direct messages that were missed are not answered: %s", error)

    async def _read_on(self, room: Room, earliest: datetime.datetime) -> None:
        """Whoever spoke to knowbot is heard now; what others said meanwhile is past."""
        try:
            history = room.history(after=earliest, limit=_MOST_MESSAGES, oldest_first=False)
            messages = [message async for message in history][::-1]
            for message in self._unsettled(messages):
                await self._hear(message)
        except discord.HTTPException as refused:
            self._client.troubles.not_read(refused, room)
        except (KnowbotError, *UNREACHABLE) as error:
            logger.warning("what was missed in #%s is not answered: %s", room, error)

    def _unsettled(self, messages: Sequence[discord.Message]) -> Iterator[discord.Message]:
        """What was said to knowbot, and neither replied to nor heard by this process, which is still at it then."""
        me, heard = self._client.user, self._answers.heard
        replies = {each.reference.message_id for each in messages if each.author == me and each.reference}
        replied = [each for each in messages if each.id in replies]
        # Of a question in several messages, the last one is replied to.
        span = datetime.timedelta(seconds=1 + self._client.settings.discord.patience * MOST_WAITS)
        for message in messages:
            is_part = any(
                each.author == message.author and message.created_at <= each.created_at <= message.created_at + span
                for each in replied
            )
            if is_part or message.id in heard or message.author.bot:
                continue
            if self._client.setting_of(message).waits_for_reply:
                yield message

    async def _hear(self, message: discord.Message) -> None:
        """A question that was recorded and then never replied to is answered anew in its place."""
        stores, run = self._client.engine.stores, self._client.lane.run
        number = await run(stores.known_questions.of_message, message.id)
        if number is None:
            logger.info("a question in #%s was missed and is answered now", message.channel)
            self._client.dispatch("message", message)
            return
        asked = await run(stores.interactions.get, number)
        if asked.reply_id is None and asked.withdrawn_at is None and self._answers.heard.is_new(message.id):
            logger.info("an answer in #%s was never posted; the question is answered anew", message.channel)
            await self._answers.respond((message,), Told((message,), (message.content,), number, None))

    async def _look_at_posts(self, forum: discord.ForumChannel, earliest: datetime.datetime) -> None:
        """New posts are questions to everybody, so they are heard now; those that were heard before are known."""
        for thread in forum.threads:
            if thread.created_at is None or thread.created_at < earliest:
                continue
            try:
                self._client.dispatch("message", await thread.fetch_message(thread.id))
            except discord.NotFound:  # its author has deleted it
                continue
            except discord.HTTPException as refused:
                self._client.troubles.not_read(refused, forum)
            except UNREACHABLE as error:
                logger.warning("what was posted in #%s is not answered: %s", forum, error)


def _is_lively(room: discord.TextChannel | discord.Thread, earliest: datetime.datetime) -> bool:
    """True where something was said since then, and where knowbot may read it."""
    last = room.last_message_id
    if last is None or discord.utils.snowflake_time(last) < earliest:
        return False
    may = room.permissions_for(room.guild.me)
    return may.view_channel and may.read_message_history
