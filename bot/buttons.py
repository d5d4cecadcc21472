"""Buttons that outlive a restart: each carries in its own id all that it needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import Button, DynamicItem, View

from bot import words
from bot.staff import refuse_others
from bot.trouble import friendly, tell
from retrieval.types import Answer
from storage.interactions import NoSuchInteractionError
from storage.records import Label

if TYPE_CHECKING:
    from bot.client import KnowbotClient

Clicked = discord.Interaction[Any]
"""discord.py lets a button be pressed under any client; ours are only ever under KnowbotClient."""


class VoteButton(DynamicItem[Button[Any]], template=r"knowbot:vote:(?P<number>\d+):(?P<helpful>[01])"):
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

    async def callback(self, interaction: Clicked) -> None:
        """Keeps the vote, the latest of each member, and thanks for it where only they see it."""
        client: KnowbotClient = interaction.client
        vote = client.engine.conversations.vote
        try:
            await client.lane.run(vote, self.number, interaction.user.id, self.helpful)
        except NoSuchInteractionError:
            await tell(interaction, words.FORGOTTEN)
        else:
            await tell(interaction, words.VOTED[self.helpful])


class WithdrawButton(DynamicItem[Button[Any]], template=r"knowbot:withdraw:(?P<number>\d+)"):
    """Takes an answer back; for staff."""

    def __init__(self, number: int) -> None:
        super().__init__(Button(label=words.WITHDRAW, custom_id=f"knowbot:withdraw:{number}"))
        self.number = number

    @classmethod
    async def from_custom_id(cls, interaction: Clicked, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        """See DynamicItem."""
        return cls(int(match["number"]))

    async def callback(self, interaction: Clicked) -> None:
        """Replaces the answer by a line that says so."""
        client: KnowbotClient = interaction.client
        if await refuse_others(interaction, client.settings.discord.operators):
            return
        await client.lane.run(client.engine.conversations.withdraw, self.number, interaction.user.id)
        await interaction.response.edit_message(content=words.WITHDRAWN, embeds=[], view=None)


class HumanButton(DynamicItem[Button[Any]], template=r"knowbot:human:(?P<number>\d+)"):
    """Calls the helper role, once."""

    def __init__(self, number: int) -> None:
        super().__init__(Button(label=words.ASK_A_HUMAN, emoji="🙋", custom_id=f"knowbot:human:{number}"))
        self.number = number

    @classmethod
    async def from_custom_id(cls, interaction: Clicked, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        """See DynamicItem."""
        return cls(int(match["number"]))

    async def callback(self, interaction: Clicked) -> None:
        """Takes itself off the message first, so that a second click finds nothing to press."""
        role, message = interaction.client.settings.discord.helper_role, interaction.message
        if role is None or message is None:
            await tell(interaction, words.FAILED)
            return
        view = View(timeout=None)
        view.add_item(WithdrawButton(self.number))
        await interaction.response.edit_message(view=view)
        await interaction.followup.send(
            words.human_wanted(role, interaction.user.mention, message.jump_url),
            allowed_mentions=discord.AllowedMentions(roles=[discord.Object(role)]),
        )


class VerdictButton(DynamicItem[Button[Any]], template=r"knowbot:flag:(?P<number>\d+):(?P<verdict>in|out|undo)"):
    """What a moderator says of a flagged message; it teaches the judge at once."""

    def __init__(self, number: int, verdict: Label | None) -> None:
        label = {"in": words.ON_TOPIC, "out": words.OFF_TOPIC, None: words.UNDO}[verdict]
        super().__init__(Button(label=label, custom_id=f"knowbot:flag:{number}:{verdict or 'undo'}"))
        self.number, self.verdict = number, verdict

    @classmethod
    async def from_custom_id(cls, interaction: Clicked, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        """See DynamicItem."""
        verdicts: dict[str, Label | None] = {"in": "in", "out": "out", "undo": None}
        return cls(int(match["number"]), verdicts[match["verdict"]])

    async def callback(self, interaction: Clicked) -> None:
        """Teaches, or takes back what was taught, and shows on the notice what was decided and by whom."""
        client: KnowbotClient = interaction.client
        message = interaction.message
        if message is None or await refuse_others(interaction, client.settings.discord.operators):
            return
        conversations = client.engine.conversations
        embed = message.embeds[0] if message.embeds else discord.Embed()
        if self.verdict is None:
            await client.lane.run(conversations.reopen, self.number)
            embed.remove_footer()
        else:
            by = f"moderator {conversations.hashed(interaction.user.id)[:8]}"
            await client.lane.run(conversations.decide, self.number, self.verdict, by)
            embed.set_footer(text=words.flag_decided(self.verdict, interaction.user.display_name))
        await interaction.response.edit_message(embed=embed, view=flag_buttons(self.number, self.verdict is None))


BUTTONS = (VoteButton, WithdrawButton, HumanButton, VerdictButton)


class _Buttons(View):
    """Buttons that answer for ever, with a friendly line where one fails."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    async def on_error(self, interaction: discord.Interaction, error: Exception, item: discord.ui.Item[Any], /) -> None:
        """See View."""
        await tell(interaction, friendly(error))


def answer_buttons(number: int, answer: Answer, helper_role: int | None) -> View:
    """Votes under an answer, a person's help where there is none, and for staff the way to take either back."""
    view = _Buttons()
    if answer.decision == "answer":
        view.add_item(VoteButton(number, True))
        view.add_item(VoteButton(number, False))
    elif answer.decision == "unsure" and helper_role is not None:
        view.add_item(HumanButton(number))
    if answer.decision in ("answer", "unsure"):
        view.add_item(WithdrawButton(number))
    return view


def flag_buttons(number: int, is_open: bool) -> View:
    """The verdicts on a flag, or the way back from one."""
    view = _Buttons()
    verdicts: tuple[Label | None, ...] = ("out", "in") if is_open else (None,)
    for verdict in verdicts:
        view.add_item(VerdictButton(number, verdict))
    return view
