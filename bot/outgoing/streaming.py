"""A written answer grows under the eyes of who asked: the message is edited, about once a second, until it is whole."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.outgoing.embeds import shown_for
from bot.outgoing.writer import Draft
from storage.errors import KnowbotError

if TYPE_CHECKING:
    from bot.client import KnowbotClient, Outcome

logger = logging.getLogger(__name__)

EDIT_SECONDS = 1.1
"""Between two edits: Discord allows five in five seconds, and other messages want some of them."""


async def write_out(client: KnowbotClient, outcome: Outcome, sent: discord.Message, asked: str = "") -> None:
    """Lets the writer word an answer that was posted as it was extracted; where it fails, that stands again."""
    if client.writer is None or outcome.answer.decision != "answer":
        return
    posted = _Posted(client, outcome, sent, asked)
    try:
        await posted.follow(client.writer.drafts(outcome.answer))
    except discord.HTTPException as refused:
        client.errors.not_sent(refused, sent.channel)
    except KnowbotError as error:
        logger.warning("not written, the extracted answer stands: %s", error)
        await posted.restore()


class _Posted:
    """The message of one answer."""

    def __init__(self, client: KnowbotClient, outcome: Outcome, sent: discord.Message, asked: str) -> None:
        self._client, self._outcome, self._sent, self._asked = client, outcome, sent, asked
        self._shown = outcome.answer.text
        self._next_edit = time.perf_counter() + EDIT_SECONDS

    async def follow(self, drafts: AsyncGenerator[Draft, None]) -> None:
        """Shows a draft whenever an edit is due, and the last one in any case, which is then what is remembered."""
        async with aclosing(drafts) as growing:
            async for draft in growing:
                if draft.final or time.perf_counter() >= self._next_edit:
                    await self._edit(draft.text)
        interactions = self._client.engine.stores.interactions
        await self._client.lane.run(interactions.note_answer, self._outcome.number, self._shown)

    async def restore(self) -> None:
        """Shows the extracted answer again, if anything else was shown meanwhile."""
        if self._shown != self._outcome.answer.text:
            try:
                await self._edit(self._outcome.answer.text)
            except discord.HTTPException as refused:
                self._client.errors.not_sent(refused, self._sent.channel)

    async def _edit(self, text: str) -> None:
        interactions = self._client.engine.stores.interactions
        kept = await self._client.lane.run(interactions.get, self._outcome.number)
        if kept.withdrawn_at is not None:  # a moderator was quicker
            return
        answer = replace(self._outcome.answer, text=text)
        embeds = shown_for(answer, self._asked).embeds
        await self._sent.edit(embeds=embeds, allowed_mentions=discord.AllowedMentions.none())
        self._shown, self._next_edit = text, time.perf_counter() + EDIT_SECONDS
