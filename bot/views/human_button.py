"""The button that calls a person: in a thread on the question, which is theirs from then on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import discord
from discord.ui import Button, View

from bot import words
from bot.community.servers import helper_role
from bot.outgoing.telling import tell
from bot.views.lasting_view import Clicked, NumberedButton
from storage.interactions import NoSuchInteractionError

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)

Room = discord.Thread | discord.TextChannel
_LONGEST_NAME = 90


class HumanButton(NumberedButton, template=r"knowbot:human:(?P<number>\d+)"):
    """Calls the helper role, once."""

    @staticmethod
    def drawn(number: int) -> Button[Any]:
        """See NumberedButton."""
        return Button(label=words.ASK_A_HUMAN, emoji="🙋", custom_id=f"knowbot:human:{number}")

    async def pressed(self, interaction: Clicked) -> None:
        """Takes itself off the message first, so that a second click finds nothing to press."""
        client: KnowbotClient = interaction.client
        role, message = helper_role(client.settings, interaction.guild), interaction.message
        if role is None or message is None:
            await tell(interaction, words.FAILED)
            return
        await interaction.response.edit_message(view=_without(message, self.item.custom_id))
        if not await client.places.leave_to_people(message.id):
            return
        room = await self._room(client, message)
        called = words.human_wanted(role, interaction.user.mention, message.jump_url)
        pinging = discord.AllowedMentions(roles=[discord.Object(role)])
        if isinstance(room, discord.Thread):
            await client.places.leave_to_people(room.id)
            await room.send(called, allowed_mentions=pinging, suppress_embeds=True)
        else:
            await interaction.followup.send(called, allowed_mentions=pinging, suppress_embeds=True)

    async def _room(self, client: KnowbotClient, message: discord.Message) -> Room | None:
        """The thread that is there, or a new one on the question; None where neither is possible."""
        channel = message.channel
        if isinstance(channel, discord.Thread):
            return channel
        if not isinstance(channel, discord.TextChannel):
            return None
        asked = message.reference.message_id if message.reference else None
        if asked and (thread := channel.get_thread(asked)):
            return thread
        on = channel.get_partial_message(asked) if asked else message
        try:
            return await on.create_thread(name=await self._name(client))
        except discord.HTTPException as refused:
            logger.warning("no thread in #%s: allow me Create Public Threads there (%s)", channel, refused)
            return None

    async def _name(self, client: KnowbotClient) -> str:
        """The question's first words."""
        try:
            asked = await client.lane.run(client.engine.stores.interactions.get, self.number)
        except NoSuchInteractionError:
            return words.HELP_THREAD
        return " ".join(asked.question.split())[:_LONGEST_NAME] or words.HELP_THREAD


def _without(message: discord.Message, custom_id: str | None) -> View:
    """The buttons of a message but for one."""
    view = View.from_message(message, timeout=None)
    for item in list(view.children):
        if getattr(item, "custom_id", None) == custom_id:
            view.remove_item(item)
    return view
