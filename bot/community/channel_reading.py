"""One look at what people said in a channel: documents are made of it, and what is not said any more goes."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import discord

from bot.community.accepting import Accepting
from bot.community.history import document_of, people_in, solved_thread
from bot.community.recalling import show_withdrawn
from retrieval.handed_in.channel_documents import ChannelDocument, source_name

if TYPE_CHECKING:
    from bot.client import KnowbotClient

MOST_MESSAGES = 1000
MESSAGES_OF_A_THREAD = 100

_BATCH = 16


class ChannelReading:
    """Hands the engine a few documents at a time; ``keep`` hands over the last ones.

    ``missed`` are numbers of messages, threads and channels that changed or went while this goes on: what was read of
    them is not kept. All methods raise what Discord refuses.
    """

    def __init__(self, client: KnowbotClient, channel_id: int, space: str) -> None:
        self._client, self._run = client, client.lane.run
        self._documents, self._channels = client.engine.channel_documents, client.engine.learned_channels
        self._channel_id, self._space = channel_id, space
        self._accepting = Accepting(client.settings)
        self._batch: list[ChannelDocument] = []
        self.missed: set[int] = set()
        self.learnt = 0

    async def messages(self, channel: discord.TextChannel) -> None:
        """The latest ones. What was made of others as new as these, which are not there any more, goes."""
        parts = await self._run(self._channels.parts, self._space, channel.id, channel.id)
        messages = [message async for message in channel.history(limit=MOST_MESSAGES)]
        oldest = messages[-1].id if len(messages) == MOST_MESSAGES else 0
        documents = [document for message in messages if (document := document_of(message))]
        documents = [document for document in documents if await self._may_learn(document)]
        found = {document.location for document in documents}
        await self._forget({part.location for part in parts if part.message_id >= oldest} - found)
        for document in documents:
            await self._add(document)

    async def thread(self, thread: discord.Thread, standing: Collection[int] = ()) -> None:
        """A solved thread; where it is solved no more, or otherwise, what was made of it before goes.

        ``standing`` are messages that were part of its document until just now.
        """
        parts = await self._run(self._channels.parts, self._space, self._channel_id, thread.id)
        messages = [each async for each in thread.history(limit=MESSAGES_OF_A_THREAD, oldest_first=True)]
        people = people_in(thread, messages)
        accepted = await self._accepting.answer(people[0], people[1:]) if people else None
        document = solved_thread(thread, people, accepted, {*standing, *(part.message_id for part in parts)})
        if document and not await self._may_learn(document):
            document = None
        await self._forget({part.location for part in parts} - {document.location if document else ""})
        if document:
            await self._add(document)

    async def keep(self) -> None:
        """Off the lane: encoding a batch takes longer than a member should wait for an answer."""
        batch, self._batch = self._batch, []
        locations = [document.location for document in batch]
        taken = await self._run(self._channels.belongs_elsewhere, self._space, self._channel_id, locations)
        batch = [each for each in batch if each.location not in taken and not self._is_outdated(each)]
        if not batch:
            return
        async with self._client.at_work():
            report = await asyncio.to_thread(self._documents.put, self._space, source_name(self._channel_id), batch)
            await self._forget(document.location for document in batch if self._is_outdated(document))
            for location in report.changed:
                recalled = await self._run(self._documents.recall_changed, self._space, location)
                await show_withdrawn(self._client, recalled)
        self.learnt += len(batch)

    async def _add(self, document: ChannelDocument) -> None:
        self._batch.append(document)
        if len(self._batch) == _BATCH:
            await self.keep()

    async def _may_learn(self, document: ChannelDocument) -> bool:
        for part in document.messages:
            if not await self._run(self._documents.may_learn_from, part.author_id):
                return False
        return True

    def _is_outdated(self, document: ChannelDocument) -> bool:
        numbers = {number for part in document.messages for number in (part.message_id, part.channel_id)}
        return bool(self.missed & {self._channel_id, *numbers})

    async def _forget(self, locations: Iterable[str]) -> None:
        async with self._client.at_work():
            posted = await self._run(self._documents.forget, self._space, list(locations))
            await show_withdrawn(self._client, posted)
