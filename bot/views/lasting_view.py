"""Buttons that answer for ever, and forms: where one fails, whoever used it reads a friendly line."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import Button, DynamicItem, Item, Modal, View

if TYPE_CHECKING:
    from bot.client import KnowbotClient

Clicked = discord.Interaction[Any]
"""discord.py lets a button be pressed under any client; ours are only ever under KnowbotClient."""

_NO_ID = r"(?!)"


class LastingButton(DynamicItem[Button[Any]], template=_NO_ID):
    """A button that carries in its own id all that it needs, so that it outlives a restart.

    discord.py only logs what such a button raises, and no view hears of it.
    """

    async def callback(self, interaction: Clicked) -> None:
        """See DynamicItem."""
        interaction.client.speak_to(interaction.guild)
        try:
            await self.pressed(interaction)
        except Exception as error:  # noqa: BLE001 - whoever pressed it is told, whatever it was
            await interaction.client.errors.tell(interaction, error, type(self).__name__)

    @abstractmethod
    async def pressed(self, interaction: Clicked) -> None:
        """What the button does."""


class NumberedButton(LastingButton, template=_NO_ID):
    """One that needs no more than the ``number`` of an answer, which its template names so."""

    def __init__(self, number: int) -> None:
        super().__init__(self.drawn(number))
        self.number = number

    @staticmethod
    @abstractmethod
    def drawn(number: int) -> Button[Any]:
        """What is shown of it, with its id."""

    @classmethod
    async def from_custom_id(cls, interaction: Clicked, item: Item[Any], match: re.Match[str], /) -> Self:
        """See DynamicItem."""
        return cls(int(match["number"]))


class LastingView(View):
    """Never times out."""

    def __init__(self) -> None:
        super().__init__(timeout=None)


class Form(Modal):
    """A modal of a client's."""

    def __init__(self, client: KnowbotClient, title: str) -> None:
        super().__init__(title=title)
        self._client = client

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Refuses nobody; it comes first in whatever a form does."""
        self._client.speak_to(interaction.guild)
        return True

    async def on_error(  # type: ignore[override]  # discord.py's own Modal differs from its base in this
        self, interaction: discord.Interaction, error: Exception, /
    ) -> None:
        """See Modal."""
        await self._client.errors.tell(interaction, error, type(self).__name__)
