"""Two connections to one Discord: each hears its share, and each is taken up again by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.client import KnowbotClient
from bot.gateway.connecting import PlainReconnects
from bot.gateway.sharding import ShardedClient, make_client
from bot.lane import AnswerLane
from bot.observing.health import Health, acknowledged, sockets
from bot.observing.monitor import Monitor
from bot.settings import DiscordSettings, Settings
from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from tests.bot.server import ANSWERED
from tests.discord_loopback import DiscordLoopback, running_discord
from tests.discord_loopback.client import connected
from tests.discord_loopback.connection import Session, encode
from tests.discord_loopback.conversation import IDENTIFY, INVALID_SESSION

pytestmark = pytest.mark.asyncio


class Impatient(ShardedClient):
    """Does not wait five seconds between two shards, nor two for more servers."""

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        self._connection.guild_ready_timeout = 0.05


@asynccontextmanager
async def two_shards(data_dir: Path) -> AsyncIterator[tuple[DiscordLoopback, ShardedClient]]:
    settings = Settings(data_dir=data_dir, discord=DiscordSettings(patience=0, shards=2))
    with Engine(data_dir, RetrievalSettings(encoder="hashing")) as engine:
        lane = AnswerLane(engine)
        async with running_discord() as discord:
            client = Impatient(settings, engine, lane)
            async with connected(discord, client):
                yield discord, client
        await lane.close()


def sessions(discord: DiscordLoopback) -> dict[bool, Session]:
    """By whether they cover the server."""
    return {session.covers(discord.world.guild_id): session for session in discord.gateway.sessions.values()}


async def test_each_shard_hears_its_share_and_is_watched_by_itself(data_dir: Path) -> None:
    async with two_shards(data_dir) as (discord, client):
        identified = [data["shard"] for op, data in discord.gateway.heard if op == IDENTIFY]
        assert identified == [[0, 2], [1, 2]]
        alice, general = discord.world.member("alice"), discord.world.channel("general")
        await discord.say(alice, general, ANSWERED, mention_bot=True)
        assert (await discord.wait_for_message(general))["embeds"]
        direct = discord.world.dm(alice)
        await discord.say(alice, direct, ANSWERED)
        assert (await discord.wait_for_message(direct))["embeds"]
        assert [shard for shard, _ in acknowledged(client)] == [0, 1]
        assert not (await Health(client).problems())["gateway"]
        monitor = Monitor(client, 0)
        await monitor.start()
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{monitor.port}/metrics") as page:
            lines = (await page.text()).splitlines()
        await monitor.close()
        latencies = [line.split("}")[0] for line in lines if line.startswith("knowbot_gateway_latency_seconds{")]
        assert latencies == [f'knowbot_gateway_latency_seconds{{shard="{shard}"' for shard in (0, 1)]
        sockets(client)[1]._keep_alive._last_ack -= 1000
        assert (await Health(client).problems())["gateway"].startswith("shard 1 ")


async def test_what_a_shard_misses_between_two_sessions_is_answered_once(data_dir: Path) -> None:
    async with two_shards(data_dir) as (discord, _):
        lost, other = sessions(discord)[True], sessions(discord)[False]
        del discord.gateway.sessions[lost.id]
        alice, general = discord.world.member("alice"), discord.world.channel("general")
        question = await discord.say(alice, general, ANSWERED, mention_bot=True)
        assert lost.connection is not None
        lost.connection.put(encode(INVALID_SESSION, False))
        reply = await discord.wait_for_message(general)
        assert reply["message_reference"]["message_id"] == question["id"]
        await asyncio.sleep(0.3)
        assert len(discord.world.messages.in_channel(general, discord.world.bot)) == 1
        assert sessions(discord)[False] is other, "the other shard goes on"


async def test_without_the_setting_there_is_one_connection_and_a_failed_start_closes_quietly(data_dir: Path) -> None:
    with Engine(data_dir, RetrievalSettings(encoder="hashing")) as engine:
        lane = AnswerLane(engine)
        assert type(make_client(Settings(data_dir=data_dir), engine, lane)) is KnowbotClient
        many = Settings(data_dir=data_dir, discord=DiscordSettings(shards="auto"))
        client = make_client(many, engine, lane)
        assert isinstance(client, ShardedClient)
        assert vars(client)["shard_count"] is None, "Discord is asked"
        await client.close()
        await lane.close()


async def test_a_shard_that_does_not_connect_is_logged_as_a_sentence() -> None:
    error = ConnectionResetError("reset")
    said = "Failed to connect for shard_id: %s. Retrying..."
    record = logging.LogRecord("discord.shard", logging.ERROR, "", 1, said, (1,), (type(error), error, None))
    PlainReconnects().filter(record)
    assert record.getMessage() == "the connection to Discord failed (reset): trying again"
    assert record.exc_info is None
