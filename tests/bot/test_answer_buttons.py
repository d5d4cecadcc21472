"""What members do with an answer: say why it did not help, look at its sources, call a person."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import discord
import pytest

from bot import words
from bot.outgoing.embeds import shown_for
from retrieval.types import Answer, Citation, Question
from tests.bot.server import ANSWERED, OFF_TOPIC, Server, a_server, called, labels, text_of
from tests.fakes import a_chunk

pytestmark = pytest.mark.asyncio

SOURCE = Citation(1, "Reset", "1.md", "Hold it.", 0.5, a_chunk("Hold it."))
ANSWER = Answer(Question("how?"), "answer", "Hold it.", 0.9, 0.1, sources=(SOURCE,))


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


async def test_a_person_is_called_into_the_thread_where_it_was_asked(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        channel = server.client.get_channel(server.helpful.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.create_thread(name="a thread", type=discord.ChannelType.public_thread)
        (thread,) = server.helpful.threads
        await server.alice.send(thread, called(server, ANSWERED))
        await server.alice.click(server.said(thread)[-1], label=words.ASK_A_HUMAN)
        assert server.helpers.mention in server.said(thread)[-1].content
        assert [each.id for each in server.helpful.threads] == [thread.id]
        await server.alice.send(thread, ANSWERED)
        assert server.helpers.mention in server.said(thread)[-1].content, "knowbot stays out"


async def test_nothing_is_said_by_colour_alone(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, ANSWERED)
        await server.alice.send(server.silent, OFF_TOPIC)
        posted = server.said(server.helpful) + server.said(server.moderators)
        buttons = [each for message in posted for row in message.components for each in row.children]  # type: ignore[union-attr]
        assert len(buttons) >= 6
        assert all(each.label for each in buttons if isinstance(each, discord.Button))
        for sure in (0.9, 0.7, 0.4):
            (embed,) = shown_for(replace(ANSWER, confidence=sure)).embeds
            assert embed.footer.text == words.confidence_word(sure)
        (unsure,) = shown_for(replace(ANSWER, decision="unsure")).embeds
        assert str(unsure.description).startswith(words.WITHOUT_ANSWER["unsure"])
