"""The way to Discord: patient where it cannot be reached, and plain about what the operator has to know."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import aiohttp
import discord

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)

UNREACHABLE = (OSError, TimeoutError, aiohttp.ClientError, discord.DiscordServerError, discord.GatewayNotFound)
"""What ends by itself: a network or a Discord that is down for a while."""

LONGEST_PAUSE = 60.0
"""Seconds between two attempts to reach Discord, once the first ones have failed."""


async def stay_connected(client: KnowbotClient, token: str) -> None:
    """Logs in and listens until the client is closed. Raises what Discord refuses for good; waits out the rest."""
    await _log_in(client, token)
    for pause in _pauses():
        try:
            await client.connect()
            return
        except AttributeError:
            # Where its very first connection fails, discord.py 2.7 looks for a session to resume, and there is none.
            if cast(object | None, client.ws) is not None:
                raise
            await asyncio.sleep(pause)


async def _log_in(client: KnowbotClient, token: str) -> None:
    for pause in _pauses():
        try:
            await client.login(token)
            return
        except UNREACHABLE as error:
            logger.warning("Discord cannot be reached (%s): check the network; trying again in %.0f s", error, pause)
        await client.http.close()
        client.http.connector = discord.utils.MISSING
        await asyncio.sleep(pause)


def _pauses() -> Iterator[float]:
    pause = 1.0
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)


class PlainReconnects(logging.Filter):
    """discord.py tells of every failed attempt to connect with a traceback; a sentence says it as well."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keeps every record."""
        if record.exc_info and any(said in str(record.msg) for said in ("reconnect", "Retrying")):
            error = record.exc_info[1]
            record.msg = "the connection to Discord failed (%s): trying again"
            record.args = (str(error) or type(error).__name__,)
            record.exc_info, record.levelno, record.levelname = None, logging.WARNING, "WARNING"
        return True


def log_reconnects_plainly() -> None:
    """For the whole process."""
    for name in ("discord.client", "discord.shard"):
        logging.getLogger(name).addFilter(PlainReconnects())
