"""What a member typed behind a slash, turned into the types that the command declared, as Discord's client does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord_loopback.basics import Json
from tests.discord_loopback.models import Channel, Member, Role

if TYPE_CHECKING:
    from tests.discord_loopback.world import World

SUB_COMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = range(1, 11)
Thing = Member | Role | Channel
Plain = str | int | float | bool
Value = Plain | Thing


@dataclass
class Typed:
    """One invocation on its way to the bot. ``focused`` names the option still being typed, for autocomplete."""

    world: World
    channel: Channel
    values: Mapping[str, Value]
    focused: str | None = None
    resolved: Json = field(default_factory=dict)

    def data(self, command: Json, path: list[str]) -> Json:
        """The interaction's data. ``path`` holds the names of group and subcommand."""
        found: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
        found["options"] = self._options(command.get("options") or [], path)
        if "guild_id" in command:
            found["guild_id"] = command["guild_id"]
        return {**found, "resolved": self.resolved} if self.resolved else found

    def _options(self, declared: list[Json], path: list[str]) -> list[Json]:
        by_name = {each["name"]: each for each in declared}
        if path:
            inner = by_name[path[0]]
            nested = self._options(inner.get("options") or [], path[1:])
            return [{"name": inner["name"], "type": inner["type"], "options": nested}]
        if strange := set(self.values) - set(by_name):
            raise ValueError(f"the command has no option {sorted(strange)}, only {sorted(by_name)}")
        missing = [name for name, each in by_name.items() if each.get("required") and name not in self.values]
        if missing and self.focused is None:
            raise ValueError(f"the command requires {missing}")
        return [self._option(by_name[name], value) for name, value in self.values.items()]

    def _option(self, declared: Json, value: Value) -> Json:
        kind = declared["type"]
        if declared["name"] == self.focused:
            return {"name": declared["name"], "type": kind, "value": str(value), "focused": True}
        sent = self._resolve(kind, value) if isinstance(value, Thing) else _plain(kind, value)
        if wrong := _wrong(declared, sent):
            raise ValueError(f"{declared['name']}={value!r}: {wrong}")
        return {"name": declared["name"], "type": kind, "value": sent}

    def _resolve(self, kind: int, thing: Thing) -> str:
        if isinstance(thing, Member) and kind in (USER, MENTIONABLE):
            self._resolve_member(thing)
        elif isinstance(thing, Role) and kind in (ROLE, MENTIONABLE):
            self.resolved.setdefault("roles", {})[thing.id] = thing.payload()
        elif isinstance(thing, Channel) and kind == CHANNEL:
            allowed = str(int(self.world.permissions(self.world.owner, thing)))
            self.resolved.setdefault("channels", {})[thing.id] = {**thing.payload(), "permissions": allowed}
        else:
            raise ValueError(f"an option of type {kind} takes no {thing!r}")
        return thing.id

    def _resolve_member(self, member: Member) -> None:
        self.resolved.setdefault("users", {})[member.id] = member.user()
        if self.channel.guild_id:
            partial = self.world.membership(member, self.channel)
            self.resolved.setdefault("members", {})[member.id] = {k: v for k, v in partial.items() if k != "user"}


def _plain(kind: int, value: Plain) -> Plain:
    if kind == INTEGER:
        return int(value)
    if kind == NUMBER:
        return float(value)
    if kind == BOOLEAN:
        return str(value).lower() == "true"
    if kind != STRING:
        raise ValueError(f"an option of type {kind} takes no {value!r}")
    return str(value)


def _wrong(declared: Json, value: Plain) -> str:
    """What the client would have marked in red; nothing where all is well."""
    choices = [choice["value"] for choice in declared.get("choices") or []]
    if choices and value not in choices:
        return f"not one of {choices}"
    size = len(str(value)) if declared["type"] == STRING else value
    unit = "length" if declared["type"] == STRING else "value"
    low, high = declared.get(f"min_{unit}"), declared.get(f"max_{unit}")
    if (low is not None and size < low) or (high is not None and size > high):
        return f"outside {low}..{high}"
    return ""
