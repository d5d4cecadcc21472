"""Whom a message pings: its content, cut down to what allowed_mentions and the author's permissions let through."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.discord_loopback.basics import Json
from tests.discord_loopback.models import Member, Role

USER = re.compile(r"<@!?(\d+)>")
ROLE = re.compile(r"<@&(\d+)>")
EVERYONE = re.compile(r"@(everyone|here)\b")
EPHEMERAL = 64


class Allowed:
    """The ``allowed_mentions`` of one request. Without any, Discord pings whomever the content names."""

    def __init__(self, body: Json) -> None:
        given: Json | None = body.get("allowed_mentions")
        everything = {"parse": ["users", "roles", "everyone"], "replied_user": True}
        self._rules: Json = everything if given is None else given

    def all(self, kind: str) -> bool:
        return kind in (self._rules.get("parse") or [])

    def one(self, kind: str, target_id: str) -> bool:
        return self.all(kind) or target_id in [str(each) for each in self._rules.get(kind) or []]

    def replied_user(self) -> bool:
        return bool(self._rules.get("replied_user"))


def pings(
    body: Json, members: Iterable[Member], roles: Iterable[Role], may_ping_everyone: bool, replied_to: Json | None
) -> Json:
    """The three fields of a message that say who is notified."""
    content = body.get("content") or ""
    if (body.get("flags") or 0) & EPHEMERAL:
        return {"mentions": [], "mention_roles": [], "mention_everyone": False}
    allowed = Allowed(body)
    named = set(USER.findall(content))
    users = {member.id: member.user() for member in members if member.id in named and allowed.one("users", member.id)}
    if replied_to is not None and allowed.replied_user():
        users[replied_to["author"]["id"]] = replied_to["author"]
    named_roles = set(ROLE.findall(content))
    pinged = [
        role.id
        for role in roles
        if role.id in named_roles and allowed.one("roles", role.id) and (role.mentionable or may_ping_everyone)
    ]
    everyone = bool(EVERYONE.search(content)) and may_ping_everyone and allowed.all("everyone")
    return {"mentions": list(users.values()), "mention_roles": pinged, "mention_everyone": everyone}
