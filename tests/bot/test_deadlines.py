"""Discord waits three seconds for a sign and fifteen minutes for the rest: knowbot keeps both, however busy it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot import words
from tests.bot.server import ANSWERED, OFF_TOPIC, Server, a_server, text_of

pytestmark = pytest.mark.asyncio

Pressing = Callable[[Server, discord.Message], Awaitable[simcord.InteractionResult]]


def a_button(label: str) -> Pressing:
    return lambda server, reply: server.mod.click(reply, label=label)


def a_command(name: str, **options: Any) -> Pressing:  # noqa: ANN401 - whatever Discord lets one type
    return lambda server, reply: server.mod.slash(server.unwatched, name, **options)


async def a_verdict(server: Server, reply: discord.Message) -> simcord.InteractionResult:
    return await server.mod.click(server.said(server.moderators)[0], label=words.OFF_TOPIC)


WAYS: dict[str, Pressing] = {
    "helpful": a_button(words.HELPFUL),
    "sources": a_button(words.SHOW_SOURCES),
    "human": a_button(words.ASK_A_HUMAN),
    "verdict": a_verdict,
    "ask": a_command("ask", question=ANSWERED),
    "privacy": a_command("privacy", choice="opt-in"),
    "pause": a_command("pause"),
    "status": a_command("kb status"),
    "refresh": a_command("kb refresh"),
    "withdraw": a_button(words.WITHDRAW),
}


async def test_a_busy_knowbot_acknowledges_within_three_seconds_and_answers_later(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, ANSWERED)
        await server.alice.send(server.silent, OFF_TOPIC)
        (reply,) = server.said(server.helpful)
        run = server.client.lane.run

        async def slowly(*args: Any, **kwargs: Any) -> object:  # noqa: ANN401 - as the lane takes it
            await asyncio.sleep(5)
            return await run(*args, **kwargs)

        for with_a_clock in ("topic guard", "withdrawals", "drift news", "reading again"):
            await server.client.remove_cog(with_a_clock)  # its clock would be waiting in the lane as well
        monkeypatch.setattr(server.client.lane, "run", slowly)
        for way, use in WAYS.items():
            result = await use(server, reply)
            await server.env.advance_time(60)
            assert server.env.errors == [], way
            assert result.response is not None, way
            assert server.client.errors.counts == {}, way
        assert reply.content == ""
        assert text_of(server.said(server.helpful)[0]) == words.WITHDRAWN


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
async def test_an_answer_that_takes_longer_than_discord_waits_is_a_message_unless_it_is_private(
    data_dir: Path, private: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_server(data_dir) as server:
        answer = server.client.lane.answer

        async def slowly(*args: Any) -> object:  # noqa: ANN401 - as the lane takes it
            await asyncio.sleep(16 * 60)
            return await answer(*args)

        monkeypatch.setattr(server.client.lane, "answer", slowly)
        await server.alice.slash(server.unwatched, "ask", question=ANSWERED, private=private)
        await server.env.advance_time(17 * 60)
        assert server.env.errors == [] or private
        said = [text_of(message) for message in server.said(server.unwatched)]
        assert any(words.late(server.alice.mention) in text for text in said) is not private
