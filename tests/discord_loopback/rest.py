"""The REST side: reads a request, lets faults strike, finds the route, and answers in Discord's manner."""

from __future__ import annotations

import json
import logging
import traceback
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from tests.discord_loopback import routes_channels, routes_guild, routes_interactions, routes_messages
from tests.discord_loopback.basics import Json, cut_off
from tests.discord_loopback.errors import ApiError, unauthorized
from tests.discord_loopback.faults import Faults
from tests.discord_loopback.routing import Call, find
from tests.discord_loopback.world import Request, World

ALL = [*routes_messages.routes.all, *routes_channels.routes.all, *routes_guild.routes.all]
ROUTES = [*ALL, *routes_interactions.routes.all]
INVALID = 400
WITHOUT_TOKEN = ("interactions/", "webhooks/")

LOGGER = logging.getLogger(__name__)


class Rest:
    """Answers requests. ``problems`` holds what the fake could not do: a test that ran into one proves nothing."""

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self.token = token
        self.base = ""
        self.gateway_url = ""
        self.faults = Faults()
        self.problems: list[str] = []
        self.refused: list[tuple[str, str, Json]] = []
        """Requests that Discord would not take for what they are: whoever sends one has not kept to its limits."""

        self.is_unreachable = False

    async def handle(self, request: web.Request) -> web.Response:
        """One request, which is logged whether or not it succeeds."""
        if self.is_unreachable:
            return cut_off(request)
        path, method = request.match_info["path"], request.method
        files: list[Json] = []
        try:
            body = await self._body(request, files)
            self.world.requests.append(Request(method, path, body))
            if not path.startswith(WITHOUT_TOKEN) and request.headers.get("Authorization") != f"Bot {self.token}":
                raise unauthorized()
            if fault := self.faults.strike(method, path):
                if fault.carried_out:
                    self._answer(method, path, Call(self.world, {}, request.query, body, files, self.gateway_url))
                text, kind = fault.text()
                return _response(fault.status, text, kind, fault.headers())
            call = Call(self.world, {}, request.query, body, files, self.gateway_url)
            return self._answer(method, path, call)
        except ApiError as refusal:
            if refusal.status == INVALID:
                self.refused.append((method, path, refusal.body))
            return _json(refusal.status, refusal.body)
        except Exception:
            LOGGER.exception("%s %s", method, path)
            self.problems.append(f"{method} {path} failed in the fake:\n{traceback.format_exc()}")
            return _json(400, {"message": "the fake failed", "code": 0})

    async def file(self, request: web.Request) -> web.Response:
        """What was uploaded, as the CDN would give it."""
        return web.Response(body=self.world.files[request.match_info["id"]])

    def _answer(self, method: str, path: str, call: Call) -> web.Response:
        found = find(ROUTES, method, path)
        if found is None:
            self.problems.append(f"{method} {path} is not in the fake")
            return _json(404, {"message": "404: Not Found", "code": 0})
        route, call.path = found
        reply = route.handler(call)
        return web.Response(status=204) if reply is None else _json(route.status, reply)

    async def _body(self, request: web.Request, files: list[Json]) -> Json | list[Json]:
        if request.content_type.startswith("multipart/"):
            return await self._multipart(request, files)
        text = await request.text()
        try:
            parsed: Json | list[Json] = json.loads(text) if text else {}
            return parsed
        except ValueError:
            raise ApiError(400, 50109, "The request body contains invalid JSON.") from None

    async def _multipart(self, request: web.Request, files: list[Json]) -> Json | list[Json]:
        body: Json = {}
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            if part.name == "payload_json":
                body = json.loads(await part.text())
            else:
                files.append(self.store(part.filename or "unknown", bytes(await part.read())))
        return body

    def store(self, name: str, content: bytes) -> Json:
        """Keeps a file, and says where it is."""
        file_id = self.world.ids.next()
        self.world.files[file_id] = content
        url = f"{self.base}/cdn/{file_id}/{quote(name, safe='')}"
        return {"id": file_id, "filename": name, "size": len(content), "url": url, "proxy_url": url}


def _json(status: int, data: Json | list[Json]) -> web.Response:
    """discord.py takes a body for JSON only where the type is exactly this, without a charset."""
    return _response(status, json.dumps(data), "application/json", {})


def _response(status: int, text: str, kind: str, headers: dict[str, str]) -> web.Response:
    return web.Response(status=status, body=text.encode(), headers={"Content-Type": kind, **headers})
