"""Replies that take longer than Discord waits: promised at once, and kept even where knowbot is killed meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

import discord

from bot import words
from bot.gateway.connecting import UNREACHABLE
from storage.deferrals import Deferral

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)

TOKEN_SECONDS = 890.0
"""An interaction can be answered for 15 minutes; who waits longer reads Discord's own line."""

_ORIGINAL = cast(int, "@original")
"""What Discord calls the reply whose number nobody has been told yet."""


class Deferring:
    """Notes which replies are owed. What an earlier life of knowbot still owes is read when it is made."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client
        self._deferrals = client.engine.stores.deferrals
        self._owed = self._deferrals.all()

    @asynccontextmanager
    async def thinking(self, interaction: discord.Interaction, *, ephemeral: bool = True) -> AsyncIterator[None]:
        """Shows that knowbot is at it, which a stop waits for.

        Discord waits three seconds for that sign; after it, the block has 15 minutes to reply, with ``tell`` for
        instance. Where it cannot any more, the next start does.
        """
        deferral = Deferral(interaction.token, self._client.engine.clock())
        # Not on the lane, which may be full, and beside the deferral, which has three seconds.
        noting = asyncio.create_task(asyncio.to_thread(self._deferrals.put, deferral))
        async with self._client.at_work():
            try:
                await interaction.response.defer(thinking=True, ephemeral=ephemeral)
                await noting
                yield
            finally:
                await noting
                await asyncio.to_thread(self._deferrals.drop, deferral.token)

    async def settle(self) -> None:
        """Says where knowbot was killed that there is no reply to come; once, and not where there is a reply."""
        owed, self._owed = self._owed, []
        now = self._client.engine.clock()
        for deferral in owed:
            if now - deferral.deferred_at < TOKEN_SECONDS:
                await self._say_interrupted(deferral.token)
            await asyncio.to_thread(self._deferrals.drop, deferral.token)

    async def _say_interrupted(self, token: str) -> None:
        reply = discord.Webhook.partial(self._client.application_id or 0, token, client=self._client)
        try:
            shown = await reply.fetch_message(_ORIGINAL)
            if shown.flags.loading:
                # Only Discord knows by now on which server that was.
                channel = self._client.get_channel(shown.channel.id)
                guild = channel.guild if isinstance(channel, discord.abc.GuildChannel | discord.Thread) else None
                with words.spoken(self._client.settings.language_of(guild.id if guild else None)):
                    interrupted = words.INTERRUPTED
                await shown.edit(content=interrupted)
                logger.info("a command was cut off by the end of knowbot; its author was told so")
        except (discord.HTTPException, *UNREACHABLE) as error:
            logger.warning("a command was cut off by the end of knowbot, and its author cannot be told: %s", error)
