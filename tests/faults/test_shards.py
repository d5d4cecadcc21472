"""The shipped process over two connections: each server is heard over its own, and each is taken up again by itself."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.bot.conftest import data_dir, ingested_example  # noqa: F401 - fixtures
from tests.bot.running import RunningBot, a_running_bot
from tests.bot.server import ANSWERED
from tests.discord_loopback import DiscordLoopback, running_discord
from tests.discord_loopback.connection import Session, encode
from tests.discord_loopback.conversation import IDENTIFY, INVALID_SESSION

pytestmark = [pytest.mark.faults, pytest.mark.asyncio, pytest.mark.timeout(300)]


async def both(discord: DiscordLoopback) -> list[Session]:
    """The sessions of both shards; Discord wants five seconds between two logins."""
    await discord.until(lambda: len(discord.gateway.sessions) == 2, 30)
    return sorted(discord.gateway.sessions.values(), key=lambda session: session.shard)


async def asks(discord: DiscordLoopback, where: str, text: str = ANSWERED) -> None:
    """Somebody asks on the server or directly, and is answered."""
    alice = discord.world.member("alice")
    channel = discord.world.dm(alice) if where == "direct" else discord.world.channel(where)
    question = await discord.say(alice, channel, text, mention_bot=where != "direct")
    reply = await discord.wait_for_message(channel, after=question, timeout=30)
    assert reply["message_reference"]["message_id"] == question["id"]


async def test_two_shards_of_the_shipped_process_hear_their_share_over_losses_a_kill_and_a_stop(
    data_dir: Path,  # noqa: F811
) -> None:
    async with a_running_bot(data_dir, shards=2) as (discord, bot):
        await both(discord)
        assert [data["shard"] for op, data in discord.gateway.heard if op == IDENTIFY] == [[0, 2], [1, 2]]
        await asks(discord, "general")
        await asks(discord, "direct")
        await loses_one(discord)
        await bot.end(signal.SIGKILL)
        discord.gateway.sessions.clear()
        missed = await discord.say(discord.world.member("alice"), discord.world.channel("help"), f"{ANSWERED} please")
        await bot.start()
        await both(discord)
        answered = await discord.wait_for_message(discord.world.channel("help"), after=missed, timeout=30)
        assert answered["message_reference"]["message_id"] == missed["id"]
        await ends_well(bot)


async def loses_one(discord: DiscordLoopback) -> None:
    """The session of the server's shard is gone; the other one goes on, and nothing that is said meanwhile is lost."""
    sessions = await both(discord)
    lost = next(session for session in sessions if session.covers(discord.world.guild_id))
    other = next(session for session in sessions if session is not lost)
    del discord.gateway.sessions[lost.id]
    assert lost.connection is not None
    lost.connection.put(encode(INVALID_SESSION, False))
    await asks(discord, "general", f"{ANSWERED}, still")
    assert other in await both(discord)
    await asks(discord, "direct", f"{ANSWERED}, still")


async def ends_well(bot: RunningBot) -> None:
    assert await bot.end() == 0
    logged = bot.logged()
    assert "Traceback" not in logged
    assert "Unclosed" not in logged
    with bot.stores() as stores:
        assert stores.db.rows("SELECT count(*), count(reply_id) FROM interaction") == [(5, 5)]


async def test_a_stop_before_all_shards_are_connected_ends_quietly(data_dir: Path) -> None:  # noqa: F811
    async with a_running_bot(data_dir, shards=2) as (discord, bot):
        assert len(discord.gateway.sessions) == 1
        assert await bot.end() == 0
        assert "Traceback" not in bot.logged()


async def test_what_discord_refuses_of_a_shard_ends_the_process_with_one_sentence(data_dir: Path) -> None:  # noqa: F811
    async with running_discord() as discord:
        for name in ("quiet", "moderators"):
            discord.world.add_channel(name)
        discord.refuse_intents()
        bot = RunningBot(discord, data_dir, shards=2)
        await bot.start()
        assert await bot.ended() == 1
        assert bot.logged().strip().splitlines()[-1].startswith("knowbot: knowbot may not read messages yet")
        assert "Traceback" not in bot.logged()


async def test_a_token_that_is_revoked_ends_all_shards_with_one_sentence(data_dir: Path) -> None:  # noqa: F811
    async with a_running_bot(data_dir, shards=2) as (discord, bot):
        await both(discord)
        discord.revoke_token()
        assert await bot.ended() == 1
        assert bot.logged().strip().splitlines()[-1].startswith("knowbot: Discord refused the token")
        assert "Traceback" not in bot.logged()
