"""Payloads that are about the whole guild or the application, and the bare message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.discord_loopback.basics import Json, timestamp
from tests.discord_loopback.models import JOINED_AT, Channel, DirectMessages, Member

if TYPE_CHECKING:
    from tests.discord_loopback.world import World

SUPPRESS_EMBEDS, EPHEMERAL, LOADING, SUPPRESS_NOTIFICATIONS, COMPONENTS_V2 = 4, 64, 128, 4096, 32768
SETTABLE_FLAGS = SUPPRESS_EMBEDS | EPHEMERAL | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
REPLY = 19


def guild(world: World) -> Json:
    """The guild as REST gives it."""
    return {
        "id": world.guild_id,
        "name": "Loopback",
        "owner_id": world.owner.id,
        "roles": [role.payload() for role in world.roles],
        "emojis": [],
        "stickers": [],
        "features": [],
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "icon": None,
        "banner": None,
        "splash": None,
        "discovery_splash": None,
        "description": None,
        "vanity_url_code": None,
        "approximate_member_count": len(world.members),
        "approximate_presence_count": 1,
    }


def guild_create(world: World, with_members: bool) -> Json:
    """The guild as the gateway gives it. Without the presences intent, Discord lists nobody but the bot itself."""
    return {
        **guild(world),
        "joined_at": JOINED_AT,
        "large": False,
        "unavailable": False,
        "member_count": len(world.members),
        "members": [member.payload() for member in (world.members if with_members else [world.bot])],
        "channels": [channel.payload() for channel in world.channels],
        "threads": [thread.payload() for thread in world.threads.active()],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def members_chunk(world: World, request: Json) -> Json:
    """The answer to op 8: by ids, or by the beginning of a name."""
    wanted: list[str] | None = None
    if request.get("user_ids"):
        asked = request["user_ids"]
        wanted = [str(each) for each in (asked if isinstance(asked, list) else [asked])]
        found = [member for member in world.members if member.id in wanted]
    else:
        prefix = (request.get("query") or "").lower()
        found = [m for m in world.members if m.name.startswith(prefix) or (m.nick or "").lower().startswith(prefix)]
        found = found[: request.get("limit") or None]
    known = {member.id for member in found}
    chunk = {
        "guild_id": world.guild_id,
        "members": [member.payload() for member in found],
        "chunk_index": 0,
        "chunk_count": 1,
        "not_found": [each for each in wanted or [] if each not in known],
        "nonce": request.get("nonce"),
    }
    return {**chunk, "presences": []} if request.get("presences") else chunk


def ready(world: World, session_id: str, gateway_url: str, shard: list[int]) -> Json:
    """READY. Its ``resume_gateway_url`` is our own: a real one would send the client out to the internet."""
    return {
        "v": 10,
        "user": world.bot.user(),
        "guilds": [{"id": world.guild_id, "unavailable": True}],
        "session_id": session_id,
        "resume_gateway_url": gateway_url,
        "application": {"id": world.application_id, "flags": world.application_flags},
        "private_channels": [],
        "shard": shard,
    }


def application(world: World) -> Json:
    return {
        "id": world.application_id,
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": world.application_flags,
        "owner": world.owner.user(),
        "team": None,
        "install_params": None,
        "integration_types_config": {},
        "approximate_guild_count": 1,
    }


def message(message_id: str, channel: Channel, author: Member, body: Json) -> Json:
    """A message as Discord keeps it; ``body`` is what the author sent. Outer white space is lost."""
    return {
        "id": message_id,
        "channel_id": channel.id,
        "author": author.user(),
        "content": (body.get("content") or "").strip(),
        "timestamp": timestamp(),
        "edited_timestamp": None,
        "tts": bool(body.get("tts")),
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": body.get("embeds") or [],
        "components": body.get("components") or [],
        "pinned": False,
        "type": 0,
        "flags": (body.get("flags") or 0) & SETTABLE_FLAGS,
        **({"nonce": body["nonce"]} if body.get("nonce") else {}),
    }


def reference(replied_to: Json, guild_id: str | None) -> Json:
    """What makes a message a reply. The message replied to comes along, without what it replied to itself."""
    nested = {key: value for key, value in replied_to.items() if key != "referenced_message"}
    where = {"type": 0, "message_id": replied_to["id"], "channel_id": replied_to["channel_id"]}
    return {
        "type": REPLY,
        "message_reference": {**where, **({"guild_id": guild_id} if guild_id else {})},
        "referenced_message": nested,
    }


def is_private(message: Json, channel: Channel) -> bool:
    """Ephemeral messages reach the bot as if they were direct messages: no guild_id, and under that intent."""
    return isinstance(channel, DirectMessages) or bool(message["flags"] & EPHEMERAL)


def message_event(world: World, message: Json) -> Json:
    """A message as the gateway sends it, with the guild and the author's membership where there is a guild."""
    if is_private(message, world.find_channel(message["channel_id"])):
        return message
    author = world.member_by_id(message["author"]["id"])
    return {**message, "guild_id": world.guild_id, "member": author.membership()}
