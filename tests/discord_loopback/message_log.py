"""The messages of every channel, by id. Whatever happens to one is announced as Discord announces it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tests.discord_loopback import payloads
from tests.discord_loopback.basics import Json
from tests.discord_loopback.errors import flaw, invalid_form, unknown
from tests.discord_loopback.models import Channel, Member

if TYPE_CHECKING:
    from tests.discord_loopback.world import World


class MessageLog:
    """Messages oldest first, each with the bodies of the requests that wrote it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._all: dict[str, Json] = {}
        self.bodies: dict[str, list[Json]] = {}
        self._by_nonce: dict[tuple[str, str, str], str] = {}

    def keep(self, channel: Channel, message: Json, body: Json) -> Json:
        """Stores and announces a message that is whole, such as a new one or one of the system's own."""
        self._all[message["id"]] = message
        self.bodies[message["id"]] = [body]
        if message.get("nonce"):
            self._by_nonce[channel.id, message["author"]["id"], str(message["nonce"])] = message["id"]
        if not message["flags"] & payloads.EPHEMERAL:
            channel.last_message_id = message["id"]
        self._announce("MESSAGE_CREATE", message)
        return message

    def announce_update(self, message: Json) -> None:
        self._announce("MESSAGE_UPDATE", message)

    def remove(self, message: Json) -> None:
        """Deletes it for everybody."""
        del self._all[message["id"]]
        channel = self._world.find_channel(message["channel_id"])
        where = {} if payloads.is_private(message, channel) else {"guild_id": self._world.guild_id}
        self._world.announce("MESSAGE_DELETE", {"id": message["id"], "channel_id": channel.id, **where})

    def find(self, channel_id: str, message_id: str) -> Json:
        """The message, or 10008. Ephemeral ones are reached through their interaction only."""
        message = self._all.get(message_id)
        if message is None or message["channel_id"] != channel_id or message["flags"] & payloads.EPHEMERAL:
            raise unknown("Message")
        return message

    def current(self, message: Json) -> Json:
        """The message as it stands now; 10008 once it is deleted."""
        if message["id"] not in self._all:
            raise unknown("Message")
        return self._all[message["id"]]

    def with_nonce(self, channel: Channel, author: Member, nonce: object) -> Json | None:
        """What the author has sent to the channel with this nonce, as long as it is there."""
        return self._all.get(self._by_nonce.get((channel.id, author.id, str(nonce)), ""))

    def in_channel(self, channel: Channel, author: Member | None = None) -> list[Json]:
        """Everything in the channel, oldest first, ephemeral messages included."""
        found = [message for message in self._all.values() if message["channel_id"] == channel.id]
        return [each for each in found if author is None or each["author"]["id"] == author.id]

    def history(self, channel: Channel, query: Mapping[str, str]) -> list[Json]:
        """One page, newest first. ``after`` gives the oldest of those after it, as Discord does."""
        limit = int(query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise invalid_form({"limit": flaw("NUMBER_TYPE_MAX", "int value should be between 1 and 100.")})
        before, after = int(query.get("before", 1 << 63)), int(query.get("after", 0))
        shown = [each for each in self.in_channel(channel) if not each["flags"] & payloads.EPHEMERAL]
        shown = [each for each in shown if after < int(each["id"]) < before]
        page = shown[:limit] if "after" in query else shown[-limit:]
        return page[::-1]

    def allowed_mentions(self, message: Json) -> Json | None:
        """What the newest request that wrote the message said about pings; None where it said nothing."""
        found: Json | None = self.bodies[message["id"]][-1].get("allowed_mentions")
        return found

    def _announce(self, event: str, message: Json) -> None:
        self._world.announce(event, payloads.message_event(self._world, message))
