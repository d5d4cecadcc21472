"""``knowbot run``: Discord client, scheduler and the worker's keeper in one process, from start to graceful stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord

from bot.client import KnowbotClient
from bot.gateway.connecting import stay_connected
from bot.gateway.discord_check import INTENT_MISSING, TOKEN_REFUSED
from bot.gateway.sharding import make_client
from bot.lane import AnswerLane
from bot.observing.database_watch import until_replaced
from bot.observing.monitor import Monitor
from bot.scheduler import Scheduler
from bot.settings import Settings
from bot.work.starting import WorkerStarter
from retrieval.engine import Engine
from storage.errors import KnowbotError

logger = logging.getLogger(__name__)

_WORK_CHECK_SECONDS = 1.0
_AUTHENTICATION_FAILED = 4004
"""Discord's code for a gateway that does not take the token."""


class TokenRefusedError(KnowbotError):
    """Discord does not know the token."""


class IntentMissingError(KnowbotError):
    """The application may not read messages."""


class DiscordUnreachableError(KnowbotError):
    """Discord is there and does not let knowbot in."""


async def serve(settings: Settings, token: str, config: Path | None) -> None:
    """Runs until a signal says stop, or Discord refuses: then one of the errors above.

    Raises DatabaseReplacedError where another database came into the place of the one that is open; all is closed then.

    ``config`` is the settings file that the worker shall read too.
    """
    with Engine(settings.data_dir, replace(settings.retrieval, patient=False)) as engine:
        lane = AnswerLane(engine)
        client = make_client(settings, engine, lane)
        starter = WorkerStarter(engine.stores.queue_watch, settings.data_dir, config)
        scheduler = Scheduler(engine.stores.jobs, engine.stores.schedule, settings.schedule.model_dump())
        keeper = asyncio.create_task(_keep_working(starter))
        monitor = Monitor(client, settings.metrics.port) if settings.metrics.port else None
        try:
            await scheduler.start()
            if monitor:
                await monitor.start()
            await _until_stopped(client, token, until_replaced(engine.stores.db))
        finally:
            keeper.cancel()
            await scheduler.stop()
            await client.close()
            if monitor:
                await monitor.close()
            await asyncio.to_thread(starter.stop)
            await lane.close()


async def _until_stopped(client: KnowbotClient, token: str, until_replaced: Coroutine[Any, Any, None]) -> None:
    """Whichever comes first: the client's own end, a signal, or what ``until_replaced`` raises."""
    asyncio.get_running_loop().set_exception_handler(_log_unhandled)
    stopped = asyncio.Event()
    _on_signals(stopped.set)
    running = asyncio.create_task(_connected(client, token))
    reasons = asyncio.create_task(stopped.wait()), asyncio.create_task(until_replaced)
    await asyncio.wait((running, *reasons), return_when=asyncio.FIRST_COMPLETED)
    if not running.done():
        logger.info("stopping: answers under way are ended first")
        await client.stop()
        running.cancel()
    for reason in reasons:
        reason.cancel()
    for task in (running, *reasons):
        with suppress(asyncio.CancelledError):
            await task


async def _connected(client: KnowbotClient, token: str) -> None:
    try:
        await stay_connected(client, token)
    except discord.LoginFailure as error:
        raise TokenRefusedError(TOKEN_REFUSED) from error
    except discord.PrivilegedIntentsRequired as error:
        raise IntentMissingError(INTENT_MISSING) from error
    except discord.ConnectionClosed as error:
        if error.code == _AUTHENTICATION_FAILED:
            raise TokenRefusedError(TOKEN_REFUSED) from error
        raise DiscordUnreachableError(f"Discord closed the connection ({error}): start again in a minute") from error
    except discord.HTTPException as error:
        raise DiscordUnreachableError(f"Discord refused the login ({error}): start again in some minutes") from error


async def _keep_working(starter: WorkerStarter) -> None:
    """Looks every second whether there is work and nobody at it."""
    while True:
        try:
            await asyncio.to_thread(starter.poll)
        except KnowbotError as error:
            logger.warning("no look at the jobs just now: %s", error)
        await asyncio.sleep(_WORK_CHECK_SECONDS)


def _log_unhandled(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """asyncio's own handler writes the task out, and with it the words of its error."""
    error = context.get("exception")
    logger.error("%s", context.get("message", "an error that nobody waited for"), exc_info=error)


def _on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
