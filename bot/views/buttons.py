"""Buttons under an answer. They outlive a restart: each carries in its own id all that it needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import Button, TextInput, View

from bot import words
from bot.community.staff import refuse_others
from bot.outgoing.embeds import quoted_embeds
from bot.outgoing.telling import tell
from bot.views.forget_button import ForgetButton
from bot.views.human_button import HumanButton
from bot.views.lasting_view import Clicked, Form, LastingButton, LastingView, NumberedButton
from bot.views.saving import DraftButton
from bot.views.verdicts import VerdictButton
from retrieval.types import Answer

if TYPE_CHECKING:
    from bot.client import KnowbotClient

_LONGEST_REASON = 500


class VoteButton(LastingButton, template=r"knowbot:vote:(?P<number>\d+):(?P<helpful>[01])"):
    """Helpful or not helpful, under an answer."""

    def __init__(self, number: int, helpful: bool) -> None:
        label = words.HELPFUL if helpful else words.NOT_HELPFUL
        super().__init__(
            Button(label=label, emoji="👍" if helpful else "👎", custom_id=f"knowbot:vote:{number}:{helpful:d}")
        )
        self.number, self.helpful = number, helpful

    @classmethod
    async def from_custom_id(cls, interaction: Clicked, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        """See DynamicItem."""
        return cls(int(match["number"]), match["helpful"] == "1")

    async def pressed(self, interaction: Clicked) -> None:
        """Keeps the vote, the latest of each member; asks why where it was not helpful."""
        client: KnowbotClient = interaction.client
        vote = client.engine.conversations.vote
        if not self.helpful:  # a form is an acknowledgement as well, and the only one that a form may be
            await interaction.response.send_modal(WhyModal(client, self.number))
            await client.lane.run(vote, self.number, interaction.user.id, False)
            return
        async with client.deferring.thinking(interaction):
            await client.lane.run(vote, self.number, interaction.user.id, True)
            await tell(interaction, words.VOTED[True])


class WhyModal(Form):
    """Why an answer was not helpful; whoever closes it has voted all the same."""

    def __init__(self, client: KnowbotClient, number: int) -> None:
        super().__init__(client, words.WHY_TITLE)
        self._number = number
        self.reason: TextInput[Any] = TextInput(
            label=words.WHY,
            custom_id="reason",
            style=discord.TextStyle.paragraph,
            required=False,
            max_length=_LONGEST_REASON,
        )
        self.add_item(self.reason)

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Keeps the words with the vote."""
        async with self._client.deferring.thinking(interaction):
            vote = self._client.engine.conversations.vote
            await self._client.lane.run(vote, self._number, interaction.user.id, False, self.reason.value.strip())
            await tell(interaction, words.VOTED[False])


class SourcesButton(NumberedButton, template=r"knowbot:sources:(?P<number>\d+)"):
    """Shows what an answer quotes in full, as far as it still stands."""

    @staticmethod
    def drawn(number: int) -> Button[Any]:
        """See NumberedButton."""
        return Button(label=words.SHOW_SOURCES, custom_id=f"knowbot:sources:{number}")

    async def pressed(self, interaction: Clicked) -> None:
        """Only whoever pressed it sees them."""
        client: KnowbotClient = interaction.client
        async with client.deferring.thinking(interaction):
            # The channel that is quoted may have been closed to whoever presses this since the answer was given.
            space = await client.direct.space_for(interaction.guild, interaction.user)
            seen = await client.places.readable_by(interaction, space)
            sources = await client.lane.run(client.engine.conversations.sources, self.number, seen)
            if sources:
                await interaction.edit_original_response(embeds=quoted_embeds(sources))
            else:
                await tell(interaction, words.SOURCES_GONE)


class WithdrawButton(NumberedButton, template=r"knowbot:withdraw:(?P<number>\d+)"):
    """Takes an answer back; for staff."""

    @staticmethod
    def drawn(number: int) -> Button[Any]:
        """See NumberedButton."""
        return Button(label=words.WITHDRAW, custom_id=f"knowbot:withdraw:{number}")

    async def pressed(self, interaction: Clicked) -> None:
        """Replaces the answer by a line that says so."""
        client: KnowbotClient = interaction.client
        if await refuse_others(interaction, client.settings):
            return
        await interaction.response.defer()
        await client.lane.run(client.engine.conversations.withdraw, self.number, interaction.user.id)
        server, subject = str(interaction.guild_id), f"answer {self.number}"
        await client.lane.run(client.engine.members.audit, server, interaction.user.id, "withdraw", subject)
        await interaction.edit_original_response(content=words.WITHDRAWN, embeds=[], view=None)


BUTTONS = (VoteButton, SourcesButton, HumanButton, WithdrawButton, VerdictButton, ForgetButton, DraftButton)


def answer_buttons(number: int, answer: Answer, helper_role: int | None, private: bool = False) -> View:
    """One row: votes and sources of an answer, a person's help, and for staff the way to take it back.

    What only one member sees is taken back by nobody, and nobody can be called to it.
    """
    view = LastingView()
    if answer.decision == "answer":
        for item in (VoteButton(number, True), VoteButton(number, False), SourcesButton(number)):
            view.add_item(item)
    if answer.decision in ("answer", "unsure") and not private:
        if helper_role is not None:
            view.add_item(HumanButton(number))
        view.add_item(WithdrawButton(number))
    return view
