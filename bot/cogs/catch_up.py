"""What was put to knowbot while it was not connected, or not answered before it was killed."""

from __future__ import annotations

import datetime
import logging
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.community.manners import QUIET_SECONDS
from bot.gateway.connecting import UNREACHABLE
from bot.incoming.missed import Parts, has_company, meet_authors, unanswered
from bot.incoming.told import Told
from storage.errors import KnowbotError
from storage.records import Interaction

if TYPE_CHECKING:
    from bot.client import KnowbotClient
    from bot.cogs.answers import AnswersCog

    Room = discord.TextChannel | discord.Thread | discord.DMChannel

logger = logging.getLogger(__name__)

LONGEST_GAP = datetime.timedelta(minutes=15)
"""An older question has been answered by somebody else, or is not waited for any more."""

_MOST_MESSAGES = 300
_QUIET = datetime.timedelta(seconds=QUIET_SECONDS)


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

    async def _rooms(self, earliest: datetime.datetime) -> AsyncIterator[Room]:
        """Watched channels first, then the others in which anything was said, then direct messages."""
        guilds = self._client.guilds
        watched = self._watched()
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
        """Whoever spoke to knowbot, or asked where it answers unasked, is heard now; all else is past."""
        parent = room.parent_id if isinstance(room, discord.Thread) else room.id
        is_watched = bool({room.id, parent} & self._watched())
        reach = earliest - _QUIET if is_watched else earliest
        try:
            history = room.history(after=reach, limit=_MOST_MESSAGES, oldest_first=False)
            messages = [message async for message in history][::-1]
            if is_watched:
                await self._meet_authors(room, messages)
            for parts in self._unanswered(messages, earliest):
                await self._hear(parts)
        except discord.HTTPException as refused:
            self._client.errors.not_read(refused, room)
        except (KnowbotError, *UNREACHABLE) as error:
            logger.warning("what was missed in #%s is not answered: %s", room, error)

    async def _meet_authors(self, room: Room, messages: Sequence[discord.Message]) -> None:
        """Where it fails, only what was said to knowbot is answered: nobody can tell who of the others is staff."""
        try:
            if room.guild:
                await meet_authors(room.guild, messages)
        except (discord.ClientException, *UNREACHABLE) as error:
            logger.warning("who wrote in #%s cannot be told, so nothing there is answered unasked: %s", room, error)

    def _unanswered(self, messages: Sequence[discord.Message], earliest: datetime.datetime) -> list[Parts]:
        """Questions since ``earliest`` that this process has not heard, which is still at them otherwise."""
        me, heard = self._client.user, self._answers.heard
        assert me is not None  # there is a session
        met_with_quiet = {each.id for each in messages if each.id not in heard and self._finds_quiet(each)}

        def wanted(message: discord.Message) -> bool:
            if message.author.bot or message.is_system() or message.id in heard or message.created_at < earliest:
                return False
            setting = self._client.setting_of(message)
            if setting.waits_for_reply or setting.staff or setting.shadow or setting.mode is None:
                return setting.waits_for_reply
            is_post = message.id == message.channel.id  # which is a question to everybody
            is_alone = message.id not in met_with_quiet and not has_company(message, messages, me)
            is_here = isinstance(message.author, discord.Member)
            return is_here and is_alone and (is_post or setting.mode == "helpful")

        return list(unanswered(messages, me, wanted, self._client.settings.discord.patience))

    def _finds_quiet(self, message: discord.Message) -> bool:
        """Tells the answers who spoke when, which a start has forgotten; True where staff were answering just then."""
        if message.author.bot or message.is_system() or message.guild is None:
            return False
        presence, channel_id = self._answers.presence, message.channel.id
        then = self._client.engine.clock() - (discord.utils.utcnow() - message.created_at).total_seconds()
        presence.heard(channel_id, self._client.setting_of(message).staff, message.reference is not None, then)
        return presence.is_quiet(channel_id, then)

    async def _hear(self, parts: Parts) -> None:
        """A question that was recorded and then never replied to is answered anew in its place."""
        stores, run = self._client.engine.stores, self._client.lane.run
        owed, earlier = list[discord.Message](), None
        for part in parts:
            number = await run(stores.known_questions.of_message, part.id)
            asked = await run(stores.interactions.get, number) if number is not None else None
            if asked is None or _is_owed(asked):
                owed, earlier = [*owed, part], number or earlier
            else:
                owed, earlier = [], None
        are_new = [self._answers.heard.is_new(part.id) for part in owed]
        if owed and all(are_new):
            logger.info("a question in #%s was missed, or its answer never posted: it is answered now", owed[0].channel)
            told = Told(tuple(owed), tuple(part.content for part in owed), earlier, None) if earlier else None
            self._client.dispatch("missed", tuple(owed), told)

    @commands.Cog.listener()
    async def on_missed(self, parts: Parts, told: Told | None) -> None:
        """Sent by this cog, so that one long answer keeps nobody waiting."""
        async with self._client.at_work():
            await self._answers.respond(parts, told)

    def _watched(self) -> set[int]:
        return {number for guild in self._client.guilds for number in self._client.places.modes(guild.id)}


def _is_lively(room: discord.TextChannel | discord.Thread, earliest: datetime.datetime) -> bool:
    """True where something was said since then, and where knowbot may read it."""
    # The number of a thread is that of its first message.
    last = room.last_message_id or (room.id if isinstance(room, discord.Thread) else None)
    if last is None or discord.utils.snowflake_time(last) < earliest:
        return False
    may = room.permissions_for(room.guild.me)
    return may.view_channel and may.read_message_history


def _is_owed(asked: Interaction) -> bool:
    """True where something was to be posted and was not; what was not asked of knowbot is answered or left."""
    is_open = asked.reply_id is None and asked.withdrawn_at is None and not asked.shadow
    return is_open and (asked.addressed or asked.decision == "answer")
