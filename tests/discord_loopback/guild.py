"""The one guild of the fake: who is in it, with which roles, and which channels it has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from tests.discord_loopback import permissions
from tests.discord_loopback.basics import Announce, Json, Snowflakes
from tests.discord_loopback.errors import unknown
from tests.discord_loopback.models import Channel, Member, Overwrite, Role, TextChannel
from tests.discord_loopback.permissions import Permission

Named = TypeVar("Named", Role, Member, TextChannel)


class Guild:
    """Members, roles and channels, found by name. What changes is announced to whoever is connected."""

    def __init__(self) -> None:
        self.ids = Snowflakes()
        self.announce: Announce = lambda event, data: None
        self.guild_id = self.ids.next()
        self.everyone = Role(self.guild_id, "@everyone", permissions.FOR_EVERYONE)
        self.roles = [self.everyone]
        self.members: list[Member] = []
        self.channels: list[TextChannel] = []
        self.owner = self.add_member("owner")
        self.bot_role = self.add_role("knowbot")
        self.bot_role.managed = True
        self.bot = self.add_member("knowbot", roles=[self.bot_role], bot=True)

    def add_role(self, name: str, permissions: int = 0, *, mentionable: bool = False) -> Role:
        """A role above those that exist, as ``Permission`` bits."""
        role = Role(self.ids.next(), name, permissions, position=len(self.roles), mentionable=mentionable)
        self.roles.append(role)
        self.announce("GUILD_ROLE_CREATE", {"guild_id": self.guild_id, "role": role.payload()})
        return role

    def add_member(self, name: str, roles: Iterable[Role] = (), *, bot: bool = False) -> Member:
        """Someone joins the guild."""
        member = Member(self.ids.next(), name, list(roles), bot=bot)
        self.members.append(member)
        self.announce("GUILD_MEMBER_ADD", {**member.payload(), "guild_id": self.guild_id})
        return member

    def add_channel(self, name: str, topic: str | None = None, kind: int = 0) -> TextChannel:
        """A text channel or a forum below those that exist."""
        place, number = len(self.channels), self.ids.next()
        channel = TextChannel(id=number, name=name, guild_id=self.guild_id, position=place, topic=topic, kind=kind)
        self.channels.append(channel)
        self.announce("CHANNEL_CREATE", channel.payload())
        return channel

    def role(self, name: str) -> Role:
        return _named(self.roles, name)

    def member(self, name: str) -> Member:
        return _named(self.members, name)

    def channel(self, name: str) -> TextChannel:
        return _named(self.channels, name)

    def member_by_id(self, user_id: str) -> Member:
        for member in self.members:
            if member.id == user_id:
                return member
        raise unknown("User")

    def set_roles(self, member: Member, roles: Iterable[Role]) -> None:
        """A moderator gives and takes roles."""
        member.roles = list(roles)
        self.announce("GUILD_MEMBER_UPDATE", {**member.payload(), "guild_id": self.guild_id})

    def overwrite(self, channel: TextChannel, target: Role | Member, allow: int = 0, deny: int = 0) -> None:
        """Grants to, and takes from, a role or a member in this channel alone."""
        rule = Overwrite(target.id, int(isinstance(target, Member)), allow, deny)
        channel.rules = [each for each in channel.rules if each.target_id != target.id] + [rule]
        self.announce("CHANNEL_UPDATE", channel.payload())

    def permissions(self, member: Member, channel: Channel | None = None) -> Permission:
        """What a member may do in a channel, or in the guild at large."""
        if channel is None:
            return permissions.in_guild(member, self.everyone, self.owner)
        return permissions.in_channel(member, channel, self.everyone, self.owner)

    def membership(self, member: Member, channel: Channel) -> Json:
        """A member as interactions carry one: with what it may do where the interaction is."""
        return {**member.payload(), "permissions": str(int(self.permissions(member, channel)))}


def _named(things: list[Named], name: str) -> Named:
    for thing in things:
        if thing.name == name:
            return thing
    raise LookupError(f"no {name!r} among {[thing.name for thing in things]}")
