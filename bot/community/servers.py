"""What belongs to one server and to no other: its space, its moderators' channel, its helpers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import discord

from bot.settings import Settings
from storage.errors import KnowbotError

if TYPE_CHECKING:
    from bot.client import KnowbotClient

REMEMBERED_SECONDS = 600.0
"""How long it is remembered which servers somebody is on who writes directly."""

_MOST_REMEMBERED = 1000


class SeveralSpacesError(KnowbotError):
    """Somebody writes directly who is on servers with different documents."""


def helper_role(settings: Settings, guild: discord.Guild | None) -> int | None:
    """Whom "Ask a human" calls on a server; nobody where the role is another server's, or in a direct message."""
    role = settings.server(guild.id).helper_role if guild else None
    return role if guild and role and guild.get_role(role) else None


def moderators_channel(client: KnowbotClient, guild: discord.Guild) -> discord.TextChannel | discord.Thread | None:
    """Where flags of a server go.

    The one that all servers share is used on its own server only, so that moderators read no messages of another one;
    a server's own table may name a channel elsewhere.
    """
    own = client.settings.servers.get(guild.id)
    number = client.settings.server(guild.id).moderators_channel
    channel = client.get_channel(number) if number else None
    if not isinstance(channel, discord.TextChannel | discord.Thread):
        return None
    is_meant = own is not None and own.moderators_channel == number
    return channel if is_meant or channel.guild == guild else None


class DirectMessages:
    """A direct message belongs to no server: it is asked in the space of the one that its author is on.

    That is the space of a server with one of its own, else the default. Whoever is on several of the former is asked to
    ask there.
    """

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client
        self._remembered: dict[int, tuple[float, frozenset[str]]] = {}

    async def space_for(self, guild: discord.Guild | None, user: discord.abc.User) -> str:
        """The space of a question; raises SeveralSpacesError, and what Discord answers where it cannot be asked."""
        settings = self._client.settings
        if guild is not None:
            return settings.space_of(guild.id)
        spaces = await self._own_spaces_of(user.id)
        if len(spaces) > 1:
            raise SeveralSpacesError("somebody on servers with different spaces wrote directly and was sent there")
        return next(iter(spaces), settings.space)

    async def _own_spaces_of(self, user_id: int) -> frozenset[str]:
        now = self._client.engine.clock()
        at, spaces = self._remembered.get(user_id, (float("-inf"), frozenset[str]()))
        if not 0 <= now - at < REMEMBERED_SECONDS:
            spaces = frozenset([space async for space in self._look_up(user_id)])
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[user_id] = now, spaces
        return spaces

    async def _look_up(self, user_id: int) -> AsyncIterator[str]:
        """Asks Discord, since knowbot does not follow who joins and leaves: only servers with a space of their own."""
        for number, own in self._client.settings.servers.items():
            guild = self._client.get_guild(number)
            if guild and own.space and await _is_on(guild, user_id):
                yield own.space


async def _is_on(guild: discord.Guild, user_id: int) -> bool:
    try:
        await guild.fetch_member(user_id)
    except discord.NotFound:
        return False
    return True
