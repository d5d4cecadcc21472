"""The wire breaks for longer under the shipped process: no question is lost, none answered twice, the log says why."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import words
from tests.bot.asked_on_the_wire import Asked
from tests.bot.conftest import data_dir, ingested_example  # noqa: F401 - fixtures
from tests.bot.running import RunningBot, a_running_bot
from tests.bot.server import ANSWERED
from tests.discord_loopback import DiscordLoopback, running_discord
from tests.discord_loopback.options import Value

pytestmark = [pytest.mark.faults, pytest.mark.asyncio, pytest.mark.timeout(300)]

IDENTIFY, RESUME = 2, 6
POSTS = r"channels/\d+/messages"
ORIGINAL = r"webhooks/\d+/[^/]+/messages/.*"


@pytest.mark.parametrize(
    ("end_it", "resumes"),
    [
        pytest.param(lambda discord: discord.gateway.invalidate(resumable=False), 0, id="op 9"),
        pytest.param(lambda discord: discord.drop_connections(4009), 1, id="close 4009"),
    ],
)
async def test_what_was_asked_between_two_sessions_is_answered_once(
    data_dir: Path,  # noqa: F811
    end_it: Callable[[DiscordLoopback], None],
    resumes: int,
) -> None:
    async with a_running_bot(data_dir) as (discord, bot):
        asked = Asked(discord, bot)
        await asked.ask_and_wait()
        # Until then its first catch-up may read by REST what is said.
        await discord.until(lambda: "ready as" in bot.logged())
        end_it(discord)
        between = [await asked.ask(), await asked.ask(channel="help"), await asked.ask("what is a lantern, briefly")]
        for question in between:
            await asked.answered(question)
        # On a busy machine the first session's catch-up may still be reading, and be quicker than the next session.
        sessions = [IDENTIFY, *[RESUME] * resumes, IDENTIFY]
        await discord.until(lambda: discord.gateway.ops(IDENTIFY, RESUME) == sessions, 30)
        await asked.check()


async def test_a_zombie_is_left_and_its_questions_are_answered_once(data_dir: Path) -> None:  # noqa: F811
    async with a_running_bot(data_dir) as (discord, bot):
        asked = Asked(discord, bot)
        discord.gateway.freeze()
        question = await asked.ask()
        await asked.answered(question, timeout=150)
        assert discord.gateway.ops(IDENTIFY, RESUME) == [IDENTIFY, RESUME]
        await asked.check()


async def test_a_long_outage_of_rest_loses_no_answer(data_dir: Path) -> None:  # noqa: F811
    async with a_running_bot(data_dir) as (discord, bot):
        asked = Asked(discord, bot)
        discord.faults.fail("POST", POSTS, status=503, times=2)
        await asked.ask_and_wait()
        discord.set_reachable(False)
        question = await asked.ask()
        await discord.until(lambda: bot.logged().count("did not take an answer") == 4, 30)
        discord.set_reachable(True)
        await asked.answered(question, 60)
        await asked.check()


@pytest.mark.parametrize("gateway_only", [True, False], ids=["gateway", "everything"])
async def test_a_start_waits_for_discord(data_dir: Path, gateway_only: bool) -> None:  # noqa: F811
    async with running_discord() as discord:
        for name in ("quiet", "moderators"):
            discord.world.add_channel(name)
        bot = RunningBot(discord, data_dir)
        discord.set_reachable(False, gateway_only=gateway_only)
        await bot.launch()
        await discord.until(lambda: bot.logged().count("trying again") >= 2 or bot.has_ended, 60)
        assert not bot.has_ended, bot.logged()
        discord.set_reachable(True)
        await discord.until(lambda: discord.gateway.ops(IDENTIFY), 30)
        asked = Asked(discord, bot)
        await asked.ask_and_wait()
        await asked.check()
        assert await bot.end() == 0


@pytest.mark.parametrize(
    ("end_it", "sentence"),
    [
        pytest.param(lambda discord: discord.revoke_token(), "knowbot: Discord refused the token", id="token revoked"),
        pytest.param(lambda discord: discord.drop_connections(4004), "knowbot: Discord refused the token", id="4004"),
        pytest.param(lambda discord: discord.drop_connections(4014), "knowbot: knowbot may not read mes", id="4014"),
    ],
)
async def test_what_discord_takes_back_ends_a_running_bot_with_one_sentence(
    data_dir: Path,  # noqa: F811
    end_it: Callable[[DiscordLoopback], None],
    sentence: str,
) -> None:
    async with a_running_bot(data_dir) as (discord, bot):
        asked = Asked(discord, bot)
        await asked.ask_and_wait()
        end_it(discord)
        missed = await asked.ask()
        assert await bot.ended() == 1
        assert bot.logged().strip().splitlines()[-1].startswith(sentence)
        bot.environment["DISCORD_TOKEN"] = discord.token
        await bot.start()
        await asked.answered(missed)
        await asked.check()


async def test_a_revoked_token_is_named_where_only_rest_says_so(data_dir: Path) -> None:  # noqa: F811
    async with a_running_bot(data_dir) as (discord, bot):
        asked = Asked(discord, bot)
        discord.rest.token = "renewed"
        question = await asked.ask()
        await discord.until(lambda: "Discord refused the token" in bot.logged(), 20)
        discord.rest.token = discord.token
        await bot.end(signal.SIGKILL)
        await bot.start()
        await asked.answered(question)
        await asked.check()


async def test_a_kill_while_an_answer_is_deferred_leaves_nobody_waiting(data_dir: Path) -> None:  # noqa: F811
    async with a_running_bot(data_dir) as (discord, bot):
        world = discord.world
        done = await discord.slash(world.member("bob"), world.channel("general"), "ask", {"question": ANSWERED})
        first = await done.wait_for_answer()
        discord.faults.rate_limit("PATCH", ORIGINAL, retry_after=60, times=99)
        waiting = []
        for private in (False, True):
            options: dict[str, Value] = {"question": ANSWERED, "private": private}
            waiting.append(await discord.slash(world.member("alice"), world.channel("general"), "ask", options))
        for command in ("kb status", "kb refresh", "pause", "resume"):
            waiting.append(await discord.slash(world.member("mod"), world.channel("moderators"), command))
        waiting.append(await discord.click(world.member("alice"), first, words.HELPFUL))
        await discord.until(lambda: len(discord.faults.struck) == len(waiting))
        await bot.end(signal.SIGKILL)
        discord.faults.clear()
        await bot.start()
        for interaction in waiting:
            told = await interaction.wait_for_answer()
            assert told["content"] == words.INTERRUPTED
            assert len(interaction.answers) == 1
        assert first["embeds"], "what was answered stays"
        assert len(done.answers) == 1
        await bot.end(signal.SIGKILL)
        await bot.start()
        await Asked(discord, bot).check()
        assert [len(each.answers) for each in waiting] == [1] * len(waiting)


async def test_a_kill_between_answer_and_reply_costs_no_answer(data_dir: Path) -> None:  # noqa: F811
    async with a_running_bot(data_dir) as (discord, bot):
        asked = Asked(discord, bot)
        await asked.ask_and_wait()
        discord.faults.rate_limit("POST", POSTS, retry_after=60)
        recorded = await asked.ask()
        await discord.until(lambda: discord.faults.struck)
        behind = await asked.ask(channel="help")
        await bot.end(signal.SIGKILL)
        discord.faults.clear()
        await bot.start()
        for question in (recorded, behind):
            await asked.answered(question)
        await bot.end(signal.SIGKILL)
        await bot.start()
        await asked.check()


async def test_a_kill_right_after_the_reply_brings_no_second_one(data_dir: Path) -> None:  # noqa: F811
    async with a_running_bot(data_dir) as (discord, bot):
        asked = Asked(discord, bot)
        discord.faults.lose_answer("POST", POSTS, status=504)
        await asked.ask_and_wait()
        await bot.end(signal.SIGKILL)
        with bot.stores() as stores:
            assert stores.db.rows("SELECT count(*), count(reply_id) FROM interaction") == [(1, 0)]
        await bot.start()
        await asked.check()


async def test_a_kill_costs_no_unasked_answer_and_brings_none_twice(data_dir: Path) -> None:  # noqa: F811
    async with a_running_bot(data_dir) as (discord, bot):
        asked = Asked(discord, bot)
        await asked.answered(await asked.ask(channel="help", mention=False))
        discord.faults.rate_limit("POST", POSTS, retry_after=60)
        recorded = await asked.ask(f"{ANSWERED} please", channel="help", mention=False)
        await discord.until(lambda: discord.faults.struck)
        await bot.end(signal.SIGKILL)
        discord.faults.clear()
        unheard = await asked.ask(f"{ANSWERED} in the end", channel="help", mention=False)
        await discord.say(discord.world.member("alice"), discord.world.channel("help"), "good morning, all of you")
        await bot.start()
        for question in (recorded, unheard):
            await asked.answered(question)
        await bot.end(signal.SIGKILL)
        await bot.start()
        await asked.check()
        said = discord.world.messages.in_channel(discord.world.channel("help"), discord.world.bot)
        assert len(said) == len(asked.questions)
