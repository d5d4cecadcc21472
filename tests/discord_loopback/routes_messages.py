"""Routes for messages and reactions."""

from __future__ import annotations

from tests.discord_loopback.basics import Json
from tests.discord_loopback.errors import missing_permissions, not_your_message
from tests.discord_loopback.models import Thread
from tests.discord_loopback.permissions import Permission
from tests.discord_loopback.routing import Call, Reply, Routes

routes = Routes()


@routes.add("POST", "channels/{channel}/messages")
def create(call: Call) -> Reply:
    in_thread = isinstance(call.channel(), Thread)
    needed = Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES
    if call.body.get("message_reference"):
        needed |= Permission.READ_MESSAGE_HISTORY
    if call.files:
        needed |= Permission.ATTACH_FILES
    return call.world.messages.write(call.channel(needed), call.world.bot, call.body, call.files)


@routes.add("GET", "channels/{channel}/messages")
def history(call: Call) -> Reply:
    """Without the right to read back, Discord gives an empty list rather than an error."""
    channel = call.channel()
    granted = call.world.permissions(call.world.bot, channel)
    return call.world.messages.history(channel, call.query) if granted & Permission.READ_MESSAGE_HISTORY else []


@routes.add("GET", "channels/{channel}/messages/{message}")
def get(call: Call) -> Reply:
    return call.message(Permission.READ_MESSAGE_HISTORY)


@routes.add("PATCH", "channels/{channel}/messages/{message}")
def edit(call: Call) -> Reply:
    message = call.message()
    if not _is_own(call, message):
        raise not_your_message()
    return call.world.messages.rewrite(message, call.body, call.files)


@routes.add("DELETE", "channels/{channel}/messages/{message}")
def delete(call: Call) -> Reply:
    message = call.message()
    if not _is_own(call, message):
        call.channel(Permission.MANAGE_MESSAGES)
    call.world.messages.remove(message)
    return None


@routes.add("POST", "channels/{channel}/typing")
def typing(call: Call) -> Reply:
    call.channel(Permission.SEND_MESSAGES)
    return None


@routes.add("PUT", "channels/{channel}/messages/{message}/reactions/{emoji}/@me")
def react(call: Call) -> Reply:
    needed = Permission.READ_MESSAGE_HISTORY
    if not call.world.reactions.by(call.message(), call.path["emoji"]):
        needed |= Permission.ADD_REACTIONS
    call.world.reactions.add(call.message(needed), call.world.bot, call.path["emoji"])
    return None


@routes.add("DELETE", "channels/{channel}/messages/{message}/reactions/{emoji}/{user}")
def unreact(call: Call) -> Reply:
    own = call.path["user"] in ("@me", call.world.bot.id)
    member = call.world.bot if own else call.world.member_by_id(call.path["user"])
    granted = call.world.permissions(call.world.bot, call.channel())
    if not own and not granted & Permission.MANAGE_MESSAGES:
        raise missing_permissions()
    call.world.reactions.remove(call.message(), member, call.path["emoji"])
    return None


@routes.add("GET", "channels/{channel}/messages/{message}/reactions/{emoji}")
def reactors(call: Call) -> Reply:
    return [member.user() for member in call.world.reactions.by(call.message(), call.path["emoji"])]


def _is_own(call: Call, message: Json) -> bool:
    return bool(message["author"]["id"] == call.world.bot.id)
