"""What knowbot needs on a server: the invite link that asks for it, and what a channel lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import discord

from bot.settings import Settings

READING = discord.Permissions(view_channel=True, read_message_history=True)
SPEAKING = READING | discord.Permissions(
    send_messages=True, send_messages_in_threads=True, create_public_threads=True, embed_links=True
)

NOTICING = READING | discord.Permissions(send_messages=True)
"""Where knowbot only listens, members are told so in the channel."""

_WANTED: Mapping[str, discord.Permissions] = {"silent": READING, "shadow": NOTICING}


def invite_link(application_id: int) -> str:
    """The address where somebody with Manage Server adds knowbot, with no more permissions than it needs."""
    return discord.utils.oauth_url(
        application_id, permissions=SPEAKING, scopes=("bot", "applications.commands"), disable_guild_select=False
    )


def wanted_in_channels(settings: Settings) -> Mapping[int, discord.Permissions]:
    """What each channel of the settings has to allow: reading where knowbot is silent, and so on."""
    wanted: dict[int, discord.Permissions] = {}
    for rooms in (settings.discord, *settings.servers.values()):
        wanted |= {number: _WANTED.get(mode, SPEAKING) for number, mode in rooms.channels.items()}
    moderated = (rooms.moderators_channel for rooms in (settings.discord, *settings.servers.values()))
    return wanted | {number: SPEAKING for number in moderated if number}


def lacking(has: discord.Permissions, wanted: discord.Permissions) -> list[str]:
    """The names of the missing permissions, as Discord's settings show them."""
    missing = discord.Permissions(wanted.value & ~has.value)
    return [name.replace("_", " ").title() for name, needed in missing if needed]


def lacks(channel: object, missing: list[str]) -> str:
    """One sentence for a channel that does not allow enough."""
    return f"#{channel} does not allow knowbot {', '.join(missing)}: change it in the channel's permissions"


def not_found(number: int) -> str:
    """One sentence for a channel of the settings that knowbot cannot see."""
    return f"channel {number} of the settings is on no server that knowbot is on: invite it there, or mend the number"


def not_on(server_id: int) -> str:
    """One sentence for a server of the settings that knowbot is not on."""
    return f"server {server_id} of the settings is none that knowbot is on: invite it there, or mend the number"


def missing_in_channels(client: discord.Client, settings: Settings) -> Iterator[str]:
    """One sentence for each server and channel of the settings that a connected client cannot use as it should."""
    yield from (not_on(number) for number in settings.servers if client.get_guild(number) is None)
    for number, wanted in wanted_in_channels(settings).items():
        channel = client.get_channel(number)
        if not isinstance(channel, discord.abc.GuildChannel):
            yield not_found(number)
        elif missing := lacking(channel.permissions_for(channel.guild.me), wanted):
            yield lacks(channel, missing)
