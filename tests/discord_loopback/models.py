"""Members, roles and channels, each of which knows its own payload."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tests.discord_loopback.basics import Json, timestamp

FORUM = 15
JOINED_AT = "2026-01-01T00:00:00.000000+00:00"


@dataclass(eq=False)
class Role:
    """A role of the guild. The one whose id is the guild's is @everyone."""

    id: str
    name: str
    permissions: int
    position: int = 0
    managed: bool = False
    mentionable: bool = False

    @property
    def mention(self) -> str:
        return f"<@&{self.id}>"

    def payload(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "permissions": str(int(self.permissions)),
            "position": self.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": self.managed,
            "mentionable": self.mentionable,
            "flags": 0,
        }


@dataclass(eq=False)
class Member:
    """A user and the user's membership of the guild in one: the fake has one guild."""

    id: str
    name: str
    roles: list[Role] = field(default_factory=list)
    bot: bool = False
    nick: str | None = None
    accepts_direct_messages: bool = True

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    def user(self) -> Json:
        return {
            "id": self.id,
            "username": self.name,
            "discriminator": "0",
            "global_name": None if self.bot else self.name.capitalize(),
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }

    def payload(self) -> Json:
        return {"user": self.user(), **self.membership()}

    def membership(self) -> Json:
        """The member without the user, as messages carry it beside their author."""
        return {
            "roles": [role.id for role in self.roles],
            "nick": self.nick,
            "joined_at": JOINED_AT,
            "avatar": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }


class Overwrite(NamedTuple):
    """What one channel grants to, and takes from, a role (kind 0) or a member (kind 1)."""

    target_id: str
    kind: int
    allow: int
    deny: int

    def payload(self) -> Json:
        return {"id": self.target_id, "type": self.kind, "allow": str(int(self.allow)), "deny": str(int(self.deny))}


@dataclass(eq=False, kw_only=True)
class Channel:
    """What a guild's text channels, threads and direct messages have in common."""

    id: str
    name: str
    guild_id: str | None = None
    last_message_id: str | None = None

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"

    def overwrites(self) -> list[Overwrite]:
        return []

    def payload(self) -> Json:
        raise NotImplementedError


@dataclass(eq=False, kw_only=True)
class TextChannel(Channel):
    """A text channel of the guild, or with the kind FORUM a forum: its posts are threads."""

    position: int = 0
    kind: int = 0
    topic: str | None = None
    rules: list[Overwrite] = field(default_factory=list)

    def overwrites(self) -> list[Overwrite]:
        return self.rules

    def payload(self) -> Json:
        return {
            "id": self.id,
            "type": self.kind,
            "guild_id": self.guild_id,
            "name": self.name,
            "position": self.position,
            "permission_overwrites": [rule.payload() for rule in self.rules],
            "nsfw": False,
            "parent_id": None,
            "topic": self.topic,
            "last_message_id": self.last_message_id,
            "rate_limit_per_user": 0,
            "flags": 0,
        }


@dataclass(eq=False, kw_only=True)
class DirectMessages(Channel):
    """The channel between the bot and one user. Discord gives it no name and no guild."""

    recipient: Member

    def payload(self) -> Json:
        return {
            "id": self.id,
            "type": 1,
            "recipients": [self.recipient.user()],
            "last_message_id": self.last_message_id,
            "flags": 0,
        }


@dataclass(eq=False, kw_only=True)
class Thread(Channel):
    """A public thread. Its permissions are its parent's."""

    parent: TextChannel
    owner_id: str
    archived: bool = False
    locked: bool = False
    auto_archive_duration: int = 1440
    rate_limit_per_user: int = 0
    message_count: int = 0
    member_ids: set[str] = field(default_factory=set)
    created_at: str = field(default_factory=timestamp)
    archive_changed_at: str = field(default_factory=timestamp)

    def overwrites(self) -> list[Overwrite]:
        return self.parent.rules

    def payload(self) -> Json:
        return {
            "id": self.id,
            "type": 11,
            "guild_id": self.guild_id,
            "parent_id": self.parent.id,
            "owner_id": self.owner_id,
            "name": self.name,
            "message_count": self.message_count,
            "total_message_sent": self.message_count,
            "member_count": len(self.member_ids),
            "rate_limit_per_user": self.rate_limit_per_user,
            "last_message_id": self.last_message_id,
            "flags": 0,
            "thread_metadata": self._metadata(),
        }

    def membership(self, user_id: str) -> Json:
        return {"id": self.id, "user_id": user_id, "join_timestamp": self.created_at, "flags": 0}

    def _metadata(self) -> Json:
        return {
            "archived": self.archived,
            "auto_archive_duration": self.auto_archive_duration,
            "archive_timestamp": self.archive_changed_at,
            "locked": self.locked,
            "create_timestamp": self.created_at,
        }
