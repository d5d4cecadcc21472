"""The fake as a test sees it: a server on 127.0.0.1 with a world behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from aiohttp import web

from tests.discord_loopback import basics
from tests.discord_loopback.actions import Actions
from tests.discord_loopback.basics import Json
from tests.discord_loopback.events import PRIVILEGED
from tests.discord_loopback.faults import Faults
from tests.discord_loopback.gateway import Gateway
from tests.discord_loopback.models import Channel
from tests.discord_loopback.payloads import LOADING
from tests.discord_loopback.rest import Rest
from tests.discord_loopback.threads import THREAD_CREATED, THREAD_STARTER
from tests.discord_loopback.world import World

T = TypeVar("T")
GOING_AWAY = 1001
AUTHENTICATION_FAILED = 4004
SYSTEM = (THREAD_CREATED, THREAD_STARTER)


class DiscordLoopback(Actions):
    """REST and gateway on one port, what members do, and waiting for what the bot does.

    It runs in the test's event loop. The bot may run there too, or in a process of its own with ``environment``; a test
    that waits for such a process has to wait asynchronously, since the fake answers nothing meanwhile otherwise.
    """

    def __init__(self, token: str) -> None:
        super().__init__(World())
        self.token = token
        self.gateway = Gateway(self.world, token)
        self.rest = Rest(self.world, token)
        self.world.announce = self.gateway.dispatch
        self._runner: web.AppRunner | None = None

    @property
    def faults(self) -> Faults:
        """Rate limits, server errors and missing permissions, on demand."""
        return self.rest.faults

    @property
    def api_url(self) -> str:
        return f"{self.rest.base}/api/v10"

    @property
    def environment(self) -> dict[str, str]:
        """What points a bot in a process of its own at the fake."""
        return {
            "KNOWBOT_DISCORD_API": self.api_url,
            "KNOWBOT_DISCORD_GATEWAY": self.gateway.url,
            "DISCORD_TOKEN": self.token,
        }

    async def start(self) -> None:
        """Listens on a free port."""
        app = web.Application(client_max_size=1 << 25)
        app.router.add_get("/gw/", self.gateway.handle)
        app.router.add_get("/cdn/{id}/{name}", self.rest.file)
        app.router.add_route("*", "/api/v10/{path:.*}", self.rest.handle)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        self.rest.base = f"http://127.0.0.1:{port}"
        self.gateway.url = self.rest.gateway_url = f"ws://127.0.0.1:{port}/gw/"

    async def stop(self) -> None:
        self.drop_connections(GOING_AWAY)
        if self._runner is not None:
            await self._runner.cleanup()

    async def until(self, condition: Callable[[], T | None], timeout: float = 10) -> T:
        """Waits until the condition holds, and returns what it returned."""
        return await basics.until(condition, timeout, self._last_requests)

    async def wait_for_login(self, timeout: float = 30) -> None:
        """Until the bot has a session: what members do before that, it never hears of."""
        await self.until(lambda: self.gateway.sessions, timeout)

    async def wait_for_message(self, channel: Channel, after: Json | None = None, timeout: float = 20) -> Json:
        """The bot's first message in the channel, or its first after the one given, once it says something."""
        since = int(after["id"]) if after else 0

        def said() -> Json | None:
            known = self.world.messages.in_channel(channel, self.world.bot)
            new = [each for each in known if int(each["id"]) > since and each["type"] not in SYSTEM]
            return next((each for each in new if not each["flags"] & LOADING), None)

        return await basics.until(said, timeout, self._last_requests)

    def drop_connections(self, code: int = 4000) -> None:
        """Closes every gateway socket with this code; see ``gateway`` for op 7, op 9 and zombies."""
        self.gateway.drop(code)

    def set_reachable(self, is_reachable: bool, *, gateway_only: bool = False) -> None:
        """Whether anybody gets through to REST and gateway; those who try meanwhile have their connections reset."""
        self.gateway.is_unreachable = not is_reachable
        self.rest.is_unreachable = not is_reachable and not gateway_only

    def revoke_token(self) -> None:
        """Somebody makes a new token in the developer portal: REST answers 401, and sockets are closed with 4004."""
        self.token = self.rest.token = self.gateway.token = f"{self.token}-renewed"
        self.gateway.drop(AUTHENTICATION_FAILED)

    def upload(self, name: str, content: bytes) -> Json:
        """A file that a member attaches to a message."""
        return self.rest.store(name, content)

    def refuse_intents(self, intents: int = PRIVILEGED) -> None:
        """Answers an IDENTIFY with any of these with 4014, as where the developer portal does not grant them."""
        self.gateway.refused_intents = intents

    def _last_requests(self) -> str:
        return f"the bot's last requests were {self.world.requests[-5:]}"


@asynccontextmanager
async def running_discord(token: str = "test-token") -> AsyncIterator[DiscordLoopback]:
    """A running fake. The block fails at its end if the bot asked for something that the fake does not know."""
    discord = DiscordLoopback(token)
    await discord.start()
    try:
        yield discord
    except BaseException as error:
        for problem in discord.rest.problems:
            error.add_note(f"the fake: {problem}")
        raise
    finally:
        await discord.stop()
    assert not discord.rest.problems, "\n".join(discord.rest.problems)
