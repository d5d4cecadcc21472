"""Reads a channel's past, within bounds, and hands it to the engine a few documents at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import discord

from bot.community.accepting import Accepting
from bot.community.history import document_of, people_in, solved_thread
from retrieval.handed_in.channel_documents import ChannelDocument

if TYPE_CHECKING:
    from bot.client import KnowbotClient

MOST_MESSAGES = 1000
MOST_THREADS = 200
MESSAGES_OF_A_THREAD = 100

_BATCH = 16

Learnable = discord.TextChannel | discord.ForumChannel


def source_name(channel_id: int) -> str:
    """What the source of an imported channel is called."""
    return f"discord:{channel_id}"


class Learning:
    """Imports channels. What is edited or deleted meanwhile is told by ``missed``, and is not kept."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client
        self._under_way = 0
        self._missed: set[int] = set()

    def missed(self, message_id: int) -> None:
        """A message was edited or deleted: what an import has read of it is not true any more."""
        if self._under_way:
            self._missed.add(message_id)

    async def channel(self, channel: Learnable, space: str) -> int:
        """Learns a channel's messages and solved threads; how many documents. Raises what Discord refuses."""
        learnt, batch = 0, list[ChannelDocument]()
        self._under_way += 1
        try:
            async for document in self._documents(channel):
                batch.append(document)
                if len(batch) == _BATCH:
                    learnt, batch = learnt + await self._keep(channel, space, batch), []
            return learnt + await self._keep(channel, space, batch)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._missed.clear()

    async def thread(self, thread: discord.Thread, space: str) -> None:
        """Learns one thread anew, after one of its messages has changed."""
        document = await self._solved(thread, Accepting(self._client.settings))
        if document:
            put = self._client.engine.channel_documents.put
            await self._client.lane.run(put, space, source_name(thread.parent_id), [document])

    async def _keep(self, channel: Learnable, space: str, batch: list[ChannelDocument]) -> int:
        """Off the lane: encoding a batch takes longer than a member should wait for an answer."""
        documents = [document for document in batch if not self._is_outdated(document)]
        if not documents:
            return 0
        engine = self._client.engine
        await asyncio.to_thread(engine.channel_documents.put, space, source_name(channel.id), documents)
        for document in filter(self._is_outdated, documents):
            for part in document.messages:
                await self._client.lane.run(engine.channel_documents.forget_message, part.message_id)
        return len(documents)

    def _is_outdated(self, document: ChannelDocument) -> bool:
        return any(part.message_id in self._missed for part in document.messages)

    async def _documents(self, channel: Learnable) -> AsyncIterator[ChannelDocument]:
        if isinstance(channel, discord.TextChannel):
            async for message in channel.history(limit=MOST_MESSAGES):
                if (document := document_of(message)) and await self._may_learn(document):
                    yield document
        accepting = Accepting(self._client.settings)
        async for thread in _threads(channel):
            if document := await self._solved(thread, accepting):
                yield document

    async def _solved(self, thread: discord.Thread, accepting: Accepting) -> ChannelDocument | None:
        messages = [each async for each in thread.history(limit=MESSAGES_OF_A_THREAD, oldest_first=True)]
        people = people_in(thread, messages)
        accepted = await accepting.answer(people[0], people[1:]) if people else None
        document = solved_thread(thread, people, accepted)
        return document if document and await self._may_learn(document) else None

    async def _may_learn(self, document: ChannelDocument) -> bool:
        allowed = self._client.engine.channel_documents.may_learn_from
        for part in document.messages:
            if not await self._client.lane.run(allowed, part.author_id):
                return False
        return True


async def _threads(channel: Learnable) -> AsyncIterator[discord.Thread]:
    seen = 0
    for thread in channel.threads:
        seen += 1
        yield thread
    async for thread in channel.archived_threads(limit=max(MOST_THREADS - seen, 1)):
        yield thread
