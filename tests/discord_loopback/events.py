"""Which events a session gets, and what is left of a message for a bot without the message content intent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.discord_loopback.basics import Json
from tests.discord_loopback.errors import ApiError
from tests.discord_loopback.permissions import Permission

if TYPE_CHECKING:
    from tests.discord_loopback.world import World

GUILDS, GUILD_MEMBERS, PRESENCES, MESSAGE_CONTENT = 1 << 0, 1 << 1, 1 << 8, 1 << 15
PRIVILEGED = GUILD_MEMBERS | PRESENCES | MESSAGE_CONTENT
# By the beginning of an event's name: the intent it needs in a guild, and in direct messages.
NEEDS = {
    "MESSAGE_REACTION": (1 << 10, 1 << 13),
    "MESSAGE_": (1 << 9, 1 << 12),
    "GUILD_MEMBER_": (GUILD_MEMBERS, 0),
    "GUILD_ROLE_": (GUILDS, 0),
    "CHANNEL_": (GUILDS, 0),
    "THREAD_": (GUILDS, 0),
}
CONTENT = {"content": "", "embeds": [], "attachments": [], "components": []}


def wanted(event: str, data: Json, intents: int) -> bool:
    """Whether a session with these intents asked for the event."""
    for beginning, (in_guild, direct) in NEEDS.items():
        if event.startswith(beginning):
            return bool(intents & (in_guild if "guild_id" in data else direct))
    return True


def visible(world: World, event: str, data: Json) -> bool:
    """Whether the bot may see the channel. Interactions reach it wherever they happen."""
    channel_id = data.get("channel_id") or data.get("parent_id")
    if event == "INTERACTION_CREATE" or "guild_id" not in data or not channel_id:
        return True
    try:
        return bool(world.permissions(world.bot, world.find_channel(channel_id)) & Permission.VIEW_CHANNEL)
    except ApiError:
        return False


def as_seen(event: str, data: Json, intents: int, bot_id: str) -> Json:
    """The event as this session gets it: others' words only where the bot is meant, or may read everything."""
    if not event.startswith(("MESSAGE_CREATE", "MESSAGE_UPDATE")) or intents & MESSAGE_CONTENT:
        return data
    meant = data["author"]["id"] == bot_id or any(user["id"] == bot_id for user in data["mentions"])
    return data if meant or "guild_id" not in data else {**data, **CONTENT}
