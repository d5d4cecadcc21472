"""Which message is the answer of a solved thread: whose check mark counts, and what a forum's tag says."""

from __future__ import annotations

from pathlib import Path

import pytest
import simcord

from tests.bot.server import Server, a_server
from tests.bot.test_knowledge import ASKED, ZEBRA, documents

SPAM = "Buy your stripes from me instead: they are cheap, and nobody has ever complained about any of them."


async def asked_in_forum(server: Server) -> tuple[simcord.ChannelHandle, simcord.ChannelHandle]:
    """A forum, and alice's post in it."""
    forum = server.guild.create_forum_channel("questions")
    return forum, await server.open_post(forum, server.alice, "Zebra quota", f"{ASKED}, does anybody know?")


async def learnt(server: Server, forum: simcord.ChannelHandle) -> list[str]:
    await server.mod.slash(server.moderators, "learn", channel=forum)
    return [text for text, _ in documents(server)]


@pytest.mark.asyncio
async def test_nobody_makes_their_own_message_the_answer_and_no_third_person_does(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        forum, post = await asked_in_forum(server)
        carol = server.guild.add_member(server.env.create_user("carol"))
        spam = await server.bob.send(post, SPAM)
        await server.bob.react(spam, "✅")
        await carol.react(spam, "✅")
        own = await server.alice.send(post, SPAM)
        await server.alice.react(own, "✅")
        assert await learnt(server, forum) == []


@pytest.mark.asyncio
@pytest.mark.parametrize("who", ["alice", "mod"])
async def test_whoever_asked_and_staff_accept_an_answer_whatever_others_mark_after_it(data_dir: Path, who: str) -> None:
    async with a_server(data_dir) as server:
        forum, post = await asked_in_forum(server)
        answer = await server.bob.send(post, ZEBRA)
        spam = await server.bob.send(post, SPAM)
        await server.bob.react(spam, "✅")
        await server.bob.react(answer, "✅")
        await getattr(server, who).react(answer, "✅")
        (text,) = await learnt(server, forum)
        assert ZEBRA in text
        assert SPAM not in text


@pytest.mark.asyncio
async def test_staff_accept_an_answer_of_their_own_and_one_of_whoever_asked(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        forum, post = await asked_in_forum(server)
        own = await server.alice.send(post, ZEBRA)
        await server.mod.react(own, "✅")
        (text,) = await learnt(server, forum)
        assert ZEBRA in text
        better = await server.mod.send(post, ZEBRA.replace("forty-one", "ninety-nine"))
        await server.mod.react(better, "✅")
        assert any("ninety-nine" in text for text in await learnt(server, forum))


@pytest.mark.asyncio
async def test_opening_a_thread_on_a_question_of_somebody_else_does_not_make_it_ones_own(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        question = await server.alice.send(server.unwatched, f"{ASKED}?")
        handle = await server.open_thread(server.unwatched, server.bob, "Zebra quota", question)
        spam = await server.bob.send(handle, SPAM)
        carol = server.guild.add_member(server.env.create_user("carol"))
        answer = await carol.send(handle, ZEBRA)
        await server.bob.react(answer, "✅")
        await server.bob.react(spam, "✅")
        assert await learnt(server, server.unwatched) == []
        await server.alice.react(answer, "✅")
        (text,) = await learnt(server, server.unwatched)
        assert ASKED in text
        assert ZEBRA in text
        await server.alice.delete(question)
        assert await learnt(server, server.unwatched) == [], "an answer without its question says nothing"
