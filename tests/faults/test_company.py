"""A source that never answers, and two bots with a console on one data folder."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from tests.bot.running import RunningBot, a_running_bot
from tests.bot.server import ANSWERED
from tests.command_line import EXAMPLE, KnowbotCommand
from tests.tui.building import SIZE, shown, told_of
from tui.app import make_console

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


@pytest.fixture
def silent_server() -> Iterator[str]:
    """An address where connections are taken and nothing is ever said."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/page.html"


def test_a_source_that_hangs_is_named_in_time_and_everything_else_goes_on(tmp_path: Path, silent_server: str) -> None:
    knowbot = KnowbotCommand(tmp_path / "data", settings=(("KNOWBOT_ALLOW_HOSTS", '["127.0.0.1"]'),))
    knowbot.ok("ingest", str(EXAMPLE / "faq.md"))
    started = time.monotonic()
    hanging = knowbot.start("ingest", silent_server)
    answer = json.loads(knowbot.ok("ask", "how do I reset the admin password", "--json"))
    assert answer["sources"], "a question waited for the source"
    _, errors = hanging.communicate(timeout=200)
    assert hanging.returncode == 1
    assert "Traceback" not in errors
    assert silent_server.removesuffix("/page.html") in errors
    assert time.monotonic() - started < 180
    assert "all is well" in knowbot.ok("doctor")


@pytest.mark.asyncio
async def test_two_bots_and_a_console_on_one_folder_answer_each_question_once(tmp_path: Path) -> None:
    """As after a careless deployment: the second bot sees every message too."""
    data_dir = tmp_path / "data"
    KnowbotCommand(data_dir).ok("ingest", str(EXAMPLE))
    async with a_running_bot(data_dir) as (discord, bot):
        second = RunningBot(discord, data_dir)
        await second.start()
        channel = discord.world.channel("help")
        members = [discord.world.add_member(f"member {number}") for number in range(3)]
        questions = [await discord.say(member, channel, ANSWERED, mention_bot=True) for member in members]
        console = make_console(lambda: Engine(data_dir, RetrievalSettings(encoder="hashing")), "default", lambda: None)
        async with console.run_test(size=SIZE) as pilot:
            await pilot.press("2")
            await shown(pilot, "44 documents")
            await pilot.press("r")
            await told_of(pilot, "queued: refresh")
        await discord.wait_for_message(channel, after=questions[-1])
        await asyncio.sleep(6)
        with bot.stores() as stores:
            assert stores.db.rows("SELECT count(*), count(DISTINCT message_id) FROM interaction") == [(3, 3)]
            assert stores.integrity_problems() == []
        assert await second.end() == 0
    replied = [
        m["message_reference"]["message_id"] for m in discord.world.messages.in_channel(channel, discord.world.bot)
    ]
    assert len(replied) == len(set(replied)), "a question was answered twice"
    assert "all is well" in KnowbotCommand(data_dir).ok("doctor")
