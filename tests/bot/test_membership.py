"""A server that is left keeps its data for a while and then nothing; one that is unavailable keeps everything."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any, cast

import pytest

from bot import words
from bot.settings import ServerSettings
from bot.work.jobs import run_job
from storage.servers import LeftServer
from tests.bot.server import ANSWERED, OFF_TOPIC, Server, a_server

pytestmark = pytest.mark.asyncio

DAY = 86_400.0
AGAIN: dict[str, object] = {"roles": [], "channels": [], "members": [], "owner_id": "1"}
ZEBRA = "The zebra quota is exactly forty-one stripes for every member of the herd, foals included."
OF_SERVERS = ("interaction", "vote", "flag", "taught_example", "handover", "audit")


async def told(server: Server, event: str, **data: object) -> None:
    """Has discord.py's own parser read an event of the gateway; returns once knowbot has noted it."""
    getattr(cast(Any, server.client)._connection, f"parse_{event}")({"id": str(server.guild.id), **data})
    for _ in range(3):  # the listener, its thread, what it does next
        await asyncio.to_thread(time.sleep, 0.02)
        await server.env.settle()


async def retention(server: Server) -> str:
    job = server.engine.stores.jobs.add("retention", "", server.clock.now)
    return run_job(server.engine, server.client.settings, job, lambda *_: None).sentence


async def live(server: Server) -> None:
    """Something in every table that belongs to the server's channels."""
    await server.bob.send(server.silent, ZEBRA)
    await server.mod.slash(server.moderators, "learn", channel=server.silent)
    await server.mod.slash(server.moderators, "channel mode", channel=server.unwatched, mode="mention")
    await server.alice.send(server.helpful, ANSWERED)
    await server.alice.click(server.said(server.helpful)[0], label=words.HELPFUL)
    await server.alice.click(server.said(server.helpful)[0], label=words.ASK_A_HUMAN)
    await server.alice.send(server.silent, OFF_TOPIC)
    await server.mod.click(server.said(server.moderators)[-1], label=words.OFF_TOPIC)


def counts(server: Server, *tables: str) -> dict[str, int]:
    rows = server.engine.stores.db.rows
    return {table: int(rows(f"SELECT count(*) FROM {table}")[0][0]) for table in tables}


def learnt(server: Server) -> int:
    return len(server.engine.stores.db.rows("SELECT 1 FROM document WHERE format = 'discord'"))


async def test_what_came_from_a_left_server_goes_after_the_grace_time_and_nothing_else(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await live(server)
        documents = server.engine.stores.documents.counts("default").documents
        other = server.env.create_guild("Other")
        elsewhere = other.create_text_channel("elsewhere")
        ann = other.add_member(server.env.create_user("ann"))
        await ann.send(elsewhere, f"<@{server.client.user.id if server.client.user else 0}> {ANSWERED}")
        await server.bob.slash(server.unwatched, "privacy", choice="opt-out")
        before = counts(server, *OF_SERVERS)
        await told(server, "guild_delete", unavailable=False)
        (left,) = server.engine.left_servers.all()
        assert left == LeftServer(server.guild.id, "Lanternfish", server.clock.now)
        server.clock.now += 29 * DAY
        assert "Lanternfish" not in await retention(server)
        assert counts(server, *OF_SERVERS) == before
        assert learnt(server) == 1
        server.clock.now += 1 * DAY
        assert "Lanternfish" in await retention(server)
        after = counts(server, *OF_SERVERS)
        assert set(before.values()) >= {1, 2}
        assert after.pop("interaction") == 1
        assert set(after.values()) == {0}
        assert learnt(server) == 0
        assert server.engine.stores.documents.counts("default").documents == documents - 1
        assert counts(server, "opted_out") == {"opted_out": 1}
        assert server.engine.stores.tunables.beginning("mode:") == []
        assert server.engine.left_servers.all() == []
    for file in data_dir.glob("knowbot.db*"):
        assert b"forty-one stripes" not in file.read_bytes()


async def test_a_server_that_takes_the_bot_back_in_time_finds_everything(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await live(server)
        before = counts(server, *OF_SERVERS)
        await told(server, "guild_delete", unavailable=False)
        server.clock.now += 20 * DAY
        await told(server, "guild_create", name="Lanternfish", **AGAIN)
        server.clock.now += 20 * DAY
        await retention(server)
        assert counts(server, *OF_SERVERS) == before
        assert learnt(server) == 1


async def test_an_outage_of_a_server_changes_nothing(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await live(server)
        before = counts(server, *OF_SERVERS)
        await told(server, "guild_delete", unavailable=True)
        assert server.engine.left_servers.all() == []
        await server.restart()
        server.clock.now += 40 * DAY
        assert "Lanternfish" not in await retention(server)
        assert counts(server, *OF_SERVERS) == before


async def test_a_server_left_while_the_bot_was_away_is_noticed_at_its_start_and_another_bots_is_not(
    data_dir: Path,
) -> None:
    async with a_server(data_dir) as server:
        servers, mine = server.engine.stores.servers, server.client.application_id or 0
        servers.joined(mine, 77, "Left meanwhile")
        servers.joined(mine + 1, 78, "Of another application")
        await server.restart()
        assert [each.id for each in servers.gone()] == [77]
        servers.joined(mine, 77, "Left meanwhile")
        assert servers.gone() == []


async def test_documents_that_an_operator_took_into_a_servers_own_space_stay(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        own = {server.guild.id: ServerSettings(space="default")}
        server.client.settings = server.client.settings.model_copy(update={"servers": own})
        documents = server.engine.stores.documents.counts("default").documents
        await live(server)
        await told(server, "guild_delete", unavailable=False)
        server.clock.now += 31 * DAY
        await retention(server)
        assert server.engine.stores.documents.counts("default").documents == documents
