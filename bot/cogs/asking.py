"""``/ask``, with suggestions, and the menus of a message: "Answer this" and "Similar questions"."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot import words
from bot.community.servers import helper_role
from bot.community.staff import is_staff
from bot.incoming.asked import asked_by, asked_in
from bot.outgoing.discord_limits import CHOICE, CHOICES
from bot.outgoing.embeds import Shown, shown_for, similar_embed
from bot.outgoing.error_kinds import is_expired
from bot.outgoing.streaming import write_out
from bot.views.buttons import answer_buttons
from retrieval.types import Asked, Question
from storage.errors import KnowbotError

if TYPE_CHECKING:
    from bot.client import KnowbotClient
    from bot.cogs.answers import AnswersCog

logger = logging.getLogger(__name__)

PRIVATE = "discord-private"
"""The origin of a question that nobody else sees: it is suggested to nobody and pointed to by nothing."""

_ANSWER_THIS, _SIMILAR_QUESTIONS = "Answer this", "Similar questions"
_LONGEST_QUESTION = 1000
_SUGGESTION_SECONDS = 2.0


class Asking(commands.Cog, name="asking"):
    """Acknowledges at once whatever it is asked, and answers when the lane is done."""

    def __init__(self, client: KnowbotClient, answers: AnswersCog) -> None:
        self._client, self._answers = client, answers
        self._menus = (
            app_commands.ContextMenu(name=_ANSWER_THIS, callback=self.answer_this),
            app_commands.ContextMenu(name=_SIMILAR_QUESTIONS, callback=self.similar_questions),
        )

    async def cog_load(self) -> None:
        """Menus are no part of a cog by themselves."""
        for menu in self._menus:
            menu.guild_only = True
            self._client.tree.add_command(menu)

    @app_commands.command(name="ask", description="Ask the community's documents a question.")
    @app_commands.describe(
        question="What you would like to know, in a sentence or two", private="Show the answer to nobody but me"
    )
    async def ask(
        self,
        interaction: discord.Interaction,
        question: app_commands.Range[str, 1, _LONGEST_QUESTION],
        private: bool = False,
    ) -> None:
        """In private, everything may be answered from that the member may read; in public, what all readers may.

        Where knowbot only listens, nobody else sees the answer.
        """
        private = private or self._client.places.is_shadow(interaction.channel)
        async with self._client.deferring.thinking(interaction, ephemeral=private):
            await self._follow_up(interaction, question, private)

    @ask.autocomplete("question")
    async def _suggest(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Known questions; none where they cannot be found in time."""
        try:
            async with asyncio.timeout(_SUGGESTION_SECONDS):
                space = await self._client.direct.space_for(interaction.guild, interaction.user)
                seen = await self._client.places.readable_by(interaction, space)
                found = await self._client.lane.run(self._client.engine.known.suggestions, space, seen, typed)
        except (TimeoutError, KnowbotError, discord.HTTPException) as error:
            logger.warning("no suggestions just now: %s", error or "it took too long")
            return []
        fitting = [question for question in found if 0 < len(question) <= CHOICE]
        return [app_commands.Choice(name=question, value=question) for question in fitting[:CHOICES]]

    async def answer_this(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """For staff under the message, where there is an answer; for everybody else only for themselves to see.

        Where knowbot only listens, for staff as well."""
        async with self._client.deferring.thinking(interaction):
            text = await self._said(message)
            only_listens = self._client.places.is_shadow(message.channel)
            if only_listens or not is_staff(interaction.user, self._client.settings):
                await self._follow_up(interaction, text, private=True)
                return
            try:
                sentence = await self._answer_in_public(message, text)
            except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it was
                sentence = self._client.errors.explain(error, _ANSWER_THIS)
            await interaction.edit_original_response(content=sentence)

    async def similar_questions(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Answered questions that the member may see, with links."""
        async with self._client.deferring.thinking(interaction):
            space = self._client.settings.space_of(interaction.guild_id)
            seen = await self._client.places.readable_by(interaction, space)
            try:
                similar = self._client.engine.known.similar
                found = await self._client.lane.run(similar, Question(await self._said(message), space, seen))
            except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it was
                sentence = self._client.errors.explain(error, _SIMILAR_QUESTIONS)
                await interaction.edit_original_response(content=sentence)
                return
            if found:
                await interaction.edit_original_response(embed=similar_embed(found, interaction.guild_id or 0))
            else:
                await interaction.edit_original_response(content=words.NOTHING_SIMILAR)

    async def _answer_in_public(self, message: discord.Message, text: str) -> str:
        client = self._client
        space = client.settings.space_of(message.guild.id if message.guild else None)
        question = Question(text, space, await client.places.readable_in(message.channel, space))
        asked = asked_by(message)
        before = await client.lane.run(client.engine.stores.known_questions.of_message, message.id)
        outcome = await client.ask(question, asked, before)
        if outcome is None or outcome.answer.decision != "answer":
            return words.NOT_ANSWERED
        sent = await self._answers.replies.answer(message, outcome)
        return words.ANSWERED if sent else words.FAILED

    async def _follow_up(self, interaction: discord.Interaction, text: str, private: bool) -> None:
        try:
            refusal = await self._refusal(interaction)
            if refusal is None:
                await self._answer(interaction, text, private)
                return
        except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it was
            refusal = self._client.errors.explain(error, "ask")
        await interaction.edit_original_response(content=refusal)

    async def _refusal(self, interaction: discord.Interaction) -> str | None:
        if await self._client.pausing.holds(interaction.guild):
            return words.PAUSED
        return words.SLOWER if self._answers.asks_too_much(interaction.user) else None

    async def _answer(self, interaction: discord.Interaction, text: str, private: bool) -> None:
        client, places = self._client, self._client.places
        space = await client.direct.space_for(interaction.guild, interaction.user)
        seen = await (
            places.readable_by(interaction, space) if private else places.readable_in(interaction.channel, space)
        )
        origin = PRIVATE if private else "discord"
        asked = Asked(origin, interaction.user.id, interaction.channel_id, server_id=interaction.guild_id)
        outcome = await client.ask(Question(text, space, seen), asked)
        if outcome is None:
            return
        # Discord shows the others only that a command was used, so the question stands above its answer.
        shown = shown_for(outcome.answer, asked=text)
        role = None if private else helper_role(client.settings, interaction.guild)
        view = answer_buttons(outcome.number, outcome.answer, role, private)
        sent = await self._show(interaction, shown, view, private)
        await self._answers.replies.note(outcome, sent)
        await write_out(client, outcome, sent, asked=text)

    async def _show(
        self, interaction: discord.Interaction, shown: Shown, view: discord.ui.View, private: bool
    ) -> discord.Message:
        """In the place of "is thinking"; after 15 minutes, which Discord waits, as a message unless it is private."""
        try:
            return await interaction.edit_original_response(content=shown.content, embeds=shown.embeds, view=view)
        except discord.HTTPException as refused:
            channel = interaction.channel
            if private or not is_expired(refused) or not isinstance(channel, discord.abc.Messageable):
                raise
            logger.warning("an answer in #%s took longer than Discord waits and was posted as a message", channel)
            late = words.late(interaction.user.mention)
            text, embeds = f"{late}\n{shown.content}", list(shown.embeds)
            return await channel.send(text, embeds=embeds, view=view, suppress_embeds=not embeds)

    async def _said(self, message: discord.Message) -> str:
        assert self._client.user is not None  # no command arrives before the login
        return await asked_in([message], self._client.user)
