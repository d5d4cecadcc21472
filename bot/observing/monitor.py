"""``/healthz`` and ``/metrics`` for whoever watches knowbot from this machine. Nothing else is ever listened on."""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from bot.observing.figures import Figures, Running, look_up
from bot.observing.health import Health, sockets
from storage.errors import KnowbotError

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"


class PortTakenError(KnowbotError):
    """Something else listens where the metrics were to be."""


@web.middleware
async def _only_from_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A page in somebody's browser may have a name that leads to this machine; it says that name here."""
    if request.url.host not in (LOOPBACK, "localhost"):
        raise web.HTTPForbidden(text="only for this machine")
    return await handler(request)


class Monitor:
    """Serves on the bot's own event loop, as long as it is open."""

    def __init__(self, client: KnowbotClient, port: int) -> None:
        """``port`` is on the loopback address; 0 takes a free one."""
        self._client, self._port, self._health = client, port, Health(client)
        application = web.Application(middlewares=[_only_from_here])
        application.router.add_get("/healthz", self._healthz)
        application.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(application, access_log=None)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._runner.addresses[0][1])

    async def start(self) -> None:
        """Begins to listen; raises PortTakenError."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, LOOPBACK, self._port).start()
        except OSError as error:
            await self.close()
            raise PortTakenError(
                f"port {self._port} of this machine cannot be listened on ({error.strerror or error}): "
                "end what uses it, or choose another one under [metrics]"
            ) from error
        logger.info("health and metrics are on http://%s:%d", LOOPBACK, self.port)

    async def close(self) -> None:
        """Ends it."""
        await self._runner.cleanup()

    async def _healthz(self, request: web.Request) -> web.Response:
        problems = await self._health.problems()
        is_well = not any(problems.values())
        parts = {part: problem or "ok" for part, problem in problems.items()}
        return web.json_response({"healthy": is_well, "parts": parts}, status=200 if is_well else 503)

    async def _metrics(self, request: web.Request) -> web.Response:
        stored = await asyncio.to_thread(look_up, self._client.engine)
        figures = CollectorRegistry()
        figures.register(Figures(stored, self._running()))
        text = generate_latest(self._client.metrics.registry) + generate_latest(figures)
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _running(self) -> Running:
        client = self._client
        latencies = {shard: socket.latency for shard, socket in sockets(client).items() if socket}
        return Running(
            waiting=client.lane.waiting,
            is_ready=client.is_ready() and not client.is_closed(),
            servers=len(client.guilds),
            latencies={shard: seconds for shard, seconds in latencies.items() if math.isfinite(seconds)},
            troubles=dict(client.errors.counts),
        )
