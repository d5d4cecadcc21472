"""What members do with an answer: say why it did not help, look at its sources, call a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import words
from tests.bot.server import ANSWERED, Server, a_server, called, labels, text_of

pytestmark = pytest.mark.asyncio


async def answered(server: Server) -> None:
    await server.alice.send(server.unwatched, called(server, ANSWERED))


async def test_not_helpful_asks_why_and_keeps_the_words(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await answered(server)
        (reply,) = server.said(server.unwatched)
        shown = await server.alice.click(reply, label=words.NOT_HELPFUL)
        assert server.engine.stores.db.rows("SELECT helpful, reason FROM vote") == [(0, "")]
        thanked = await server.alice.submit_modal(shown, {"reason": "it is about the old version"})
        assert thanked.ephemeral
        assert server.engine.stores.db.rows("SELECT helpful, reason FROM vote") == [(0, "it is about the old version")]


async def test_sources_show_the_quote_in_full_only_while_it_stands(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await answered(server)
        (reply,) = server.said(server.unwatched)
        (asked,) = server.engine.stores.interactions.list(None, 1)
        shown = await server.alice.click(reply, label=words.SHOW_SOURCES)
        assert shown.ephemeral
        assert shown.response is not None
        text = text_of(shown.response.message)
        assert asked.sources[0].location in text
        assert asked.sources[0].quote.split("\n")[0][:40] in text
        for source in asked.sources:
            server.engine.stores.documents.delete("default", source.document_location)
        shown = await server.alice.click(reply, label=words.SHOW_SOURCES)
        assert shown.response is not None
        assert shown.response.content == words.SOURCES_GONE


async def test_a_person_is_called_once_to_a_thread_which_is_theirs_from_then_on(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, ANSWERED)
        (reply,) = server.said(server.helpful)
        await server.alice.click(reply, label=words.ASK_A_HUMAN)
        assert words.ASK_A_HUMAN not in labels(server.said(server.helpful)[0])
        (thread,) = server.helpful.threads
        (call,) = [message for message in server.said(thread) if message.content]
        assert [role.id for role in call.role_mentions] == [server.helpers.id]
        await server.alice.send(thread, f"{ANSWERED} please")
        await server.restart()
        await server.alice.send(thread, f"{ANSWERED} please")
        assert len([message for message in server.said(thread) if message.content or message.embeds]) == 1
        await server.alice.send(thread, called(server, ANSWERED))
        assert words.SOURCE in text_of(server.said(thread)[-1])


async def test_a_person_is_called_in_the_channel_where_no_thread_may_be_opened(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        question = await server.alice.send(server.helpful, ANSWERED)
        path = f"/channels/{server.helpful.id}/messages/{question.id}/threads"
        server.env.inject_error("POST", path, status=403, code=50013)
        await server.alice.click(server.said(server.helpful)[0], label=words.ASK_A_HUMAN)
        assert server.helpers.mention in server.said(server.helpful)[-1].content
