"""The shipped ``knowbot run`` in a process of its own, against a Discord on loopback: what only a real socket shows."""

from __future__ import annotations

import asyncio
import shutil
import signal
from pathlib import Path

import pytest

from bot import words
from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from tests.bot.running import RunningBot, a_running_bot
from tests.bot.server import ANSWERED, OFF_TOPIC
from tests.command_line import EXAMPLE, KnowbotCommand
from tests.discord_loopback import DiscordLoopback, Json, running_discord
from tests.tui.building import SIZE, shown, told_of
from tui.app import make_console

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]

QUIET_SECONDS = 1.5
"""Long enough for an answer that ought not to come."""


def said(discord: DiscordLoopback, channel: str) -> list[Json]:
    world = discord.world
    return world.messages.in_channel(world.channel(channel), world.bot)


async def test_a_watched_channel_is_answered_and_an_off_topic_message_is_flagged_once(data_dir: Path) -> None:
    async with a_running_bot(data_dir) as (discord, bot):
        world = discord.world
        alice, channel = world.member("alice"), world.channel("help")
        question = await discord.say(alice, channel, ANSWERED)
        reply = await discord.wait_for_message(channel, after=question)
        assert "1. " in reply["embeds"][0]["fields"][0]["value"]
        assert reply["message_reference"]["message_id"] == question["id"]
        stray = await discord.say(alice, channel, OFF_TOPIC)
        notice = await discord.wait_for_message(world.channel("moderators"))
        assert OFF_TOPIC in notice["embeds"][0]["description"]
        await asyncio.sleep(QUIET_SECONDS)
        assert len(said(discord, "help")) == 1
        assert len(said(discord, "moderators")) == 1
        verdict = await discord.click(world.member("mod"), notice, words.OFF_TOPIC)
        decided = await verdict.wait_for_answer()
        assert decided["embeds"][0]["footer"]["text"].startswith(words.flag_decided("out", "Mod"))
        with bot.stores() as stores:
            (flag,) = stores.flags.list()
            assert (str(flag.message_id), flag.verdict) == (stray["id"], "out")
            assert stores.db.rows("SELECT text, label FROM taught_example") == [(OFF_TOPIC, "out")]
        for request in world.requests_to("POST", "/messages"):
            assert request.body["allowed_mentions"]["parse"] == []


async def test_ask_is_deferred_at_once_and_old_buttons_work_after_a_restart(data_dir: Path) -> None:
    async with a_running_bot(data_dir) as (discord, bot):
        alice, channel = discord.world.member("alice"), discord.world.channel("general")
        asking = await discord.slash(alice, channel, "ask", {"question": ANSWERED})
        assert (await asking.wait_for_callback())["type"] == 5
        reply = await asking.wait_for_answer()
        assert await bot.end() == 0
        await bot.start()
        click = await discord.click(alice, reply, words.HELPFUL)
        await click.wait_for_answer()
        with bot.stores() as stores:
            assert stores.interactions.list(None, 1)[0].helpful == 1
        commands = [request for request in discord.world.requests if "commands" in request.path]
        assert [request.method for request in commands] == ["PUT"]


async def test_after_a_broken_connection_no_question_is_lost_and_none_answered_twice(data_dir: Path) -> None:
    async with a_running_bot(data_dir) as (discord, bot):
        alice, channel = discord.world.member("alice"), discord.world.channel("help")
        first = await discord.say(alice, channel, ANSWERED)
        await discord.wait_for_message(channel, after=first)
        discord.drop_connections(4000)
        second = await discord.say(alice, channel, f"{ANSWERED} please")
        reply = await discord.wait_for_message(channel, after=second, timeout=30)
        assert reply["message_reference"]["message_id"] == second["id"]
        await asyncio.sleep(QUIET_SECONDS)
        assert len(said(discord, "help")) == 2
        assert discord.gateway.ops(2, 6) == [2, 6]
        with bot.stores() as stores:
            assert stores.db.rows("SELECT count(*), count(reply_id) FROM interaction") == [(2, 2)]


@pytest.mark.faults
async def test_what_was_asked_while_it_was_down_is_answered_once_it_is_back(data_dir: Path) -> None:
    async with a_running_bot(data_dir) as (discord, bot):
        alice, channel = discord.world.member("alice"), discord.world.channel("help")
        first = await discord.say(alice, channel, ANSWERED)
        await discord.wait_for_message(channel, after=first)
        await bot.end()
        missed = await discord.say(alice, channel, f"{ANSWERED} please", mention_bot=True)
        await discord.say(alice, channel, "somebody else answers me already")
        await bot.start()
        reply = await discord.wait_for_message(channel, after=missed)
        assert reply["message_reference"]["message_id"] == missed["id"]
        await bot.end()
        await bot.start()
        await asyncio.sleep(QUIET_SECONDS + 2)
        assert len(said(discord, "help")) == 2


async def test_a_changed_document_is_refreshed_by_the_schedule_and_the_next_answer_uses_it(tmp_path: Path) -> None:
    docs = Path(shutil.copytree(EXAMPLE, tmp_path / "docs"))
    data_dir = tmp_path / "data"
    KnowbotCommand(data_dir).ok("ingest", str(docs))
    async with a_running_bot(data_dir, {"refresh": "2s"}) as (discord, bot):
        (docs / "quota.md").write_text(
            "# Zebra quota\n\nThe zebra quota is exactly forty-one stripes for every member.\n", encoding="utf-8"
        )

        def is_known() -> bool:
            with bot.stores() as stores:
                return "quota.md" in stores.documents.hashes("default")

        await discord.until(is_known, 40)
        alice, channel = discord.world.member("alice"), discord.world.channel("general")
        asked = await discord.say(alice, channel, "how many stripes is the zebra quota?", mention_bot=True)
        reply = await discord.wait_for_message(channel, after=asked)
        assert "quota.md" in reply["embeds"][0]["fields"][0]["value"]
        with bot.stores() as stores:
            jobs = [job for job in stores.jobs.recent(50) if job.name == "refresh"]
            assert {job.origin for job in jobs} == {"schedule"}


async def test_a_threshold_moved_in_the_console_counts_for_the_next_message(data_dir: Path) -> None:
    async with a_running_bot(data_dir) as (discord, _):
        alice, channel = discord.world.member("alice"), discord.world.channel("help")
        first = await discord.say(alice, channel, ANSWERED)
        await discord.wait_for_message(channel, after=first)
        console = make_console(
            lambda: Engine(data_dir, RetrievalSettings(encoder="hashing")), "default", start_worker=lambda: None
        )
        async with console.run_test(size=SIZE) as pilot:
            await pilot.press("4")
            await shown(pilot, "1 recorded message")
            await pilot.press("down", *["shift+right"] * 4, "enter")
            await told_of(pilot, "applied")
        await discord.say(alice, channel, f"{ANSWERED} please")
        await asyncio.sleep(QUIET_SECONDS)
        assert len(said(discord, "help")) == 1


@pytest.mark.faults
async def test_a_killed_bot_starts_again_and_answers(data_dir: Path) -> None:
    async with a_running_bot(data_dir) as (discord, bot):
        assert await bot.end(signal.SIGKILL) == -signal.SIGKILL
        await bot.start()
        alice, channel = discord.world.member("alice"), discord.world.channel("help")
        question = await discord.say(alice, channel, ANSWERED)
        await discord.wait_for_message(channel, after=question)
        with bot.stores() as stores:
            assert stores.integrity_problems() == []


async def test_a_stop_ends_what_is_under_way_first(data_dir: Path) -> None:
    async with a_running_bot(data_dir) as (discord, bot):
        alice, channel = discord.world.member("alice"), discord.world.channel("help")
        discord.faults.rate_limit("POST", rf"channels/{channel.id}/messages", times=1, retry_after=1.5)
        question = await discord.say(alice, channel, ANSWERED)
        await discord.until(lambda: discord.faults.struck)
        assert await bot.end() == 0
        (reply,) = said(discord, "help")
        assert reply["message_reference"]["message_id"] == question["id"]
        assert "Traceback" not in bot.logged()
        assert discord.token not in bot.logged()


async def test_what_discord_refuses_ends_the_start_with_one_sentence(data_dir: Path) -> None:
    async with running_discord() as discord:
        for name in ("quiet", "moderators"):
            discord.world.add_channel(name)
        bot = RunningBot(discord, data_dir)
        discord.refuse_intents()
        await bot.start()
        assert await bot.ended() == 1
        assert bot.logged().strip().splitlines()[-1].startswith("knowbot: knowbot may not read messages yet")
        stranger = RunningBot(discord, data_dir)
        stranger.environment["DISCORD_TOKEN"] = "wrong"
        await stranger.start()
        assert await stranger.ended() == 1
        assert stranger.logged().strip().splitlines()[-1].startswith("knowbot: Discord refused the token")
        for each in (bot, stranger):
            assert "Traceback" not in each.logged()


async def test_without_a_token_it_says_where_to_get_one(tmp_path: Path) -> None:
    assert "discord.com/developers" in KnowbotCommand(tmp_path, settings=(("DISCORD_TOKEN", ""),)).refused("run")
