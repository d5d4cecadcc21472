"""The view that buttons stand on which answer for ever."""

from __future__ import annotations

from typing import Any

import discord
from discord.ui import View

from bot.trouble import friendly, tell

Clicked = discord.Interaction[Any]
"""discord.py lets a button be pressed under any client; ours are only ever under KnowbotClient."""


class LastingView(View):
    """Never times out, and says a friendly line where a button fails."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    async def on_error(self, interaction: discord.Interaction, error: Exception, item: discord.ui.Item[Any], /) -> None:
        """See View."""
        await tell(interaction, friendly(error))
