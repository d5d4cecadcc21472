"""What moderators say of flagged messages."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import Button, View

from bot import words
from bot.community.staff import refuse_others
from bot.views.lasting_view import Clicked, LastingButton, LastingView
from storage.audit import Action
from storage.errors import KnowbotError
from storage.records import Label

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)

_ACTIONS: Mapping[Label | None, Action] = {"in": "verdict in", "out": "verdict out", None: "verdict undo"}


class VerdictButton(
    LastingButton, template=r"knowbot:(?P<kind>flag|suspicious):(?P<number>\d+):(?P<verdict>in|out|undo)"
):
    """A verdict on a flag; of an off-topic one it teaches the judge at once."""

    def __init__(self, number: int, verdict: Label | None, suspicious: bool = False) -> None:
        label = words.verdict_label(verdict, suspicious)
        kind = "suspicious" if suspicious else "flag"
        super().__init__(Button(label=label, custom_id=f"knowbot:{kind}:{number}:{verdict or 'undo'}"))
        self.number, self.verdict, self.suspicious = number, verdict, suspicious

    @classmethod
    async def from_custom_id(cls, interaction: Clicked, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        """See DynamicItem."""
        verdicts: dict[str, Label | None] = {"in": "in", "out": "out", "undo": None}
        return cls(int(match["number"]), verdicts[match["verdict"]], match["kind"] == "suspicious")

    async def pressed(self, interaction: Clicked) -> None:
        """Teaches, or takes back what was taught, and shows on the notice what was decided and by whom."""
        client: KnowbotClient = interaction.client
        message = interaction.message
        if message is None or await refuse_others(interaction, client.settings):
            return
        embed = message.embeds[0] if message.embeds else discord.Embed()
        await interaction.response.defer()
        await self._decide(interaction)
        embed.remove_footer()
        decided = ""
        if self.verdict:
            decided = words.flag_decided(self.verdict, interaction.user.display_name, self.suspicious)
            embed.set_footer(text=decided)
        view = flag_buttons(self.number, self.verdict is None, self.suspicious)
        await interaction.edit_original_response(embed=embed, view=view)
        if self.verdict and not self.suspicious and (changed := await self._changed(client)):
            embed.set_footer(text=f"{decided} {changed}")
            await interaction.edit_original_response(embed=embed, view=view)

    async def _changed(self, client: KnowbotClient) -> str:
        """What the verdict has changed, "" where that cannot be told: what its undoing would change back."""
        engine = client.engine
        try:
            flag = await client.lane.run(engine.stores.flags.get, self.number)
            lesson = await client.lane.run(engine.teaching.lesson, flag.space, flag.excerpt, None)
        except KnowbotError as error:
            logger.warning("what a verdict changes cannot be told: %s", error)
            return ""
        return words.judged_otherwise(lesson.changed, lesson.messages) if lesson.messages else ""

    async def _decide(self, interaction: Clicked) -> None:
        client: KnowbotClient = interaction.client
        engine, user = client.engine, interaction.user
        if self.verdict is None:
            await client.lane.run(engine.conversations.reopen, self.number)
        else:
            by = f"moderator {engine.conversations.hashed(user.id)[:8]}"
            await client.lane.run(engine.conversations.decide, self.number, self.verdict, by)
        subject = f"flag {self.number}"
        await client.lane.run(engine.members.audit, str(interaction.guild_id), user.id, _ACTIONS[self.verdict], subject)


def flag_buttons(number: int, is_open: bool, suspicious: bool = False) -> View:
    """The verdicts on a flag, or the way back from one."""
    view = LastingView()
    verdicts: tuple[Label | None, ...] = ("out", "in") if is_open else (None,)
    for verdict in verdicts:
        view.add_item(VerdictButton(number, verdict, suspicious))
    return view
