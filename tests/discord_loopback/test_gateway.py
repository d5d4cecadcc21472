"""The fake's gateway: identifying, resuming, zombies, intents, shards."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import discord
import pytest

from tests.discord_loopback import DiscordLoopback
from tests.discord_loopback.client import RecordingClient, connected

IDENTIFY, PRESENCE, RESUME, MEMBERS = 2, 3, 6, 8


async def say(loopback: DiscordLoopback, text: str) -> None:
    await loopback.say(loopback.world.member("alice"), loopback.world.channel("help"), text)


async def converse(loopback: DiscordLoopback, **identify: object) -> tuple[list[Any], int | None]:
    """Identifies by hand and returns what came until READY or the end, with the close code."""
    payload = {"token": loopback.token, "intents": 1 << 9, "properties": {}, **identify}
    heard: list[Any] = []
    async with aiohttp.ClientSession() as session, session.ws_connect(loopback.gateway.url) as socket:
        await socket.send_str(json.dumps({"op": IDENTIFY, "d": payload}))
        async for frame in socket:
            heard.append(json.loads(frame.data))
            if heard[-1]["t"] == "READY":
                break
        return heard, socket.close_code


@pytest.mark.asyncio
async def test_a_dropped_client_resumes_and_gets_what_it_missed(
    loopback: DiscordLoopback, bot: RecordingClient
) -> None:
    loopback.drop_connections(code=4000)
    await say(loopback, "missed")
    await loopback.until(lambda: bot.events("resumed"))
    assert [each.content for each in bot.events("message")] == ["missed"]
    assert loopback.gateway.ops(IDENTIFY, RESUME) == [IDENTIFY, RESUME]


@pytest.mark.asyncio
async def test_a_client_that_is_asked_to_reconnect_resumes(loopback: DiscordLoopback, bot: RecordingClient) -> None:
    loopback.gateway.ask_to_reconnect()
    await loopback.until(lambda: bot.events("resumed"))
    assert loopback.gateway.ops(IDENTIFY, RESUME) == [IDENTIFY, RESUME]


@pytest.mark.asyncio
async def test_an_invalid_session_that_is_resumable_is_resumed(loopback: DiscordLoopback, bot: RecordingClient) -> None:
    loopback.gateway.invalidate(resumable=True)
    await loopback.until(lambda: bot.events("resumed"))
    assert loopback.gateway.ops(IDENTIFY, RESUME) == [IDENTIFY, RESUME]


@pytest.mark.asyncio
async def test_a_client_without_a_session_identifies_anew(loopback: DiscordLoopback, bot: RecordingClient) -> None:
    loopback.gateway.invalidate(resumable=False)
    await loopback.until(lambda: len(bot.events("ready")) == 2)
    loopback.drop_connections(code=4009)
    await loopback.until(lambda: len(bot.events("ready")) == 3)
    assert loopback.gateway.ops(IDENTIFY, RESUME) == [IDENTIFY, IDENTIFY, RESUME, IDENTIFY]
    await say(loopback, "back")
    await loopback.until(lambda: bot.events("message"))


@pytest.mark.asyncio
async def test_a_client_leaves_a_zombie_and_gets_what_it_missed(loopback: DiscordLoopback) -> None:
    client = RecordingClient(heartbeat_timeout=1)
    async with connected(loopback, client):
        loopback.gateway.freeze()
        await say(loopback, "missed")
        await loopback.until(lambda: client.events("resumed"))
    assert [each.content for each in client.events("message")] == ["missed"]
    assert loopback.gateway.ops(IDENTIFY, RESUME)[:2] == [IDENTIFY, RESUME]


@pytest.mark.asyncio
async def test_an_intent_that_was_not_granted_ends_the_client(loopback: DiscordLoopback) -> None:
    loopback.refuse_intents(1 << 15)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(loopback, RecordingClient()):
            pass


@pytest.mark.asyncio
async def test_a_wrong_token_closes_the_socket_with_4004(loopback: DiscordLoopback) -> None:
    heard, code = await converse(loopback, token="stolen")
    assert [frame["op"] for frame in heard] == [10]
    assert code == 4004


@pytest.mark.asyncio
async def test_a_shard_is_echoed_and_gets_only_its_guilds(loopback: DiscordLoopback) -> None:
    number = (int(loopback.world.guild_id) >> 22) % 2
    for shard, guilds in ([number, 2], 1), ([1 - number, 2], 0):
        heard, _ = await converse(loopback, shard=shard)
        assert heard[-1]["d"]["shard"] == shard
        assert len(heard[-1]["d"]["guilds"]) == guilds


@pytest.mark.asyncio
async def test_without_the_content_intent_a_bot_reads_only_what_is_meant_for_it(loopback: DiscordLoopback) -> None:
    intents = discord.Intents.default()
    client = RecordingClient(intents)
    alice, channel = loopback.world.member("alice"), loopback.world.channel("help")
    async with connected(loopback, client):
        await say(loopback, "not for the bot")
        await loopback.say(alice, channel, "for the bot", mention_bot=True)
        await loopback.say(alice, loopback.world.dm(alice), "in private")
        await loopback.until(lambda: len(client.events("message")) == 3)
    mention = loopback.world.bot.mention
    assert [each.content for each in client.events("message")] == ["", f"{mention} for the bot", "in private"]


@pytest.mark.asyncio
async def test_members_come_in_chunks_and_presence_is_noted(loopback: DiscordLoopback) -> None:
    intents = discord.Intents.default()
    intents.members = True
    client = RecordingClient(intents)
    async with connected(loopback, client):
        guild = client.guilds[0]
        assert {member.name for member in guild.members} == {"owner", "knowbot", "alice", "bob"}
        assert [member.name for member in await guild.query_members("al")] == ["alice"]
        await client.change_presence(activity=discord.Game("reading"))
        await loopback.until(lambda: loopback.gateway.ops(PRESENCE))
        assert loopback.gateway.presence is not None
        assert loopback.gateway.presence["activities"][0]["name"] == "reading"
        loopback.world.add_member("carol")
        await loopback.until(lambda: client.events("member_join"))
    assert loopback.gateway.ops(MEMBERS) == [MEMBERS, MEMBERS]
