"""The Discord client: what the cogs share, and the beginning and end of its life."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import discord
from discord.ext import commands

from bot import words
from bot.cogs.answers import AnswersCog
from bot.cogs.asking import Asking
from bot.cogs.catch_up import CatchUp
from bot.cogs.connection import Connection
from bot.cogs.drift_news import DriftNews
from bot.cogs.following import Following
from bot.cogs.knowledge import Knowledge
from bot.cogs.membership import Membership
from bot.cogs.moderation import Moderation
from bot.cogs.newly_solved import NewlySolved
from bot.cogs.pause import Pause
from bot.cogs.privacy import Privacy
from bot.cogs.reading_again import ReadingAgain
from bot.cogs.second_thoughts import SecondThoughts
from bot.cogs.topic_guard import TopicGuard
from bot.cogs.withdrawals import Withdrawals
from bot.community.learning import Learning
from bot.community.noticing import Noticing
from bot.community.pausing import Pausing
from bot.community.places import Places
from bot.community.servers import DirectMessages
from bot.community.staff import is_staff
from bot.gateway.command_sync import sync_commands
from bot.gateway.command_tree import KnowbotTree
from bot.gateway.permissions import missing_in_channels
from bot.incoming.flagging import concern_of
from bot.lane import AnswerLane
from bot.observing.metrics import Metrics
from bot.outgoing.deferring import Deferring
from bot.outgoing.error_reports import ErrorReports
from bot.outgoing.writer import Writer
from bot.policy import Setting
from bot.settings import Settings
from bot.views.buttons import BUTTONS
from retrieval.engine import Engine
from retrieval.types import Answer, Asked, Question
from storage.flags import Flag

logger = logging.getLogger(__name__)

# knowbot has no voice, so nobody needs to be warned that it cannot speak.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

PATIENCE_AT_STOP = 15.0
"""Seconds that a stop waits for answers under way."""

_READY_SECONDS = 3.0


@dataclass(frozen=True)
class Outcome:
    """A question that was answered and recorded under ``number``, with the ``flag`` that was raised on it, if any."""

    number: int
    answer: Answer
    flag: Flag | None = None


class KnowbotClient(commands.Bot):
    """Hears messages and commands; asks the lane for answers. Pings nobody unless a button is made for it."""

    def __init__(self, settings: Settings, engine: Engine, lane: AnswerLane, shard_count: int | None = None) -> None:
        self.metrics = Metrics()
        intents = discord.Intents(
            guilds=True, guild_messages=True, guild_reactions=True, dm_messages=True, message_content=True
        )
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents,
            tree_cls=KnowbotTree,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=self.metrics.http_trace(),
            shard_count=shard_count,
        )
        self.settings, self.engine, self.lane, self.errors = settings, engine, lane, ErrorReports()
        self.writer = Writer(engine.meter, settings.writer) if settings.writer.model else None
        self.places, self.direct = Places(self), DirectMessages(self)
        self.deferring, self.pausing, self.noticing = Deferring(self), Pausing(self), Noticing(self)
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopping = False

    async def setup_hook(self) -> None:
        """Before the first event arrives: cogs, buttons of earlier lives, commands."""
        self.speak_to(None)  # all that follows, unless a server has another language
        answers, learning = AnswersCog(self), Learning(self)
        for cog in (
            *(Connection(self), answers, SecondThoughts(self, answers), Asking(self, answers), CatchUp(self, answers)),
            *(Knowledge(self, learning), Following(self, learning), NewlySolved(self, learning)),
            *(ReadingAgain(self, learning), Privacy(self, answers)),
            *(TopicGuard(self), Moderation(self), Pause(self), Membership(self), DriftNews(self)),
            Withdrawals(self),
        ):
            await self.add_cog(cog)
        self.places.load()
        self.noticing.load()
        self.add_dynamic_items(*BUTTONS)
        await sync_commands(self.tree, self.engine.stores.tunables, self.engine.clock())
        for space in self.settings.spaces:
            self.lane.warm_up(space)

    async def on_ready(self) -> None:
        """Says where it is, what it lacks there, and to members where it only listens."""
        logger.info("ready as %s in %d servers", self.user, len(self.guilds))
        for problem in missing_in_channels(self, self.settings):
            logger.warning(problem)
        for guild in self.guilds:
            await self.noticing.settle(guild)

    async def on_message(self, message: discord.Message, /) -> None:
        """The cogs listen; commands with a prefix do not exist."""

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:
        """What an event has met with; nobody waits for it, so that the log is told only."""
        error = sys.exception()
        if error:
            self.errors.explain(error, event_method)

    def speak_to(self, guild: discord.Guild | None) -> None:
        """From here on the current task speaks a server's language."""
        words.speak(self.settings.language_of(guild.id if guild else None))

    def setting_of(self, message: discord.Message) -> Setting:
        """How ``message`` reached knowbot."""
        staff = is_staff(message.author, self.settings)
        shadow = self.places.is_shadow(message.channel)
        return Setting(self._is_addressed(message), self.places.mode_of(message), staff, shadow)

    async def ask(
        self, question: Question, asked: Asked, replaces: int | None = None, setting: Setting | None = None
    ) -> Outcome | None:
        """Answers and records; None for a message that was answered before. Raises what the lane raises.

        ``replaces`` is the number of the same message as it was before it was edited. With a ``setting``, that of a
        message in a channel, it is flagged where moderators should see it.
        """
        knows = self.engine.stores.interactions.knows_message
        if replaces is None and asked.message_id and await self.lane.run(knows, asked.message_id):
            return None
        async with self.metrics.asking(asked.shadow):
            answer = await self.lane.answer(question)
        self.metrics.answered(answer, asked.shadow)
        concern = await concern_of(self, answer, asked, setting) if setting else None
        number = await self.lane.run(self.engine.conversations.record, answer, asked, replaces, concern)
        if number is None:
            return None
        flag = await self.lane.run(self.engine.stores.flags.of_question, number) if concern else None
        return Outcome(number, answer, flag)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Whatever must not be cut off by a stop."""
        self._under_way += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    @property
    def is_stopping(self) -> bool:
        """True once nothing new is begun."""
        return self._stopping

    async def stop(self) -> None:
        """Begins nothing new, ends what is under way, then leaves Discord."""
        self._stopping = True
        try:
            await asyncio.wait_for(self._idle.wait(), PATIENCE_AT_STOP)
        except TimeoutError:
            logger.warning("stopped with %d answers still under way", self._under_way)
        # discord.py gathers the servers for two seconds after a login, and fails loudly if it is closed meanwhile.
        with suppress(TimeoutError):
            await asyncio.wait_for(self.wait_until_ready(), _READY_SECONDS)
        await self.close()

    def _is_addressed(self, message: discord.Message) -> bool:
        replied_to = message.reference.resolved if message.reference else None
        to_me = isinstance(replied_to, discord.Message) and replied_to.author == self.user
        return message.guild is None or to_me or (self.user is not None and self.user in message.mentions)
