"""Messages, threads, reactions and files against the fake."""

from __future__ import annotations

import io

import discord
import pytest

from tests.discord_loopback import DiscordLoopback, Permission, TextChannel, Thread
from tests.discord_loopback.client import RecordingClient


@pytest.mark.asyncio
async def test_a_reply_names_the_message_and_pings_its_author(
    loopback: DiscordLoopback, bot: RecordingClient, help_channel: TextChannel
) -> None:
    alice = loopback.world.member("alice")
    question = await loopback.say(alice, help_channel, "how? ", mention_bot=True)
    (heard,) = await loopback.until(lambda: bot.events("message"))
    assert (heard.content, heard.author.name) == (f"{loopback.world.bot.mention} how?", "alice")
    assert bot.user in heard.mentions
    await heard.reply("so")
    answer = await loopback.wait_for_message(help_channel, after=question)
    assert answer["referenced_message"]["id"] == question["id"]
    assert [user["username"] for user in answer["mentions"]] == ["alice"]


@pytest.mark.asyncio
async def test_a_reply_to_a_deleted_message_is_refused(
    loopback: DiscordLoopback, bot: RecordingClient, help_channel: TextChannel
) -> None:
    question = await loopback.say(loopback.world.member("alice"), help_channel, "how?")
    (heard,) = await loopback.until(lambda: bot.events("message"))
    await loopback.delete(question)
    with pytest.raises(discord.HTTPException, match="Unknown message") as refused:
        await heard.reply("so")
    assert refused.value.code == 50035


@pytest.mark.asyncio
async def test_edits_and_deletions_are_told_by_both_sides(
    loopback: DiscordLoopback, bot: RecordingClient, help_channel: TextChannel
) -> None:
    message = await loopback.say(loopback.world.member("alice"), help_channel, "how?")
    await loopback.edit(message, "how now?")
    await loopback.delete(message)
    await loopback.until(lambda: bot.events("message_delete"))
    assert [each.message.content for each in bot.events("raw_message_edit")] == ["how now?"]
    own = await bot.text_channel(help_channel.id).send("one")
    await own.edit(content="two")
    await own.delete()
    assert loopback.world.messages.in_channel(help_channel) == []
    await loopback.until(lambda: len(bot.events("message_delete")) == 2)


@pytest.mark.asyncio
async def test_history_is_read_in_pages(
    loopback: DiscordLoopback, bot: RecordingClient, help_channel: TextChannel
) -> None:
    alice = loopback.world.member("alice")
    said = [await loopback.say(alice, help_channel, str(number)) for number in range(5)]
    channel = bot.text_channel(help_channel.id)
    middle = discord.Object(int(said[2]["id"]))
    assert [each.content async for each in channel.history(limit=2)] == ["4", "3"]
    assert [each.content async for each in channel.history(before=middle)] == ["1", "0"]
    assert [each.content async for each in channel.history(after=middle)] == ["3", "4"]
    assert (await channel.fetch_message(middle.id)).content == "2"


@pytest.mark.asyncio
async def test_a_thread_is_opened_on_a_message_written_in_and_archived(
    loopback: DiscordLoopback, bot: RecordingClient, help_channel: TextChannel
) -> None:
    await loopback.say(loopback.world.member("alice"), help_channel, "how?")
    (heard,) = await loopback.until(lambda: bot.events("message"))
    opened = await heard.create_thread(name="how")
    await opened.send("so")
    await opened.edit(archived=True)
    thread = loopback.world.find_channel(str(opened.id))
    assert isinstance(thread, Thread)
    assert loopback.world.threads.active() == []
    assert (await loopback.wait_for_message(thread))["content"] == "so"
    await loopback.say(loopback.world.member("alice"), thread, "thanks")
    assert loopback.world.threads.active() == [thread]
    assert [each.name for each in bot.events("thread_create")] == ["how"]


@pytest.mark.asyncio
async def test_reactions_embeds_and_files_arrive(
    loopback: DiscordLoopback, bot: RecordingClient, help_channel: TextChannel
) -> None:
    file = discord.File(io.BytesIO(b"abc"), "a.txt")
    own = await bot.text_channel(help_channel.id).send(embed=discord.Embed(title="T"), file=file)
    await own.add_reaction("👍")
    bob = loopback.world.member("bob")
    stored = await loopback.wait_for_message(help_channel)
    await loopback.react(bob, stored, "👍")
    await loopback.until(lambda: len(bot.events("raw_reaction_add")) == 2)
    assert stored["reactions"][0]["count"] == 2
    assert stored["embeds"][0]["title"] == "T"
    assert loopback.world.files[stored["attachments"][0]["id"]] == b"abc"
    assert await own.attachments[0].read() == b"abc"


@pytest.mark.asyncio
async def test_direct_messages_go_both_ways(loopback: DiscordLoopback, bot: RecordingClient) -> None:
    alice = loopback.world.member("alice")
    await loopback.say(alice, loopback.world.dm(alice), "psst")
    (heard,) = await loopback.until(lambda: bot.events("message"))
    assert heard.guild is None
    user = await bot.fetch_user(int(alice.id))
    await user.send("yes?")
    assert (await loopback.wait_for_message(loopback.world.dm(alice)))["content"] == "yes?"
    alice.accepts_direct_messages = False
    with pytest.raises(discord.Forbidden, match="50007"):
        await user.send("still there?")


@pytest.mark.asyncio
async def test_what_is_too_long_or_empty_is_refused(bot: RecordingClient, help_channel: TextChannel) -> None:
    channel = bot.text_channel(help_channel.id)
    await channel.send("x" * 2000)
    with pytest.raises(discord.HTTPException, match="Must be 2000 or fewer in length"):
        await channel.send("x" * 2001)
    with pytest.raises(discord.HTTPException, match=r"embeds.0.description: Must be 4096"):
        await channel.send(embed=discord.Embed(description="x" * 4097))
    with pytest.raises(discord.HTTPException, match="exceeds maximum size of 6000"):
        await channel.send(embeds=[discord.Embed(description="x" * 3001), discord.Embed(description="x" * 3000)])
    with pytest.raises(discord.HTTPException, match="50006"):
        await channel.send(" ")


@pytest.mark.asyncio
async def test_pings_follow_allowed_mentions(
    loopback: DiscordLoopback, bot: RecordingClient, help_channel: TextChannel
) -> None:
    alice, channel = loopback.world.member("alice"), bot.text_channel(help_channel.id)
    await channel.send(f"@everyone {alice.mention}")
    careful = await channel.send(f"@everyone {alice.mention}", allowed_mentions=discord.AllowedMentions.none())
    loud, quiet = loopback.world.messages.in_channel(help_channel)
    assert (loud["mention_everyone"], len(loud["mentions"])) == (True, 1)
    assert (quiet["mention_everyone"], quiet["mentions"]) == (False, [])
    assert loopback.world.messages.allowed_mentions(loud) is None
    assert loopback.world.messages.allowed_mentions(quiet) == {"parse": []}
    assert careful.content.startswith("@everyone")


@pytest.mark.asyncio
async def test_a_thread_can_stand_alone_be_left_and_be_deleted(
    loopback: DiscordLoopback, bot: RecordingClient, help_channel: TextChannel
) -> None:
    channel = bot.text_channel(help_channel.id)
    mine = await channel.create_thread(name="mine", type=discord.ChannelType.public_thread)
    theirs = await loopback.open_thread(loopback.world.member("alice"), help_channel, "theirs")
    (announced, _) = loopback.world.messages.in_channel(help_channel)
    assert (announced["type"], announced["content"]) == (18, "mine")
    await loopback.until(lambda: len(bot.events("thread_create")) == 2)
    await mine.leave()
    assert [each.name for each in await channel.guild.active_threads()] == ["mine", "theirs"]
    with pytest.raises(discord.Forbidden, match="50013"):
        await bot.events("thread_create")[1].edit(name="ours")
    loopback.world.set_roles(loopback.world.bot, [loopback.world.add_role("keeper", Permission.MANAGE_THREADS)])
    await mine.delete()
    assert loopback.world.threads.of(help_channel) == [theirs]
