"""What members may know and decide about what is kept of them: ``/privacy`` and ``/forget-me``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import discord
from discord import app_commands
from discord.ext import commands

from bot import words
from bot.community.places import may_read
from bot.gateway.command_names import choices
from bot.outgoing.telling import tell
from bot.views.forget_button import forget_view

if TYPE_CHECKING:
    from bot.client import KnowbotClient
    from bot.cogs.answers import AnswersCog

Choice = Literal["opt-out", "opt-in"]

_DAY = 86_400
_MOST_NAMED = 10


class Privacy(commands.Cog, name="privacy"):
    """For everybody, everywhere; nobody else sees it."""

    def __init__(self, client: KnowbotClient, answers: AnswersCog) -> None:
        self._client, self._answers = client, answers

    @app_commands.command(name="privacy", description="What I keep of you and how long; opt out of it here.")
    @app_commands.describe(choice="opt-out: record nothing I write and learn nothing from it; opt-in: the other way")
    @app_commands.choices(choice=choices(get_args(Choice)))
    async def privacy(self, interaction: discord.Interaction, choice: Choice | None = None) -> None:
        """Changes what was chosen, and says how it stands."""
        async with self._client.deferring.thinking(interaction):
            members, run, user = self._client.engine.members, self._client.lane.run, interaction.user
            if choice == "opt-out":
                await run(members.opt_out, user.id)
            elif choice == "opt-in":
                await run(members.opt_in, user.id)
            is_out = await run(members.is_opted_out, user.id)
            settings = self._client.settings
            days = round(settings.keep_questions / _DAY)
            await tell(interaction, words.privacy(days, settings.keep_backups, is_out, self._listening(user)))

    def _listening(self, user: discord.abc.User) -> str:
        """The channels in which the bot only listens, as far as the member may read them; "" where there are none."""
        if not isinstance(user, discord.Member):
            return ""
        is_shadow = self._client.places.is_shadow
        here = [each for each in user.guild.channels if is_shadow(each) and may_read(user, each)]
        more = " ..." if len(here) > _MOST_NAMED else ""
        return ", ".join(each.mention for each in here[:_MOST_NAMED]) + more

    @app_commands.command(name="forget-me", description="Delete everything that I have kept of you.")
    async def forget_me(self, interaction: discord.Interaction) -> None:
        """Asks once more before it does."""
        view = forget_view(interaction.user.id)
        await interaction.response.send_message(words.FORGET_ASK, view=view, ephemeral=True)

    @commands.Cog.listener()
    async def on_forgotten(self, member_id: int) -> None:
        """What is in memory goes as well."""
        self._answers.lately.forget_author(member_id)
