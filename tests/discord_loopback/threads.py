"""Threads: opening, renaming, archiving and deleting them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.discord_loopback import payloads
from tests.discord_loopback.basics import Json, timestamp
from tests.discord_loopback.errors import thread_archived, thread_exists
from tests.discord_loopback.models import Channel, Member, TextChannel, Thread
from tests.discord_loopback.permissions import Permission

if TYPE_CHECKING:
    from tests.discord_loopback.world import World

HAS_THREAD = 32
THREAD_CREATED, THREAD_STARTER = 18, 21
SETTINGS = ("name", "archived", "locked", "auto_archive_duration", "rate_limit_per_user")


class Threads:
    """The guild's threads, oldest first."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.all: list[Thread] = []

    def open(self, parent: TextChannel, owner: Member, settings: Json, message: Json | None = None) -> Thread:
        """A thread on a message takes the message's id; any other is announced by a line in its parent."""
        if message is not None and "thread" in message:
            raise thread_exists()
        thread = Thread(
            id=message["id"] if message else self._world.ids.next(),
            name=settings["name"],
            guild_id=parent.guild_id,
            parent=parent,
            owner_id=owner.id,
            auto_archive_duration=settings.get("auto_archive_duration") or 1440,
            rate_limit_per_user=settings.get("rate_limit_per_user") or 0,
            member_ids={owner.id},
        )
        self.all.append(thread)
        self._world.announce("THREAD_CREATE", {**self.payload(thread), "newly_created": True})
        self._mark_message(thread, message) if message else self._tell_parent(thread, owner)
        return thread

    def post(self, forum: TextChannel, author: Member, title: str, text: str) -> Thread:
        """A post of a forum: a thread with the number of its first message, of which its parent says nothing."""
        thread = Thread(
            id=self._world.ids.next(),
            name=title,
            guild_id=forum.guild_id,
            parent=forum,
            owner_id=author.id,
            member_ids={author.id},
        )
        self.all.append(thread)
        self._world.announce("THREAD_CREATE", {**self.payload(thread), "newly_created": True})
        body = {"content": text}
        self._world.messages.keep(thread, payloads.message(thread.id, thread, author, body), body)
        return thread

    def change(self, thread: Thread, settings: Json) -> None:
        """What PATCH does. An archived thread takes no change until it is reopened."""
        if thread.archived and settings.get("archived") is not False:
            raise thread_archived()
        if "archived" in settings:
            thread.archive_changed_at = timestamp()
        for name in SETTINGS:
            if name in settings:
                setattr(thread, name, settings[name])
        self._world.announce("THREAD_UPDATE", self.payload(thread))

    def delete(self, thread: Thread) -> None:
        self.all.remove(thread)
        gone = {"id": thread.id, "guild_id": thread.guild_id, "parent_id": thread.parent.id, "type": 11}
        self._world.announce("THREAD_DELETE", gone)

    def before_message(self, channel: Channel, author: Member) -> None:
        """A message joins its author to the thread and reopens it, unless it is locked."""
        if not isinstance(channel, Thread):
            return
        may_manage = self._world.permissions(author, channel) & Permission.MANAGE_THREADS
        if channel.archived and channel.locked and not may_manage:
            raise thread_archived()
        if channel.archived:
            self.change(channel, {"archived": False})
        channel.member_ids.add(author.id)
        channel.message_count += 1

    def of(self, parent: TextChannel) -> list[Thread]:
        return [thread for thread in self.all if thread.parent is parent]

    def active(self) -> list[Thread]:
        return [thread for thread in self.all if not thread.archived]

    def payload(self, thread: Thread) -> Json:
        """The thread, with the bot's membership once the bot is in it."""
        bot = self._world.bot.id
        member = {"member": thread.membership(bot)} if bot in thread.member_ids else {}
        return {**thread.payload(), **member}

    def _mark_message(self, thread: Thread, message: Json) -> None:
        message["flags"] |= HAS_THREAD
        message["thread"] = thread.payload()
        self._world.messages.announce_update(message)
        author = self._world.member_by_id(message["author"]["id"])
        starter = payloads.message(self._world.ids.next(), thread, author, {})
        starter.update({**payloads.reference(message, thread.guild_id), "type": THREAD_STARTER})
        self._world.messages.keep(thread, starter, {})

    def _tell_parent(self, thread: Thread, owner: Member) -> None:
        line = payloads.message(self._world.ids.next(), thread.parent, owner, {"content": thread.name})
        line["type"] = THREAD_CREATED
        line["message_reference"] = {"type": 0, "channel_id": thread.id, "guild_id": thread.guild_id}
        self._world.messages.keep(thread.parent, line, {})
