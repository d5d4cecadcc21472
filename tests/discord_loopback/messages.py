"""Writing and editing messages: replies, pings, limits, nonces."""

from __future__ import annotations

from collections.abc import Sequence

from tests.discord_loopback import payloads
from tests.discord_loopback.basics import Json, timestamp
from tests.discord_loopback.errors import ApiError, flaw, invalid_form
from tests.discord_loopback.limits import CONTENT, CONTENT_WITH_NITRO, check_message
from tests.discord_loopback.mentions import pings
from tests.discord_loopback.message_log import MessageLog
from tests.discord_loopback.models import Channel, Member
from tests.discord_loopback.permissions import Permission


class Messages(MessageLog):
    """The log, and how a message gets into it."""

    def write(
        self, channel: Channel, author: Member, body: Json, files: Sequence[Json] = (), extra: Json | None = None
    ) -> Json:
        """A new message. ``extra`` holds the fields that Discord adds itself."""
        if repeated := self._same_nonce(channel, author, body):
            return repeated
        loading = (extra or {}).get("flags", 0) & payloads.LOADING
        check_message(body, CONTENT if author.bot else CONTENT_WITH_NITRO, has_something_else=bool(files or loading))
        reply = self._reply(channel, body)
        self._world.threads.before_message(channel, author)
        message = payloads.message(self._world.ids.next(), channel, author, body)
        message.update({**reply, **self._pings(channel, author, body, reply.get("referenced_message"))})
        message.update({"attachments": list(files), **(extra or {})})
        return self.keep(channel, message, body)

    def rewrite(self, message: Json, body: Json, files: Sequence[Json] = ()) -> Json:
        """An edit by the author, which is also how a deferred answer gets its content."""
        changes: Json = {key: body[key] or [] for key in ("embeds", "components") if key in body}
        if "content" in body:
            changes["content"] = (body["content"] or "").strip()
        attachments = _kept(message["attachments"], body) + list(files)
        longest = CONTENT if message["author"].get("bot") else CONTENT_WITH_NITRO
        check_message({**message, **changes}, longest, has_something_else=bool(attachments))
        message.update({**changes, **self._pings_again(message, {**body, **changes}), "attachments": attachments})
        # What was only "thinking" is now said for the first time, so it does not count as edited.
        if not message["flags"] & payloads.LOADING:
            message["edited_timestamp"] = timestamp()
        message["flags"] &= ~payloads.LOADING
        if "flags" in body:
            kept = message["flags"] & ~payloads.SUPPRESS_EMBEDS
            message["flags"] = kept | (body["flags"] or 0) & payloads.SUPPRESS_EMBEDS
        self.bodies[message["id"]].append(body)
        self.announce_update(message)
        return message

    def _same_nonce(self, channel: Channel, author: Member, body: Json) -> Json | None:
        """A client that retries with ``enforce_nonce`` gets the message that it has already sent."""
        if not (body.get("enforce_nonce") and body.get("nonce")):
            return None
        return self.with_nonce(channel, author, body["nonce"])

    def _reply(self, channel: Channel, body: Json) -> Json:
        wanted: Json = body.get("message_reference") or {}
        if not wanted:
            return {}
        try:
            return payloads.reference(self.find(channel.id, str(wanted.get("message_id"))), channel.guild_id)
        except ApiError:
            if wanted.get("fail_if_not_exists", True):
                gone = flaw("REPLIES_UNKNOWN_MESSAGE", "Unknown message")
                raise invalid_form({"message_reference": gone}) from None
            return {}

    def _pings(self, channel: Channel, author: Member, body: Json, replied_to: Json | None) -> Json:
        everyone = bool(self._world.permissions(author, channel) & Permission.MENTION_EVERYONE)
        return pings(body, self._world.members, self._world.roles, everyone, replied_to)

    def _pings_again(self, message: Json, body: Json) -> Json:
        channel = self._world.find_channel(message["channel_id"])
        author = self._world.member_by_id(message["author"]["id"])
        same = {"content": message["content"], **body, "flags": message["flags"]}
        return self._pings(channel, author, same, message.get("referenced_message"))


def _kept(attachments: list[Json], body: Json) -> list[Json]:
    """An edit that names attachments drops those that it does not name."""
    if "attachments" not in body:
        return attachments
    named = {str(each["id"]) for each in body["attachments"] or []}
    return [each for each in attachments if each["id"] in named]
