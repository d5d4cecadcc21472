"""An answer that is withdrawn in the console goes from Discord: at once where the bot runs, else once it does."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import discord
import pytest

from bot import words
from bot.cogs.withdrawals import Withdrawals
from tests.bot.server import ANSWERED, Server, a_server, called, labels, text_of

pytestmark = pytest.mark.asyncio

HOUR = 3_601.0


async def take_off(server: Server) -> None:
    await cast(Withdrawals, server.client.get_cog("withdrawals")).take_off_owed()
    await server.env.settle()


def owed(server: Server) -> int:
    return len(server.engine.stores.second_looks.owed())


async def test_what_the_console_withdraws_is_replaced_by_a_line_after_a_restart_as_well(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.unwatched, called(server, ANSWERED))
        (asked,) = server.engine.stores.interactions.list(None, 9)
        assert server.engine.review.withdraw(asked.id, "console")
        await server.restart()
        await take_off(server)
        (reply,) = server.said(server.unwatched)
        assert text_of(reply) == words.WITHDRAWN
        assert labels(reply) == []
        assert owed(server) == 0


async def test_what_discord_refuses_is_tried_again_later_and_what_is_gone_is_no_debt(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        for channel in (server.unwatched, server.mention):
            await server.alice.send(channel, called(server, ANSWERED))
        for asked in server.engine.stores.interactions.list(None, 9):
            server.engine.review.withdraw(asked.id, "console")
        await server.said(server.mention)[0].delete()
        found = server.client.get_channel(server.unwatched.id)
        assert isinstance(found, discord.TextChannel)
        await found.set_permissions(found.guild.me, view_channel=False)
        for _ in range(2):
            await take_off(server)
        assert owed(server) == 1
        assert len([each for each in server.env.http_requests if each.method == "PATCH"]) == 2, "it is not pressed"
        server.env.backend.edit_channel(server.unwatched.id, {}, overwrites=[])
        server.clock.now += HOUR
        await take_off(server)
        assert text_of(server.said(server.unwatched)[0]) == words.WITHDRAWN
        assert owed(server) == 0


async def test_an_answer_in_a_direct_message_goes_too(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send_dm(ANSWERED)
        (asked,) = server.engine.stores.interactions.list(None, 9)
        server.engine.review.withdraw(asked.id, "console")
        await server.restart()
        await take_off(server)
        assert owed(server) == 0
