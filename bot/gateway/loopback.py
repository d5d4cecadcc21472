"""The one seam for tests: another Discord on this machine, and on no other."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import discord
from yarl import URL

from storage.errors import KnowbotError

API = "KNOWBOT_DISCORD_API"
GATEWAY = "KNOWBOT_DISCORD_GATEWAY"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class NotLoopbackError(KnowbotError):
    """A test address that would send the token to another machine."""


def redirect_for_tests() -> None:
    """Points discord.py at the addresses in the environment, where they are set; anything but loopback is refused."""
    api, gateway = os.environ.get(API), os.environ.get(GATEWAY)
    for name, address in ((API, api), (GATEWAY, gateway)):
        if address and urlsplit(address).hostname not in _LOOPBACK:
            raise NotLoopbackError(f"{name} is {address}, which is not on this machine: it is for tests, so unset it")
    if api:
        discord.http.Route.BASE = api
    if gateway:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway)
