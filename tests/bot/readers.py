"""A server whose channels, threads, roles and permissions change, as discord.py sees it and as Discord's rules have it.

Who may read what is computed twice: by ``bot/community/places.py`` over discord.py's own objects, which is what is
tested, and from the loopback Discord's rules, which know nothing of either.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import discord

from tests.discord_loopback import payloads
from tests.discord_loopback.models import Channel, Member, TextChannel, Thread
from tests.discord_loopback.permissions import FOR_EVERYONE, Permission
from tests.discord_loopback.world import World

READING = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
CHANNELS = ("one", "two", "three")
MEMBERS = ("alice", "bob", "carol")
ROLES = ("red", "blue")
PUBLIC_THREAD, PRIVATE_THREADS = "open thread on one", ("closed thread on one", "closed thread on two")
PLACES = (*CHANNELS, PUBLIC_THREAD, *PRIVATE_THREADS)
TARGETS = ("everyone", *ROLES, *MEMBERS)
RULES = {
    "nothing": (0, 0),
    "show": (READING, 0),
    "show without the past": (Permission.VIEW_CHANNEL, Permission.READ_MESSAGE_HISTORY),
    "hide": (0, Permission.VIEW_CHANNEL),
    "hide the past": (0, Permission.READ_MESSAGE_HISTORY),
}


@dataclass
class ChangingServer:
    """What happens on it; ``guild`` is made anew whenever it is asked for, as after a login."""

    world: World = field(default_factory=World)
    private: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        world = self.world
        for name in CHANNELS:
            world.add_channel(name)
        for name in ROLES:
            world.add_role(name, Permission.MANAGE_THREADS if name == "blue" else 0)
        world.add_member("carol")
        for name in (PUBLIC_THREAD, *PRIVATE_THREADS):
            parent = world.channel(name.split(" on ")[1])
            thread = world.threads.open(parent, world.bot, {"name": name})
            if name in PRIVATE_THREADS:
                self.private.add(thread.id)

    def place(self, name: str) -> TextChannel | Thread:
        return next((each for each in self.world.threads.all if each.name == name), None) or self.world.channel(name)

    def rule(self, channel: str, target: str, rule: str) -> None:
        """Somebody changes who may read a channel."""
        allow, deny = RULES[rule]
        self.world.overwrite(self.world.channel(channel), self._target(target), allow, deny)

    def grant_everyone(self, rule: str) -> None:
        """Somebody changes what @everyone may do on the whole server."""
        allow, deny = RULES[rule]
        self.world.everyone.permissions = (FOR_EVERYONE | allow) & ~deny

    def give(self, member: str, role: str) -> None:
        """A role is given, or taken from whoever has it."""
        actor, given = self.world.member(member), self.world.role(role)
        others = [each for each in actor.roles if each is not given]
        self.world.set_roles(actor, others if given in actor.roles else [*others, given])

    def invite(self, member: str, thread: str) -> None:
        """Somebody is taken into a thread, or leaves it."""
        self._thread(thread).member_ids ^= {self.world.member(member).id}

    def hears(self, member: Member, place: Channel) -> bool:
        """True where Discord shows the member what is said in a place just now."""
        return self._allows(member, place, Permission.VIEW_CHANNEL)

    def may_read(self, member: Member, place: Channel) -> bool:
        """True where Discord shows the member what was said in a place before."""
        return self._allows(member, place, READING)

    @property
    def guild(self) -> discord.Guild:
        """The server as discord.py knows it."""
        client = discord.Client(intents=discord.Intents.all())
        state: Any = client._connection
        state.user = discord.ClientUser(state=state, data=cast(Any, self.world.bot.user()))
        payload = payloads.guild_create(self.world, with_members=True)
        for thread in payload["threads"]:
            if thread["id"] in self.private:
                thread["type"] = discord.ChannelType.private_thread.value
        guild: discord.Guild = state._add_guild_from_data(payload)
        return guild

    def _allows(self, member: Member, place: Channel, wanted: Permission) -> bool:
        granted = self.world.permissions(member, place)
        is_in = place.id not in self.private or member.id in self._thread(place.name).member_ids
        return granted & wanted == wanted and (is_in or bool(granted & Permission.MANAGE_THREADS))

    def _thread(self, name: str) -> Thread:
        place = self.place(name)
        assert isinstance(place, Thread)
        return place

    def _target(self, name: str) -> Any:  # noqa: ANN401 - a role or a member
        if name == "everyone":
            return self.world.everyone
        return self.world.role(name) if name in ROLES else self.world.member(name)
