"""Application commands: what the bot has registered, for everywhere (scope None) or for the guild."""

from __future__ import annotations

from tests.discord_loopback.basics import Json, Snowflakes
from tests.discord_loopback.errors import unknown
from tests.discord_loopback.limits import check_command


class Commands:
    """Commands by scope. Within one scope, a name and a type belong to one command."""

    def __init__(self, ids: Snowflakes, application_id: str) -> None:
        self._ids = ids
        self._application_id = application_id
        self._scopes: dict[str | None, list[Json]] = {}

    def all(self, scope: str | None = None) -> list[Json]:
        return list(self._scopes.get(scope, []))

    def replace(self, scope: str | None, wanted: list[Json]) -> list[Json]:
        """The whole list at once. A command that was there keeps its id."""
        for command in wanted:
            check_command(command)
        self._scopes[scope] = [self._registered(scope, command) for command in wanted]
        return self.all(scope)

    def upsert(self, scope: str | None, wanted: Json) -> Json:
        """One command, in place of the one with its name."""
        check_command(wanted)
        command = self._registered(scope, wanted)
        self._scopes[scope] = [each for each in self.all(scope) if each["id"] != command["id"]] + [command]
        return command

    def edit(self, scope: str | None, command_id: str, changes: Json) -> Json:
        """Some fields of one command."""
        command = self.by_id(scope, command_id)
        check_command({**command, **changes})
        command.update({**changes, "version": self._ids.next()})
        return command

    def delete(self, scope: str | None, command_id: str) -> None:
        self._scopes[scope].remove(self.by_id(scope, command_id))

    def by_id(self, scope: str | None, command_id: str) -> Json:
        for command in self.all(scope):
            if command["id"] == command_id:
                return command
        raise unknown("application command")

    def find(self, name: str, guild_id: str | None, kind: int = 1) -> Json | None:
        """What a member gets who types the name: the guild's own command hides the one for everywhere."""
        scopes = [guild_id, None] if guild_id else [None]
        known = [command for scope in scopes for command in self.all(scope) if command["type"] == kind]
        return next((command for command in known if command["name"] == name), None)

    def _registered(self, scope: str | None, wanted: Json) -> Json:
        kind = wanted.get("type", 1)
        same = [each for each in self.all(scope) if (each["name"], each["type"]) == (wanted["name"], kind)]
        defaults: Json = {"description": "", "default_member_permissions": None, "nsfw": False, "options": []}
        given = {key: value for key, value in wanted.items() if value is not None}
        own: Json = {
            "id": same[0]["id"] if same else self._ids.next(),
            "application_id": self._application_id,
            "version": self._ids.next(),
            "type": kind,
        }
        return {**defaults, **given, **own, **({"guild_id": scope} if scope else {})}
