"""Login, the guild, commands, permissions and broken requests against the fake."""

from __future__ import annotations

import asyncio
import os
import sys
import time

import discord
import pytest

from tests.discord_loopback import DiscordLoopback, Permission, TextChannel, running_discord
from tests.discord_loopback.client import RecordingClient, connected


@pytest.mark.asyncio
async def test_a_client_logs_in_and_sees_the_guild(loopback: DiscordLoopback, bot: RecordingClient) -> None:
    guild = bot.get_guild(int(loopback.world.guild_id))
    assert guild is not None
    assert guild.me.name == "knowbot"
    assert {channel.name for channel in guild.text_channels} == {"general", "help"}
    assert (await bot.fetch_guild(guild.id)).name == guild.name
    assert [channel.name for channel in await guild.fetch_channels()] == ["general", "help"]
    assert [role.name for role in await guild.fetch_roles()] == ["@everyone", "knowbot"]
    assert {member.name async for member in guild.fetch_members()} == {"owner", "knowbot", "alice", "bob"}
    assert [guild.name async for guild in bot.fetch_guilds()] == [guild.name]


@pytest.mark.asyncio
async def test_a_wrong_token_is_refused_at_login(loopback: DiscordLoopback) -> None:
    loopback.token = "stolen"
    with pytest.raises(discord.LoginFailure):
        async with connected(loopback, RecordingClient()):
            pass


async def ask_for_bans() -> None:
    async with running_discord() as loopback:
        client = RecordingClient()
        async with connected(loopback, client):
            with pytest.raises(discord.NotFound):
                await client.http.get_bans(1, limit=1)


@pytest.mark.asyncio
async def test_a_request_that_the_fake_does_not_know_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="GET guilds/1/bans is not in the fake"):
        await ask_for_bans()


@pytest.mark.asyncio
async def test_a_channel_can_be_hidden_from_the_bot_or_closed_to_it(
    loopback: DiscordLoopback, bot: RecordingClient, help_channel: TextChannel
) -> None:
    world, channel = loopback.world, bot.text_channel(help_channel.id)
    world.overwrite(help_channel, world.bot_role, deny=Permission.SEND_MESSAGES)
    with pytest.raises(discord.Forbidden, match="50013"):
        await channel.send("x")
    world.overwrite(help_channel, world.bot_role, deny=Permission.VIEW_CHANNEL)
    with pytest.raises(discord.Forbidden, match="50001"):
        await channel.send("x")
    await loopback.say(world.member("alice"), help_channel, "secret")
    await loopback.say(world.member("alice"), world.channel("general"), "open")
    assert [each.content for each in await loopback.until(lambda: bot.events("message"))] == ["open"]


@pytest.mark.asyncio
async def test_requests_are_forbidden_on_demand(
    loopback: DiscordLoopback, bot: RecordingClient, help_channel: TextChannel
) -> None:
    loopback.faults.disallow("POST", r"channels/\d+/messages", 50001, "Missing Access")
    with pytest.raises(discord.Forbidden, match="50001"):
        await bot.text_channel(help_channel.id).send("x")
    loopback.faults.clear()
    await bot.text_channel(help_channel.id).send("x")
    assert len(loopback.world.requests_to("POST", "/messages")) == 2


@pytest.mark.asyncio
async def test_rate_limits_and_server_errors_are_waited_out(
    loopback: DiscordLoopback, bot: RecordingClient, help_channel: TextChannel
) -> None:
    start, channel = time.monotonic(), bot.text_channel(help_channel.id)
    loopback.faults.rate_limit("POST", r"channels/\d+/messages", times=2, retry_after=0.1)
    await channel.send("x")
    loopback.faults.rate_limit_everything(retry_after=0.1)
    await channel.send("y")
    assert 0.3 < time.monotonic() - start < 2
    loopback.faults.fail("POST", r"channels/\d+/messages", status=502)
    await channel.send("z")
    assert [status for _, _, status in loopback.faults.struck] == [429, 429, 429, 502]
    assert [each["content"] for each in loopback.world.messages.in_channel(help_channel)] == ["x", "y", "z"]


@pytest.mark.asyncio
async def test_commands_are_registered_renamed_and_removed_for_everywhere_or_for_the_guild(
    loopback: DiscordLoopback, bot: RecordingClient
) -> None:
    world, guild = loopback.world, discord.Object(int(loopback.world.guild_id))
    bot.tree.add_command(discord.app_commands.Command(name="ask", description="asks", callback=answer))
    (everywhere,) = await bot.tree.sync()
    assert (await bot.tree.sync())[0].id == everywhere.id
    bot.tree.copy_global_to(guild=guild)
    await bot.tree.sync(guild=guild)
    assert [command["name"] for command in world.commands.all(world.guild_id)] == ["ask"]
    await everywhere.edit(description="asks away")
    assert (await bot.tree.fetch_command(everywhere.id)).description == "asks away"
    await everywhere.delete()
    assert await bot.tree.fetch_commands() == []
    nameless = discord.http.Route("POST", f"/applications/{world.application_id}/commands")
    with pytest.raises(discord.HTTPException, match="Must be between 1 and 100"):
        await bot.http.request(nameless, json={"name": "ask", "description": ""})


async def answer(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("so")


BOT = """
import os, discord, yarl
discord.http.Route.BASE = os.environ["KNOWBOT_DISCORD_API"]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["KNOWBOT_DISCORD_GATEWAY"])
client = discord.Client(intents=discord.Intents.default(), guild_ready_timeout=0.05)
@client.event
async def on_message(message):
    if message.author != client.user:
        await message.reply("from another process")
client.run(os.environ["DISCORD_TOKEN"])
"""


@pytest.mark.asyncio
async def test_a_bot_in_a_process_of_its_own_is_reached(loopback: DiscordLoopback, help_channel: TextChannel) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", BOT, env={**os.environ, **loopback.environment}, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await loopback.wait_for_login()
        question = await loopback.say(loopback.world.member("alice"), help_channel, "how?")
        assert (await loopback.wait_for_message(help_channel, after=question))["content"] == "from another process"
    finally:
        process.kill()
        await process.wait()
