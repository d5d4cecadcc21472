"""Channels: how knowbot behaves in each, which were left to people, and what may be read where."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import discord

from bot.settings import Mode
from storage.records import PUBLIC

if TYPE_CHECKING:
    from bot.client import KnowbotClient

    Place = discord.abc.MessageableChannel | discord.interactions.InteractionChannel

MODES: tuple[Mode, ...] = get_args(Mode)
OFF = "off"
"""What a moderator sets for a channel of the settings file that is not to be watched for now."""

_MODE = "mode:"

SHADOW: Mode = "shadow"
"""The mode in which knowbot only listens."""


class Places:
    """Modes come from the settings file; what moderators set on Discord goes before it and outlives a restart."""

    def __init__(self, client: KnowbotClient) -> None:
        self._client = client
        self._set: dict[int, Mode | str] = {}
        self._left: set[int] = set()

    def load(self) -> None:
        """Reads what was set and what was left to people in earlier lives."""
        stores = self._client.engine.stores
        standing = stores.tunables.beginning(_MODE)
        self._set = {int(each.name.removeprefix(_MODE)): each.value for each in standing if each.value}
        self._left = stores.handovers.all()

    def modes(self, guild_id: int) -> dict[int, Mode]:
        """The mode of every channel that is watched on a server, by its number; those of others may be among them."""
        modes: dict[int, Mode] = {**self._client.settings.server(guild_id).channels}
        for number, value in self._set.items():
            modes.pop(number, None)
            if value in MODES:
                modes[number] = MODES[MODES.index(value)]
        return modes

    def was_set(self, channel_id: int) -> bool:
        """True where the mode is not that of the settings file."""
        return channel_id in self._set

    def mode_of(self, message: discord.Message) -> Mode | None:
        """The mode that a message is heard in; None where nobody watches, or where a person was called.

        A thread is watched as its channel is; of a forum's only the opening post, which is the question. Where knowbot
        only listens, it does so once members were told.
        """
        channel = message.channel
        if message.guild is None or channel.id in self._left:
            return None
        in_post = isinstance(channel, discord.Thread) and isinstance(channel.parent, discord.ForumChannel)
        if in_post and message.id != channel.id:
            return None
        number, mode = self._governing(channel)
        return None if mode == SHADOW and not self._client.noticing.stands_in(number) else mode

    def is_shadow(self, channel: Place | discord.abc.GuildChannel | None) -> bool:
        """True where knowbot posts nothing, since it only listens there."""
        return channel is not None and self._governing(channel)[1] == SHADOW

    def _governing(self, channel: Place | discord.abc.GuildChannel) -> tuple[int, Mode | None]:
        """The channel whose mode holds, the thread's own before that of what it hangs on, and that mode."""
        guild = getattr(channel, "guild", None)
        modes = self.modes(guild.id) if guild else {}
        if isinstance(channel, discord.Thread) and channel.id not in modes:
            return channel.parent_id, modes.get(channel.parent_id)
        return channel.id, modes.get(channel.id)

    async def set_mode(self, channel: discord.abc.GuildChannel, value: str | None, by: int) -> None:
        """Sets a mode, OFF, or with None goes back to the settings file."""
        engine, run = self._client.engine, self._client.lane.run
        server, name = str(channel.guild.id), f"{_MODE}{channel.id}"
        await run(engine.stores.tunables.set, server, name, value, engine.conversations.hashed(by), engine.clock())
        await run(engine.members.audit, server, by, "channel mode", f"{value or 'default'} #{channel.name}")
        if value is None:
            self._set.pop(channel.id, None)
        else:
            self._set[channel.id] = value

    async def leave_to_people(self, channel_id: int) -> bool:
        """From now on knowbot speaks in that channel only where it is spoken to; False where that was so already."""
        self._left.add(channel_id)
        engine = self._client.engine
        return await self._client.lane.run(engine.stores.handovers.put, channel_id, engine.clock())

    async def readable_in(self, channel: Place | None, space: str) -> frozenset[str]:
        """What all who can read ``channel`` may see."""
        return readable_in(channel, await self._bound(space))

    async def readable_by(self, interaction: discord.Interaction, space: str) -> frozenset[str]:
        """What the member behind an interaction may see, for replies that nobody else sees."""
        return readable_by(interaction.user, interaction.channel, await self._bound(space))

    async def _bound(self, space: str) -> frozenset[str]:
        return await self._client.lane.run(self._client.engine.channel_documents.visibilities, space)


def bound_to(channel: discord.abc.GuildChannel | discord.Thread) -> str:
    """The visibility of what is said in a channel; a public thread is read by whoever reads its channel."""
    if isinstance(channel, discord.Thread) and not channel.is_private():
        return f"channel:{channel.parent_id}"
    return f"channel:{channel.id}"


def readable_in(channel: Place | None, bound: frozenset[str] = frozenset()) -> frozenset[str]:
    """What everybody may see who is shown what is said in ``channel`` now.

    That is what is public, what belongs to the channel itself unless its past is kept from somebody who is there, and
    of ``bound``, the channels that documents belong to, those of the server that nobody is shut out of. Whoever reads a
    thread reads the channel it hangs on.
    """
    if channel is None or isinstance(channel, discord.DMChannel | discord.GroupChannel):
        return frozenset({PUBLIC})
    open_ones = {f"channel:{each.id}" for each in _bound(channel.guild, bound) if is_open(each)}
    parent = channel.parent if isinstance(channel, discord.Thread) else channel
    if not isinstance(parent, discord.abc.GuildChannel) or not shows_its_past(parent):
        return frozenset({PUBLIC, *open_ones})
    return frozenset({PUBLIC, f"channel:{channel.id}", f"channel:{parent.id}", *open_ones})


def readable_by(user: discord.abc.User, channel: Place | None, bound: frozenset[str] = frozenset()) -> frozenset[str]:
    """What one member may see: what is readable in ``channel``, and every channel of the server they may read."""
    seen = readable_in(channel, bound)
    if not isinstance(user, discord.Member):
        return seen
    everywhere: list[discord.abc.GuildChannel] = [*user.guild.text_channels, *user.guild.forums]
    return seen | {f"channel:{each.id}" for each in everywhere if may_read(user, each)}


def may_read(member: discord.Member, channel: discord.abc.GuildChannel) -> bool:
    """True where Discord shows the channel and its past to the member."""
    allowed = channel.permissions_for(member)
    return allowed.view_channel and allowed.read_message_history


def shows_its_past(channel: discord.abc.GuildChannel) -> bool:
    """True where whoever is shown what is said in a channel is shown what was said there before."""
    kept = any(overwrite.read_message_history is False for overwrite in channel.overwrites.values())
    return channel.guild.default_role.permissions.read_message_history and not kept


def is_open(channel: discord.abc.GuildChannel) -> bool:
    """True where everybody on the server may read, and no role or member is shut out."""
    everybody = channel.permissions_for(channel.guild.default_role)
    shut_out = any(
        overwrite.view_channel is False or overwrite.read_message_history is False
        for overwrite in channel.overwrites.values()
    )
    return everybody.view_channel and everybody.read_message_history and not shut_out


def _bound(guild: discord.Guild | None, bound: frozenset[str]) -> list[discord.abc.GuildChannel]:
    if guild is None:
        return []
    numbers = (int(each.removeprefix("channel:")) for each in bound)
    channels = (guild.get_channel(number) for number in numbers)
    return [channel for channel in channels if channel is not None]
