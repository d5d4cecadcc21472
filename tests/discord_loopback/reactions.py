"""Reactions to messages, by user and emoji."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.discord_loopback.basics import Json
from tests.discord_loopback.models import Member

if TYPE_CHECKING:
    from tests.discord_loopback.world import World


class Reactions:
    """Who reacted to what with which emoji."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_emoji: dict[tuple[str, str], list[Member]] = {}

    def add(self, message: Json, member: Member, emoji: str) -> None:
        """A second reaction with the same emoji changes nothing and is not announced."""
        members = self._by_emoji.setdefault((message["id"], emoji), [])
        if member not in members:
            members.append(member)
            self._changed("MESSAGE_REACTION_ADD", message, member, emoji)

    def remove(self, message: Json, member: Member, emoji: str) -> None:
        members = self._by_emoji.get((message["id"], emoji), [])
        if member in members:
            members.remove(member)
            self._changed("MESSAGE_REACTION_REMOVE", message, member, emoji)

    def by(self, message: Json, emoji: str) -> list[Member]:
        """Who reacted so."""
        return list(self._by_emoji.get((message["id"], emoji), []))

    def _changed(self, event: str, message: Json, member: Member, emoji: str) -> None:
        message["reactions"] = self._summary(message["id"])
        channel = self._world.find_channel(message["channel_id"])
        data: Json = {
            "user_id": member.id,
            "channel_id": channel.id,
            "message_id": message["id"],
            "emoji": emoji_payload(emoji),
            "burst": False,
            "type": 0,
        }
        if channel.guild_id:
            data["guild_id"] = channel.guild_id
        if event == "MESSAGE_REACTION_ADD":
            data["message_author_id"] = message["author"]["id"]
            data.update({"member": member.payload()} if channel.guild_id else {})
        self._world.announce(event, data)

    def _summary(self, message_id: str) -> list[Json]:
        return [
            {
                "emoji": emoji_payload(emoji),
                "count": len(members),
                "count_details": {"burst": 0, "normal": len(members)},
                "burst_colors": [],
                "me": self._world.bot in members,
                "me_burst": False,
            }
            for (reacted_to, emoji), members in self._by_emoji.items()
            if reacted_to == message_id and members
        ]


def emoji_payload(emoji: str) -> Json:
    """A plain emoji, or ``name:id`` of a guild's own."""
    name, _, emoji_id = emoji.partition(":")
    return {"id": emoji_id or None, "name": name}
