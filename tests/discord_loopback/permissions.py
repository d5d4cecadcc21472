"""Permission bits, and how roles and overwrites add up to what a member may do in a channel."""

from __future__ import annotations

from enum import IntFlag

from tests.discord_loopback.models import Channel, DirectMessages, Member, Role


class Permission(IntFlag):
    """The bits a support bot meets. Unknown bits are kept as they are."""

    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40


NOTHING = Permission(0)
EVERYTHING = Permission((1 << 53) - 1)
IN_DIRECT_MESSAGES = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.USE_APPLICATION_COMMANDS
)
# What a new guild grants to @everyone. Pinging everyone is among it, which is why a bot has to send allowed_mentions.
FOR_EVERYONE = (
    IN_DIRECT_MESSAGES
    | Permission.MENTION_EVERYONE
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)


def in_guild(member: Member, everyone: Role, owner: Member) -> Permission:
    """What the member's roles add up to, before any channel has its say."""
    granted = Permission(everyone.permissions)
    for role in member.roles:
        granted |= role.permissions
    return EVERYTHING if member is owner or granted & Permission.ADMINISTRATOR else granted


def in_channel(member: Member, channel: Channel, everyone: Role, owner: Member) -> Permission:
    """What the member may do in the channel. A channel that is not visible permits nothing at all."""
    if isinstance(channel, DirectMessages):
        return IN_DIRECT_MESSAGES
    granted = in_guild(member, everyone, owner)
    if granted == EVERYTHING:
        return granted
    role_ids = {role.id for role in member.roles}
    for targets in ({everyone.id}, role_ids, {member.id}):
        rules = [rule for rule in channel.overwrites() if rule.target_id in targets]
        for rule in rules:
            granted &= ~rule.deny
        for rule in rules:
            granted |= rule.allow
    return granted if granted & Permission.VIEW_CHANNEL else NOTHING
