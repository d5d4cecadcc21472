"""What was asked while knowbot was away, and when it is better left to those who were there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import discord
import pytest

from bot import words
from bot.community.manners import ANSWERS_IN_A_CHANNEL, QUIET_SECONDS
from bot.incoming.missed import has_company, unanswered
from tests.bot.server import ANSWERED, Server, a_server, called, text_of

ME, ALICE, BOB = (cast(discord.User, SimpleNamespace(id=number)) for number in (1, 2, 3))
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@asynccontextmanager
async def away(server: Server) -> AsyncIterator[None]:
    """Within the block knowbot hears nothing that it acts on, as while it is down; after it, it starts anew."""
    await server.mod.slash(server.moderators, "pause")
    yield
    await server.mod.slash(server.moderators, "resume")
    await server.restart()


@pytest.mark.asyncio
async def test_what_was_asked_unasked_meanwhile_is_answered_once_where_knowbot_answers_unasked(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        async with away(server):
            for channel in (server.helpful, server.mention, server.unwatched):
                await server.alice.send(channel, ANSWERED)
            await server.alice.send(server.helpful, "good morning, all of you")
        for _ in range(2):
            (reply,) = server.said(server.helpful)
            assert words.SOURCE in text_of(reply)
            assert server.said(server.mention) == server.said(server.unwatched) == []
            await server.restart()


@pytest.mark.asyncio
async def test_what_a_member_replied_to_meanwhile_is_left_alone(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        async with away(server):
            asked = await server.alice.send(server.helpful, ANSWERED)
            await server.bob.send(server.helpful, "in the settings, I think", reply_to=asked)
        assert server.said(server.helpful) == []


@pytest.mark.asyncio
async def test_after_a_restart_it_is_still_known_that_staff_were_answering(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, "good morning")
        await server.mod.send(server.helpful, "what can I do for you")
        await server.alice.send(server.helpful, ANSWERED)
        await server.restart()
        await server.bob.send(server.helpful, f"{ANSWERED} please")
        assert server.said(server.helpful) == []
        await server.bob.send(server.helpful, called(server, ANSWERED))
        assert len(server.said(server.helpful)) == 1
        await server.wait(QUIET_SECONDS + 1)
        await server.bob.send(server.helpful, f"{ANSWERED} now")
        assert len(server.said(server.helpful)) == 2


def a_message(author: discord.User, second: float, replies_to: int | None = None) -> discord.Message:
    number = int(second * 10) + 10_000 * author.id
    reference = SimpleNamespace(message_id=replies_to) if replies_to else None
    created_at = NOON + timedelta(seconds=second)
    return cast(discord.Message, SimpleNamespace(id=number, author=author, created_at=created_at, reference=reference))


def left(messages: list[discord.Message], patience: float = 2.0) -> list[list[int]]:
    """The numbers of what is still to be answered, question by question."""
    questions = unanswered(messages, ME, lambda each: each.author != ME, patience)
    return sorted([part.id for part in parts] for parts in questions)


def test_what_a_member_writes_within_seconds_is_one_question_and_what_comes_later_another() -> None:
    said = [a_message(ALICE, 0), a_message(BOB, 1), a_message(ALICE, 1.5), a_message(ALICE, 60)]
    first, other, second, later = (each.id for each in said)
    assert left(said) == [[first, second], [later], [other]]
    assert left(said, patience=0) == [[first], [second], [later], [other]]
    assert left([a_message(ALICE, 0), a_message(ALICE, 0)], patience=0) == [[first], [first]]


def test_a_reply_of_knowbots_to_the_last_part_of_a_question_settles_all_of_them() -> None:
    said = [a_message(ALICE, 0), a_message(ALICE, 1.5), a_message(ALICE, 60)]
    first, second, later = (each.id for each in said)
    assert left([*said, a_message(ME, 61, second)]) == [[later]]
    assert left([*said, a_message(BOB, 61, second)])[0] == [first, second]


def test_where_knowbot_had_said_enough_nothing_more_is_said_afterwards() -> None:
    ours = [a_message(ME, second) for second in range(ANSWERS_IN_A_CHANNEL)]
    soon, later = a_message(ALICE, 60), a_message(ALICE, 700)
    assert has_company(soon, ours, ME)
    assert not has_company(later, ours, ME)
    assert not has_company(soon, ours[1:], ME)
