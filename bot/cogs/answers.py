"""Questions in messages: mentions, replies, direct messages, and what is said in watched channels."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot import words
from bot.community.manners import QUESTIONS_IN_A_CHANNEL, Allowance, Presence, unasked_answers
from bot.gateway.connecting import UNREACHABLE
from bot.incoming.asked import asked_by, question_of
from bot.incoming.gathering import Gathering
from bot.incoming.told import Heard, Lately, Told
from bot.outgoing.replies import Replies
from bot.policy import QUESTIONS_A_MINUTE, Setting, speaks

if TYPE_CHECKING:
    from bot.client import KnowbotClient, Outcome

Parts = tuple[discord.Message, ...]
"""The messages of one question, in order; the reply goes to the last one."""


class AnswersCog(commands.Cog, name="answers"):
    """Hears questions and answers them."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client, self.replies = client, Replies(client)
        self.gathering = Gathering(client.settings.discord.patience)
        self.lately, self.heard, self.presence = Lately(), Heard(), Presence()
        self._typing: set[asyncio.Task[None]] = set()
        self._asked, self._told = Allowance(QUESTIONS_A_MINUTE, 60.0), Allowance(1, 60.0)
        self._asked_here, self._unasked = Allowance(QUESTIONS_IN_A_CHANNEL, 60.0), unasked_answers()

    async def cog_unload(self) -> None:
        """Nobody is answered any more."""
        if self._client.writer:
            await self._client.writer.close()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Everything that is said where knowbot can read; most of it does not concern it."""
        if message.author.bot or message.is_system() or self._client.is_stopping:
            return
        if not self.heard.is_new(message.id):
            return
        setting = self._client.setting_of(message)
        if message.guild:
            is_reply = message.reference is not None
            self.presence.heard(message.channel.id, setting.staff, is_reply, self._client.engine.clock())
        if self.gathering.is_open(message):
            self.gathering.add(message)
        else:
            await self.hear(message, setting)

    async def hear(self, message: discord.Message, setting: Setting) -> None:
        """Waits for the rest of what a message begins, and answers the whole."""
        if not setting.concerns_us:
            return
        self.gathering.patience = self._client.settings.discord.patience
        async with self._client.at_work():
            if setting.waits_for_reply:
                # A courtesy, for which nobody shall wait: the answer may be there first, and Discord may be slow.
                typing = asyncio.create_task(_show_typing(message.channel))
                self._typing.add(typing)
                typing.add_done_callback(self._typing.discard)
            parts = tuple(await self.gathering.whole(message))
            if parts:
                await self.respond(parts)

    async def respond(self, parts: Parts, earlier: Told | None = None) -> None:
        """Answers a question, or answers it anew where ``earlier`` is what it was before somebody edited it."""
        self._client.speak_to(parts[0].guild)
        setting, contents = self._setting(parts), tuple(part.content for part in parts)
        try:
            outcome = await self._answer(parts, setting, earlier)
        except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it was
            sentence = self._client.errors.explain(error, "a question")
            if setting.waits_for_reply:
                await self.replies.tell(parts[-1], sentence)
        else:
            if outcome:
                reply = await self._act(parts, setting, outcome, earlier.reply if earlier else None)
                self.lately.remember(Told(parts, contents, outcome.number, reply))

    def _setting(self, parts: Parts) -> Setting:
        settings = [self._client.setting_of(part) for part in parts]
        return replace(settings[0], addressed=any(setting.addressed for setting in settings))

    async def _answer(self, parts: Parts, setting: Setting, earlier: Told | None) -> Outcome | None:
        """None where there is nothing to say, or where it has been said already."""
        client, message = self._client, parts[-1]
        if await client.pausing.holds(message.guild):
            if setting.waits_for_reply:
                await self.replies.tell(message, words.PAUSED)
            return None
        if setting.addressed and self._asks_too_much(message):
            if setting.waits_for_reply and self._told.take(message.author.id, client.engine.clock()):
                await self.replies.tell(message, words.SLOWER)
            return None
        if not setting.waits_for_reply and await client.lane.run(client.engine.members.is_opted_out, message.author.id):
            return None
        question = await question_of(client, parts, setting.addressed)
        asked, replaces = asked_by(message, setting.shadow), earlier.number if earlier else None
        return await client.ask(question, asked, replaces, setting)

    async def _act(
        self, parts: Parts, setting: Setting, outcome: Outcome, earlier: discord.Message | None
    ) -> discord.Message | None:
        """Posts what is to be posted, and tells the moderators' watch; the message that stands now, if any."""
        reply = None
        if self._may_speak(parts[-1], setting, outcome):
            reply = await self._reply(parts, outcome, earlier)
        elif earlier:
            await self.replies.take_back(earlier)
        if outcome.flag:
            self._client.dispatch("flagged", parts[-1], outcome.flag)
        return reply

    async def _reply(self, parts: Parts, outcome: Outcome, earlier: discord.Message | None) -> discord.Message | None:
        message = parts[-1]
        if not earlier and (first := await self.replies.said_before(message, outcome)):
            return await self.replies.point(message, outcome, first)
        return await self.replies.answer(message, outcome, earlier)

    def _may_speak(self, message: discord.Message, setting: Setting, outcome: Outcome) -> bool:
        if not speaks(outcome.answer.decision, setting):
            return False
        now = self._client.engine.clock()
        if setting.waits_for_reply:
            return True
        return not self.presence.is_quiet(message.channel.id, now) and self._unasked.take(message.channel.id, now)

    def _asks_too_much(self, message: discord.Message) -> bool:
        now = self._client.engine.clock()
        return not (self._asked.take(message.author.id, now) and self._asked_here.take(message.channel.id, now))

    def asks_too_much(self, member: discord.abc.User) -> bool:
        """Takes one question from a member's allowance; True where nothing was left."""
        return not self._asked.take(member.id, self._client.engine.clock())


async def _show_typing(channel: discord.abc.Messageable) -> None:
    with suppress(discord.HTTPException, *UNREACHABLE):
        await channel.typing()
