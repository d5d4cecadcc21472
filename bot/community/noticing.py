"""Where knowbot only listens, members are told so once in the channel; before that it does not listen."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import discord

from bot import words
from bot.gateway.connecting import UNREACHABLE

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)

_DAY = 86_400
_NOTICE = "notice:"


class Noticing:
    """Says it wherever the mode is ``shadow``, in the server's language; again only where the mode was another one."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client
        self._turn = asyncio.Lock()
        self._told: set[int] = set()

    def load(self) -> None:
        """Reads where members were told in earlier lives."""
        kept = self._client.engine.stores.tunables.beginning(_NOTICE)
        self._told = {int(each.name.removeprefix(_NOTICE)) for each in kept if each.value}

    def stands_in(self, channel_id: int) -> bool:
        """True where members of a channel were told."""
        return channel_id in self._told

    async def settle(self, guild: discord.Guild) -> None:
        """Posts what members of a server have to be told still; what Discord refuses is in the log."""
        async with self._turn:
            self._client.speak_to(guild)
            for channel in guild.channels:
                listens, told = self._client.places.is_shadow(channel), self.stands_in(channel.id)
                if listens and not told:
                    await self._say(channel)
                elif told and not listens:
                    await self._note(channel, None)

    async def _say(self, channel: discord.abc.GuildChannel) -> None:
        try:
            number = await self._post(channel)
        except discord.HTTPException as refused:
            self._client.errors.not_sent(refused, channel)
        except UNREACHABLE as error:
            logger.error("members of #%s could not be told that I listen, so I do not: %s", channel, error)
        else:
            await self._note(channel, number)

    async def _post(self, channel: discord.abc.GuildChannel) -> int | None:
        """The number of the message; None where a channel takes none. In a forum it is a post of its own."""
        notice = words.shadow_notice(round(self._client.settings.keep_questions / _DAY))
        if isinstance(channel, discord.ForumChannel):
            return (await channel.create_thread(name=words.SHADOW_TITLE, content=notice)).message.id
        if isinstance(channel, discord.abc.Messageable):
            return (await channel.send(notice)).id
        return None

    async def _note(self, channel: discord.abc.GuildChannel, message_id: int | None) -> None:
        """Remembers which message told members; with None that it holds no more."""
        engine, server = self._client.engine, str(channel.guild.id)
        name, now = f"{_NOTICE}{channel.id}", engine.clock()
        await self._client.lane.run(engine.stores.tunables.set, server, name, message_id, "knowbot", now)
        (self._told.discard if message_id is None else self._told.add)(channel.id)
