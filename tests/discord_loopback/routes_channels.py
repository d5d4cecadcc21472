"""Routes for channels and threads."""

from __future__ import annotations

from typing import cast

from tests.discord_loopback.errors import flaw, invalid_form, missing_permissions
from tests.discord_loopback.models import DirectMessages, TextChannel, Thread
from tests.discord_loopback.permissions import Permission
from tests.discord_loopback.routing import Call, Reply, Routes

routes = Routes()


@routes.add("GET", "channels/{channel}")
def get(call: Call) -> Reply:
    return call.channel().payload()


@routes.add("PATCH", "channels/{channel}")
def edit(call: Call) -> Reply:
    channel = call.channel()
    if isinstance(channel, Thread):
        _check_thread_edit(call, channel)
        _check_name(call)
        call.world.threads.change(channel, call.body)
        return call.world.threads.payload(channel)
    text = cast(TextChannel, call.channel(Permission.MANAGE_CHANNELS))
    text.name, text.topic = call.body.get("name", text.name), call.body.get("topic", text.topic)
    call.world.announce("CHANNEL_UPDATE", text.payload())
    return text.payload()


@routes.add("DELETE", "channels/{channel}")
def delete(call: Call) -> Reply:
    """Threads are deleted, direct messages closed. The guild's channels are not for a support bot to delete."""
    channel = call.channel()
    if isinstance(channel, DirectMessages):
        return channel.payload()
    if not isinstance(channel, Thread):
        raise missing_permissions()
    call.channel(Permission.MANAGE_THREADS)
    call.world.threads.delete(channel)
    return channel.payload()


@routes.add("POST", "channels/{channel}/messages/{message}/threads", status=201)
def open_on_message(call: Call) -> Reply:
    message = call.message(Permission.CREATE_PUBLIC_THREADS)
    _check_name(call)
    parent = cast(TextChannel, call.channel())
    return call.world.threads.payload(call.world.threads.open(parent, call.world.bot, call.body, message))


@routes.add("POST", "channels/{channel}/threads", status=201)
def open_alone(call: Call) -> Reply:
    parent = cast(TextChannel, call.channel(Permission.CREATE_PUBLIC_THREADS))
    _check_name(call)
    return call.world.threads.payload(call.world.threads.open(parent, call.world.bot, call.body))


@routes.add("PUT", "channels/{channel}/thread-members/{user}")
def join(call: Call) -> Reply:
    cast(Thread, call.channel()).member_ids.add(_user(call))
    return None


@routes.add("DELETE", "channels/{channel}/thread-members/{user}")
def leave(call: Call) -> Reply:
    cast(Thread, call.channel()).member_ids.discard(_user(call))
    return None


@routes.add("GET", "channels/{channel}/thread-members")
def thread_members(call: Call) -> Reply:
    thread = cast(Thread, call.channel())
    return [thread.membership(user_id) for user_id in sorted(thread.member_ids)]


def _user(call: Call) -> str:
    asked = call.path["user"]
    return call.world.bot.id if asked == "@me" else call.world.member_by_id(asked).id


def _check_name(call: Call) -> None:
    if "name" in call.body and not 1 <= len(call.body["name"] or "") <= 100:
        raise invalid_form({"name": flaw("BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")})


def _check_thread_edit(call: Call, thread: Thread) -> None:
    """The owner of a thread may change it, and whoever manages threads; locking is for the latter only."""
    granted = call.world.permissions(call.world.bot, thread)
    own = thread.owner_id == call.world.bot.id and "locked" not in call.body
    if not own and not granted & Permission.MANAGE_THREADS:
        raise missing_permissions()


@routes.add("GET", "channels/{channel}/threads/archived/public")
def archived_threads(call: Call) -> Reply:
    parent = cast(TextChannel, call.channel(Permission.READ_MESSAGE_HISTORY))
    archived = [thread for thread in call.world.threads.of(parent) if thread.archived]
    return {"threads": [thread.payload() for thread in archived], "members": [], "has_more": False}
