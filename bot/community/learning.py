"""Has channels read that staff want learnt, and looks after what changes meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import discord

from bot.community.channel_reading import ChannelReading
from bot.community.recalling import forget_channel
from storage.errors import KnowbotError

if TYPE_CHECKING:
    from bot.client import KnowbotClient

MOST_THREADS = 200

Learnable = discord.TextChannel | discord.ForumChannel


class ChannelUnreadableError(KnowbotError):
    """knowbot may not read what was said in a channel: nothing is learnt from it, and nothing forgotten."""


class Learning:
    """Imports channels, and looks at them again. What is edited or deleted meanwhile is told by ``missed``."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client
        self._channels = client.engine.learned_channels
        self._readings: list[ChannelReading] = []

    def missed(self, number: int) -> None:
        """A message was edited or deleted, or a channel is gone: what is being read of it is not true any more."""
        for reading in self._readings:
            reading.missed.add(number)

    async def channel(self, channel: Learnable, space: str) -> int:
        """Learns a channel's messages and solved threads; how many documents.

        Raises ChannelUnreadableError, and what Discord refuses.
        """
        _check_readable(channel)
        with self._reading(channel.id, space) as reading:
            if isinstance(channel, discord.TextChannel):
                await reading.messages(channel)
            async for thread in _threads(channel):
                await reading.thread(thread)
            await reading.keep()
            await self._client.lane.run(self._channels.was_read, space, channel.id)
            return reading.learnt

    async def thread(self, thread: discord.Thread, space: str, standing: Collection[int] = ()) -> None:
        """Learns one thread anew; ``standing`` are messages that were part of its document until just now.

        Raises ChannelUnreadableError, and what Discord refuses.
        """
        _check_readable(thread)
        with self._reading(thread.parent_id, space) as reading:
            await reading.thread(thread, standing)
            await reading.keep()

    async def forget(self, channel_id: int) -> None:
        """Forgets what came from a channel or thread; what is being read of it just now does not come back."""
        self.missed(channel_id)
        await self._client.lane.run(self._channels.leave, channel_id)
        await forget_channel(self._client, channel_id)

    @contextmanager
    def _reading(self, channel_id: int, space: str) -> Iterator[ChannelReading]:
        reading = ChannelReading(self._client, channel_id, space)
        self._readings.append(reading)
        try:
            yield reading
        finally:
            self._readings.remove(reading)


def _check_readable(room: Learnable | discord.Thread) -> None:
    """To whom a past is closed, Discord shows an empty one, which must not be taken for the truth."""
    allowed = room.permissions_for(room.guild.me)
    if not (allowed.view_channel and allowed.read_message_history):
        raise ChannelUnreadableError(f"I may not read #{room}: allow me View Channel and Read Message History there")


async def _threads(channel: Learnable) -> AsyncIterator[discord.Thread]:
    seen = 0
    for thread in channel.threads:
        seen += 1
        yield thread
    async for thread in channel.archived_threads(limit=max(MOST_THREADS - seen, 1)):
        yield thread
