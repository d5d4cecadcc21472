"""``kill -9`` between a message's record and whatever follows it: no flag is lost."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from tests.bot.conftest import data_dir, ingested_example  # noqa: F401 - fixtures
from tests.bot.running import a_running_bot
from tests.bot.server import OFF_TOPIC

pytestmark = [pytest.mark.faults, pytest.mark.asyncio, pytest.mark.timeout(300)]

KILLS = 4


async def test_a_bot_killed_as_soon_as_it_has_recorded_a_message_has_flagged_it(data_dir: Path) -> None:  # noqa: F811
    async with a_running_bot(data_dir) as (discord, bot):
        alice, channel = discord.world.member("alice"), discord.world.channel("quiet")
        with bot.stores() as stores:
            for turn in range(1, KILLS + 1):
                await discord.say(alice, channel, f"{OFF_TOPIC} number {turn}")
                while stores.db.rows("SELECT count(*) FROM interaction") < [(turn,)]:
                    await asyncio.sleep(0.0005)
                await bot.end(signal.SIGKILL)
                flagged = stores.db.rows(
                    "SELECT count(*) FROM interaction JOIN flag ON interaction_id = interaction.id"
                )
                assert flagged == [(turn,)]
                await bot.start()
