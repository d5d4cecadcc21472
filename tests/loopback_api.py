"""An HTTP API on loopback with one POST route, in a thread of its own: real sockets for clients of either kind."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from typing import Self

from aiohttp import web


class LoopbackApi(ABC):
    """Serves ``answer`` at ``url`` + the route while it is entered."""

    def __init__(self, route: str) -> None:
        self._route = route
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)
        self._loop.close()

    @abstractmethod
    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answers one request."""

    async def _serve(self) -> None:
        app = web.Application(client_max_size=1 << 28)
        app.router.add_post(self._route, self.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        self._ready.set()
        await self._stopped.wait()
        await runner.cleanup()
