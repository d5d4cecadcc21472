"""Says in the log when the connection to Discord is lost and when it is back."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from discord.ext import commands

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)


class Connection(commands.Cog, name="connection"):
    """One line for each loss, however many attempts follow."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client
        self._is_lost = False

    @commands.Cog.listener()
    async def on_disconnect(self) -> None:
        """discord.py connects again by itself."""
        if not self._is_lost and not self._client.is_stopping:
            self._is_lost = True
            logger.warning("the connection to Discord is lost; it is taken up again by itself")

    @commands.Cog.listener()
    async def on_resumed(self) -> None:
        """The same session goes on."""
        self._is_lost = False
        logger.info("the connection to Discord is resumed; what was said meanwhile is heard now")

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Another session; the catch-up reads what was said meanwhile."""
        self._is_lost = False
