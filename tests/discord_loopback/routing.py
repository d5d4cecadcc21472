"""From a method and a path to the function that answers, and what such a function gets to know."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.discord_loopback.basics import Json
from tests.discord_loopback.errors import cannot_message_user, missing_access, missing_permissions, unknown
from tests.discord_loopback.models import Channel, DirectMessages
from tests.discord_loopback.permissions import Permission
from tests.discord_loopback.world import World

Reply = Json | list[Json] | None


@dataclass
class Call:
    """One request. ``path`` holds the names in the route's template, ``files`` what came with a multipart body."""

    world: World
    path: dict[str, str]
    query: Mapping[str, str]
    body: Any
    files: list[Json] = field(default_factory=list)
    gateway_url: str = ""

    def channel(self, needed: Permission = Permission.VIEW_CHANNEL) -> Channel:
        """The channel of the path, if the bot may do there what is needed."""
        channel = self.world.find_channel(self.path["channel"])
        granted = self.world.permissions(self.world.bot, channel)
        if not granted & Permission.VIEW_CHANNEL:
            raise missing_access()
        if needed & ~granted:
            raise missing_permissions()
        if isinstance(channel, DirectMessages) and not channel.recipient.accepts_direct_messages:
            raise cannot_message_user()
        return channel

    def message(self, needed: Permission = Permission.VIEW_CHANNEL) -> Json:
        return self.world.messages.find(self.channel(needed).id, self.path["message"])

    def check_guild(self) -> None:
        if self.path["guild"] != self.world.guild_id:
            raise unknown("Guild")


Handler = Callable[[Call], Reply]


class Route(NamedTuple):
    method: str
    pattern: re.Pattern[str]
    status: int
    handler: Handler


class Routes:
    """Some routes. Templates name their parts in braces; the first that fits is taken."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def add(self, method: str, template: str, status: int = 200) -> Callable[[Handler], Handler]:
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))

        def register(handler: Handler) -> Handler:
            self.all.append(Route(method, pattern, status, handler))
            return handler

        return register


def find(routes: list[Route], method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    for route in routes:
        if route.method == method and (found := route.pattern.fullmatch(path)):
            return route, found.groupdict()
    return None
