"""A running fake, a client on it, and a channel."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.discord_loopback import DiscordLoopback, TextChannel, running_discord
from tests.discord_loopback.client import RecordingClient, connected


@pytest_asyncio.fixture
async def loopback() -> AsyncIterator[DiscordLoopback]:
    async with running_discord() as running:
        running.gateway.heartbeat_interval = 200
        yield running


@pytest_asyncio.fixture
async def bot(loopback: DiscordLoopback) -> AsyncIterator[RecordingClient]:
    client = RecordingClient()
    async with connected(loopback, client):
        yield client


@pytest.fixture
def help_channel(loopback: DiscordLoopback) -> TextChannel:
    return loopback.world.channel("help")
