"""An OpenAI-compatible embeddings API on loopback: real HTTP, vectors that tell their text, and faults on demand."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from aiohttp import web

from storage.records import Matrix
from tests.loopback_api import LoopbackApi

Reply = dict[str, Any]
Fault = Callable[["EmbeddingsApi", web.Request, Reply], Any]
"""Sends something else than the right reply, or changes it and returns None."""

STALL_SECONDS = 30.0


def vector_of(text: str, dimensions: int) -> Matrix:
    """The unit vector that stands for ``text`` alone."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
    row = np.random.default_rng(seed).normal(size=dimensions).astype(np.float32)
    return np.asarray(row / np.linalg.norm(row), dtype=np.float32)


class EmbeddingsApi(LoopbackApi):
    """Answers POST /v1/embeddings with ``vector_of`` each text; a word is a token. ``faults`` come first, in turn."""

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self.faults: deque[Fault] = deque()
        self.requests: list[Reply] = []
        self.most_at_once = 0
        self.answered = 0
        self.sends_lists = False
        self.delay = 0.0
        self.headers: list[dict[str, str]] = []
        self._at_once = 0
        super().__init__("/v1/embeddings")

    @property
    def texts(self) -> list[str]:
        """Every text of every request, in the order of their arrival."""
        return [text for request in self.requests for text in request["input"]]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            asked = await request.json()
            self.requests.append(asked)
            self.headers.append(dict(request.headers))
            await asyncio.sleep(self.delay)
            reply = self._right(asked)
            if self.faults:
                sent = self.faults.popleft()(self, request, reply)
                sent = await sent if asyncio.iscoroutine(sent) else sent
                if isinstance(sent, web.StreamResponse):
                    return sent
            self.answered += 1
            return web.json_response(reply)
        finally:
            self._at_once -= 1

    def _right(self, asked: Reply) -> Reply:
        rows = [vector_of(text, asked.get("dimensions", self.dimensions)) for text in asked["input"]]
        as_list = self.sends_lists or asked.get("encoding_format") != "base64"
        embeddings = [row.tolist() if as_list else base64.b64encode(row.tobytes()).decode() for row in rows]
        tokens = sum(len(text.split()) for text in asked["input"])
        return {
            "object": "list",
            "model": asked["model"],
            "data": [{"object": "embedding", "index": i, "embedding": e} for i, e in enumerate(embeddings)],
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        }


def status(code: int, headers: dict[str, str] | None = None, error: Reply | None = None) -> Fault:
    """Answers with an error."""
    body = {"error": {"message": "no", "type": "error", "code": None, **(error or {})}}
    return lambda api, request, reply: web.json_response(body, status=code, headers=headers)


async def stall(api: EmbeddingsApi, request: web.Request, reply: Reply) -> None:
    """Says nothing for longer than anybody waits."""
    await asyncio.sleep(STALL_SECONDS)


def dropped(api: EmbeddingsApi, request: web.Request, reply: Reply) -> web.Response:
    """Closes the connection without a word."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def truncated(api: EmbeddingsApi, request: web.Request, reply: Reply) -> web.Response:
    """Half of the JSON."""
    text = json.dumps(reply)
    return web.Response(text=text[: len(text) // 2], content_type="application/json")


def out_of_order(api: EmbeddingsApi, request: web.Request, reply: Reply) -> None:
    """The right rows, the last one first."""
    reply["data"].reverse()


def missing_row(api: EmbeddingsApi, request: web.Request, reply: Reply) -> None:
    """One row too few."""
    reply["data"].pop()


def row_twice(api: EmbeddingsApi, request: web.Request, reply: Reply) -> None:
    """Two rows for one text, none for another."""
    reply["data"][-1]["index"] = 0


def wrong_dimension(api: EmbeddingsApi, request: web.Request, reply: Reply) -> None:
    """A row that is one number short."""
    reply["data"][0]["embedding"] = vector_of("short", api.dimensions - 1).tolist()


def not_a_number(api: EmbeddingsApi, request: web.Request, reply: Reply) -> None:
    """A row with a hole in it."""
    row = vector_of("hole", api.dimensions)
    row[3] = np.nan
    reply["data"][0]["embedding"] = base64.b64encode(row.tobytes()).decode()


def no_usage(api: EmbeddingsApi, request: web.Request, reply: Reply) -> None:
    """The right rows, and not a word of tokens."""
    del reply["usage"]


def vectors_of(texts: Sequence[str], dimensions: int) -> Matrix:
    """One row a text."""
    return np.stack([vector_of(text, dimensions) for text in texts])
