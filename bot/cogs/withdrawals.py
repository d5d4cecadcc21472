"""Answers that were withdrawn in the console, whose process has no connection to Discord, are taken off it here."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from discord.ext import commands, tasks

from bot.community.recalling import take_off
from bot.gateway.connecting import UNREACHABLE

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 5.0
_TRY_AGAIN_SECONDS = 3600.0
"""What Discord refuses it refuses for a while: a permission is missing, or the thread is archived."""


class Withdrawals(commands.Cog, name="withdrawals"):
    """What is owed is kept, so that it is made up for after a time without the bot."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client, self._looks = client, client.engine.stores.second_looks
        self._refused_at: dict[int, float] = {}

    async def cog_load(self) -> None:
        """Begins to look for what is owed."""
        self._look.start()

    async def cog_unload(self) -> None:
        """Ends it."""
        self._look.cancel()

    @tasks.loop(seconds=_LOOK_SECONDS)
    async def _look(self) -> None:
        try:
            await self.take_off_owed()
        except UNREACHABLE as error:
            logger.warning("what was withdrawn is taken off Discord later: %s", error)
        except Exception as error:  # noqa: BLE001 - it would end the loop for good; the next look is soon
            self._client.errors.explain(error, "withdrawals")

    @_look.before_loop
    async def _until_ready(self) -> None:
        await self._client.wait_until_ready()

    async def take_off_owed(self) -> None:
        """Replaces every answer that is owed by a line that says so."""
        run, now = self._client.lane.run, self._client.engine.clock()
        for each in await run(self._looks.owed):
            if now - self._refused_at.get(each.reply_id, 0.0) < _TRY_AGAIN_SECONDS:
                continue
            if await take_off(self._client, each, "WITHDRAWN"):
                await run(self._looks.done, each.reply_id)
            else:
                self._refused_at[each.reply_id] = now
