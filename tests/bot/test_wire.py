"""The wire breaks under the shipped process: no question is answered twice and none is lost. The slow ones are in
``tests/faults/test_wire.py``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.asked_on_the_wire import Asked
from tests.bot.running import a_running_bot

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]

IDENTIFY, RESUME = 2, 6


async def test_what_breaks_and_is_resumed_costs_no_answer_and_brings_none_twice(data_dir: Path) -> None:
    async with a_running_bot(data_dir) as (discord, bot):
        asked, gateway, faults = Asked(discord, bot), discord.gateway, discord.faults
        breaks = (
            gateway.ask_to_reconnect,
            lambda: gateway.invalidate(resumable=True),
            lambda: discord.drop_connections(4008),
            gateway.reset,
        )
        for resumed, break_it in enumerate(breaks, 1):
            break_it()
            await asked.ask_and_wait()
            assert gateway.ops(IDENTIFY, RESUME) == [IDENTIFY] + [RESUME] * resumed
        posts = rf"channels/{discord.world.channel('general').id}/messages"
        faults.rate_limit("POST", posts, retry_after=0.4)
        await asked.ask_and_wait()
        faults.rate_limit_everything(retry_after=0.4)
        await asked.ask_and_wait()
        faults.lose_answer("POST", posts)
        await asked.ask_and_wait()
        assert [status for _, _, status in faults.struck] == [429, 429, 502]
        await asked.check()
        assert "resumed" in bot.logged()
