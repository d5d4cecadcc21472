"""Questions on Discord: ``/ask``, mentions, replies, direct messages, and what is said in watched channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot import words
from bot.buttons import answer_buttons
from bot.policy import QUESTIONS_A_MINUTE, Setting, flags, speaks
from bot.streaming import write_out
from bot.translate import question_from, readable_in, shown_for
from bot.trouble import friendly, not_sent
from retrieval.types import Asked, Question

if TYPE_CHECKING:
    from bot.client import KnowbotClient, Outcome

_LONGEST_QUESTION = 1000


def _by_member(times: int) -> commands.CooldownMapping[discord.abc.User]:
    """So many times a minute for each member."""
    return commands.CooldownMapping.from_cooldown(times, 60.0, lambda member: member.id)


def _exhausted(allowance: commands.CooldownMapping[discord.abc.User], member: discord.abc.User) -> bool:
    """Takes one from a member's allowance; True where nothing was left."""
    bucket = allowance.get_bucket(member)
    return bucket is not None and bucket.update_rate_limit() is not None


class AnswersCog(commands.Cog, name="answers"):
    """Hears questions and answers them."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client
        self._asked = _by_member(QUESTIONS_A_MINUTE)
        self._told = _by_member(1)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Everything that is said where knowbot can read; most of it does not concern it."""
        if message.author.bot or message.is_system() or self._client.is_stopping:
            return
        setting = self._client.setting_of(message)
        if setting.concerns_us:
            async with self._client.at_work():
                await self._hear(message, setting)

    @app_commands.command(name="ask", description="Ask the community's documents a question.")
    @app_commands.describe(question="What you would like to know, in a sentence or two")
    async def ask(
        self, interaction: discord.Interaction, question: app_commands.Range[str, 1, _LONGEST_QUESTION]
    ) -> None:
        """Acknowledges at once, and answers when the lane is done."""
        async with self._client.at_work():
            await interaction.response.defer(thinking=True)
            space = self._client.settings.space_of(interaction.guild_id)
            asking = Question(question, space, readable_in(interaction.channel), addressed=True)
            if await self._client.is_paused(interaction.guild):
                await interaction.edit_original_response(content=words.PAUSED)
            elif self._asks_too_much(interaction.user):
                await interaction.edit_original_response(content=words.SLOWER)
            else:
                await self._follow_up(interaction, asking)

    async def _follow_up(self, interaction: discord.Interaction, asking: Question) -> None:
        try:
            outcome = await self._client.ask(asking, Asked("discord", interaction.user.id, interaction.channel_id))
        except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it was
            await interaction.edit_original_response(content=friendly(error))
            return
        if outcome:
            # Discord shows the others only that a command was used, so the question stands above its answer.
            shown = shown_for(outcome.answer, asked=asking.text)
            view = self._buttons(outcome, interaction.guild)
            sent = await interaction.edit_original_response(content=shown.content, embeds=shown.embeds, view=view)
            await self._posted(outcome, sent)
            await write_out(self._client, outcome, sent, asked=asking.text)

    async def _hear(self, message: discord.Message, setting: Setting) -> None:
        try:
            outcome = await self._answer(message, setting)
        except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it was
            sentence = friendly(error)
            if setting.addressed:
                await self._say(message, sentence)
        else:
            if outcome:
                await self._act(message, setting, outcome)

    async def _answer(self, message: discord.Message, setting: Setting) -> Outcome | None:
        """None where there is nothing to say, or where it has been said already."""
        client = self._client
        if await client.is_paused(message.guild):
            if setting.addressed:
                await self._say(message, words.PAUSED)
            return None
        if setting.addressed and self._asks_too_much(message.author):
            if not _exhausted(self._told, message.author):
                await self._say(message, words.SLOWER)
            return None
        assert client.user is not None  # no message arrives before the login
        space = client.settings.space_of(message.guild.id if message.guild else None)
        question = question_from(message, client.user, space, setting.addressed)
        asked = Asked("discord", message.author.id, message.channel.id, message.id)
        if not setting.addressed:
            return await client.ask(question, asked)
        async with message.channel.typing():
            return await client.ask(question, asked)

    async def _act(self, message: discord.Message, setting: Setting, outcome: Outcome) -> None:
        if speaks(outcome.answer.decision, setting):
            shown = shown_for(outcome.answer)
            view = self._buttons(outcome, message.guild)
            sent = await self._say(message, shown.content, shown.embeds, view)
            if sent:
                await self._posted(outcome, sent)
                await write_out(self._client, outcome, sent)
        if flags(outcome.answer, setting):
            self._client.dispatch("off_topic", message, outcome)

    async def _say(
        self,
        message: discord.Message,
        content: str,
        embeds: Sequence[discord.Embed] = (),
        view: discord.ui.View | None = None,
    ) -> discord.Message | None:
        """Replies without a ping; None where Discord refuses, and then the log says why."""
        reference = message.to_reference(fail_if_not_exists=False)
        try:
            return await message.channel.send(
                content, embeds=embeds, view=view or discord.ui.View(), reference=reference, mention_author=False
            )
        except discord.HTTPException as refused:
            not_sent(refused, message.channel)
            return None

    async def _posted(self, outcome: Outcome, sent: discord.Message) -> None:
        await self._client.lane.run(self._client.engine.stores.interactions.note_reply, outcome.number, sent.id)

    def _buttons(self, outcome: Outcome, guild: discord.Guild | None) -> discord.ui.View:
        """Helpers are called on servers only: in a direct message nobody else reads."""
        role = self._client.settings.discord.helper_role if guild else None
        return answer_buttons(outcome.number, outcome.answer, role)

    def _asks_too_much(self, member: discord.abc.User) -> bool:
        return _exhausted(self._asked, member)
