"""Scores that moved: one message to the moderators' channel, at most once a week."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.ext import commands, tasks

from bot import words
from bot.community.servers import moderators_channel
from retrieval.reviewing.drift import Drift

if TYPE_CHECKING:
    from bot.client import KnowbotClient

_CHECK_SECONDS = 600.0
_TOLD = "drift:told"


class DriftNews(commands.Cog, name="drift news"):
    """Tells of what the job ``drift`` has found of a whole week; the same week never twice, over restarts as well."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client

    async def cog_load(self) -> None:
        """Begins to look for what was found."""
        self._look.start()

    async def cog_unload(self) -> None:
        """Ends it."""
        self._look.cancel()

    @tasks.loop(seconds=_CHECK_SECONDS)
    async def _look(self) -> None:
        try:
            await self.tell()
        except Exception as error:  # noqa: BLE001 - it would end the loop for good; the next look is soon
            self._client.errors.explain(error, "news of drift")

    @_look.before_loop
    async def _until_ready(self) -> None:
        await self._client.wait_until_ready()

    async def tell(self) -> None:
        """Posts what the moderators of each server were not told of yet."""
        found = {drift.space: drift for drift in await self._client.lane.run(self._client.engine.drift.standing)}
        for guild in filter(partial(moderators_channel, self._client), self._client.guilds):
            drift = found.get(self._client.settings.space_of(guild.id))
            if drift and drift.moved and await self._is_news(guild, drift):
                self._client.speak_to(guild)
                await self._post(guild, drift)

    async def _is_news(self, guild: discord.Guild, drift: Drift) -> bool:
        told = await self._client.lane.run(self._client.engine.stores.tunables.get, str(guild.id), _TOLD, 0.0)
        return bool(drift.week_end > told)

    async def _post(self, guild: discord.Guild, drift: Drift) -> None:
        channel, engine = moderators_channel(self._client, guild), self._client.engine
        if channel is None:
            return
        moved = [(each.score, each.shadow, each.median, each.median_before) for each in drift.moved]
        try:
            await channel.send(words.drifted(moved))
        except discord.HTTPException as refused:
            self._client.errors.not_sent(refused, channel)
            return
        told = (str(guild.id), _TOLD, drift.week_end, "knowbot", engine.clock())
        await self._client.lane.run(engine.stores.tunables.set, *told)
