"""Off-topic messages: told to the moderators, a few an hour one by one, the rest in one digest."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.ext import commands, tasks

from bot.community.servers import moderators_channel
from bot.outgoing.addresses import message_link
from bot.outgoing.embeds import digest_embed, flag_embed
from bot.policy import FLAGS_AN_HOUR
from bot.views.verdicts import flag_buttons
from retrieval.anomaly import Verdict
from retrieval.reviewing.conversations import SUSPICIOUS
from storage.errors import KnowbotError
from storage.flags import Flag
from storage.records import PUBLIC

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)

_HOUR = 3600.0
_CHECK_SECONDS = 60.0
PUBLIC_ONLY = frozenset({PUBLIC})
"""Not every moderator may read every channel that was learnt."""


class TopicGuard(commands.Cog, name="topic guard"):
    """Tells of flags in the moderators' channel; without one they wait in the console."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client
        self._flags = client.engine.stores.flags

    async def cog_load(self) -> None:
        """Begins to look for flags that nobody was told of."""
        self._digests.start()

    async def cog_unload(self) -> None:
        """Ends it."""
        self._digests.cancel()

    @commands.Cog.listener()
    async def on_flagged(self, message: discord.Message, flag: Flag) -> None:
        """Sent by the answers cog, once a message. Where knowbot only listens, nobody is told.

        A flag whose notice a kill has prevented is told by the next digest.
        """
        if flag.shadow or message.guild is None:
            return
        self._client.speak_to(message.guild)
        self._client.metrics.flagged(flag.kind)
        async with self._client.at_work():
            if len(await self._told_lately(message.guild)) < FLAGS_AN_HOUR:
                suspicious = flag.kind == SUSPICIOUS
                why = None if suspicious else await self._why(flag)
                view = flag_buttons(flag.id, True, suspicious)
                await self._tell(message.guild, [flag], flag_embed(flag, message.jump_url, why), view)

    async def _why(self, flag: Flag) -> Verdict | None:
        """The notice matters more than its reason."""
        try:
            return await self._client.lane.run(self._client.engine.judge.why, flag.space, flag.excerpt, PUBLIC_ONLY)
        except KnowbotError as error:
            logger.warning("why a message looks off topic cannot be told: %s", error)
            return None

    @tasks.loop(seconds=_CHECK_SECONDS)
    async def _digests(self) -> None:
        for guild in filter(partial(moderators_channel, self._client), self._client.guilds):
            self._client.speak_to(guild)
            try:
                await self._digest(guild)
            except Exception as error:  # noqa: BLE001 - it would end the loop for good; the next look is in a minute
                self._client.errors.explain(error, "the digest of flags")

    @_digests.before_loop
    async def _until_ready(self) -> None:
        await self._client.wait_until_ready()

    async def _digest(self, guild: discord.Guild) -> None:
        """Once the hour is over that the first untold flag fell into, or at once after a restart that came too late."""
        untold = await self._client.lane.run(self._flags.unnoticed, guild.id)
        now = self._client.engine.clock()
        if untold and now - untold[0].raised_at >= _HOUR:
            links = [message_link(guild.id, flag.channel_id or 0, flag.message_id or 0) for flag in untold]
            await self._tell(guild, untold, digest_embed(untold, links), None)

    async def _told_lately(self, guild: discord.Guild) -> list[float]:
        since = self._client.engine.clock() - _HOUR
        return await self._client.lane.run(self._flags.notices_since, guild.id, since)

    async def _tell(
        self, guild: discord.Guild, told: list[Flag], embed: discord.Embed, view: discord.ui.View | None
    ) -> None:
        channel = moderators_channel(self._client, guild)
        if channel is None:
            if number := self._client.settings.server(guild.id).moderators_channel:
                logger.error("moderators_channel %d is no text channel of %s: change it in the settings", number, guild)
            return
        try:
            notice = await channel.send(embed=embed, view=view or discord.ui.View())
        except discord.HTTPException as refused:
            self._client.errors.not_sent(refused, channel)
            return
        now = self._client.engine.clock()
        await self._client.lane.run(self._flags.mark_noticed, [flag.id for flag in told], notice.id, now)
