"""All that the fake knows: the guild, its messages and threads, commands, interactions, and what the bot asked for."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.discord_loopback.commands import Commands
from tests.discord_loopback.errors import unknown
from tests.discord_loopback.guild import Guild
from tests.discord_loopback.interactions import Interactions
from tests.discord_loopback.messages import Messages
from tests.discord_loopback.models import Channel, DirectMessages, Member
from tests.discord_loopback.reactions import Reactions
from tests.discord_loopback.threads import Threads

# Presence, members and message content, as granted to an application in fewer than a hundred guilds.
LIMITED_INTENT_FLAGS = (1 << 13) | (1 << 15) | (1 << 19)


class Request(NamedTuple):
    """One REST request of the bot. The path has no base and no query."""

    method: str
    path: str
    body: Any


class World(Guild):
    """A guild with ``owner``, ``alice``, ``bob`` and the bot, and the channels ``general`` and ``help``."""

    def __init__(self) -> None:
        super().__init__()
        self.application_id = self.bot.id
        self.application_flags = LIMITED_INTENT_FLAGS
        self.messages = Messages(self)
        self.threads = Threads(self)
        self.reactions = Reactions(self)
        self.commands = Commands(self.ids, self.application_id)
        self.interactions = Interactions(self)
        self.direct: dict[str, DirectMessages] = {}
        self.requests: list[Request] = []
        self.files: dict[str, bytes] = {}
        for name in ("alice", "bob"):
            self.add_member(name)
        for name in ("general", "help"):
            self.add_channel(name)

    def dm(self, member: Member) -> DirectMessages:
        """The channel between the bot and this member. Bots are not told when one is opened."""
        if member.id not in self.direct:
            self.direct[member.id] = DirectMessages(id=self.ids.next(), name=f"dm-{member.name}", recipient=member)
        return self.direct[member.id]

    def find_channel(self, channel_id: str) -> Channel:
        """Any kind of channel by its id; 10003 where there is none."""
        for channel in (*self.channels, *self.threads.all, *self.direct.values()):
            if channel.id == channel_id:
                return channel
        raise unknown("Channel")

    def requests_to(self, method: str, ending: str) -> list[Request]:
        """What the bot asked of one kind of path, oldest first."""
        return [each for each in self.requests if each.method == method and each.path.endswith(ending)]
