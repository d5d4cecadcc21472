"""The button that forgets a member, for nobody but that member."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import Button, View

from bot import words
from bot.community.recalling import show_withdrawn
from bot.outgoing.telling import tell
from bot.views.lasting_view import Clicked, LastingButton, LastingView

if TYPE_CHECKING:
    from bot.client import KnowbotClient


class ForgetButton(LastingButton, template=r"knowbot:forget:(?P<member>\d+)"):
    """Confirms that everything of a member's shall go."""

    def __init__(self, member: int) -> None:
        style = discord.ButtonStyle.danger
        super().__init__(Button(label=words.FORGET_ME, style=style, custom_id=f"knowbot:forget:{member}"))
        self.member = member

    @classmethod
    async def from_custom_id(cls, interaction: Clicked, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        """See DynamicItem."""
        return cls(int(match["member"]))

    async def pressed(self, interaction: Clicked) -> None:
        """Says so once everything is gone, not before."""
        if interaction.user.id != self.member:
            await tell(interaction, words.NOT_YOURS)
            return
        client: KnowbotClient = interaction.client
        await interaction.response.edit_message(content=words.FORGETTING, view=None)
        async with client.at_work():
            posted = await client.lane.run(client.engine.channel_documents.posted_from, self.member)
            # It rewrites files, which may take a while: the lane is for answers.
            done = await asyncio.to_thread(client.engine.forgetting.member, self.member)
            client.dispatch("forgotten", self.member)
            await show_withdrawn(client, posted)
        found = sum(place.found for place in done.places)
        await interaction.edit_original_response(content=words.forgotten(found, len(done.copies)))


def forget_view(member: int) -> View:
    """One button, which may be pressed as long as the message is there."""
    view = LastingView()
    view.add_item(ForgetButton(member))
    return view
