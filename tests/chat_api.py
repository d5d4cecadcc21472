"""An OpenAI-compatible chat API on loopback: streams what a test gives it, as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from tests.loopback_api import LoopbackApi


class ChatApi(LoopbackApi):
    """Streams ``pieces``, ``pause`` seconds between two of them; what was asked stands in ``requests``."""

    def __init__(self, *pieces: str, pause: float = 0.0) -> None:
        super().__init__("/v1/chat/completions")
        self.pieces: Sequence[str] = pieces
        self.pause = pause
        self.status = 200
        self.finish_reason = "stop"
        self.breaks = False
        """Whether the connection is cut after the last piece."""
        self.usage: dict[str, Any] | None = {
            "prompt_tokens": 200,
            "completion_tokens": 20,
            "total_tokens": 220,
            "prompt_tokens_details": {"cached_tokens": 128},
        }
        self.requests: list[dict[str, Any]] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """See LoopbackApi."""
        self.requests.append(await request.json())
        if self.status != 200:
            return web.json_response({"error": {"message": "no", "type": "error"}}, status=self.status)
        reply = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await reply.prepare(request)
        for piece in self.pieces:
            await asyncio.sleep(self.pause)
            await self._send(reply, [{"index": 0, "delta": {"content": piece}, "finish_reason": None}])
        if self.breaks and request.transport is not None:
            request.transport.abort()
            return reply
        await self._send(reply, [{"index": 0, "delta": {}, "finish_reason": self.finish_reason}])
        if self.usage:
            await self._send(reply, [], self.usage)
        await reply.write(b"data: [DONE]\n\n")
        return reply

    async def _send(
        self, reply: web.StreamResponse, choices: list[dict[str, Any]], usage: dict[str, Any] | None = None
    ) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
        await reply.write(f"data: {json.dumps(chunk | {'usage': usage})}\n\n".encode())
