"""What members of the guild do, as far as the bot gets to see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.discord_loopback.basics import Json, until
from tests.discord_loopback.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, Interaction
from tests.discord_loopback.limits import walk
from tests.discord_loopback.models import Channel, Member, TextChannel, Thread
from tests.discord_loopback.options import Typed, Value
from tests.discord_loopback.payloads import EPHEMERAL
from tests.discord_loopback.permissions import Permission
from tests.discord_loopback.world import World

BUTTON = 2
SLASH, MESSAGE_MENU = 1, 3


class Actions:
    """The members' side of the fake. Messages are the dictionaries that are stored, so they follow later edits."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def say(
        self,
        author: Member,
        channel: Channel,
        text: str,
        *,
        mention_bot: bool = False,
        reply_to: Json | None = None,
        files: Sequence[Json] = (),
    ) -> Json:
        """A member writes a message, with the bot's mention in front where asked."""
        body: Json = {"content": f"{self.world.bot.mention} {text}" if mention_bot else text}
        if reply_to is not None:
            body["message_reference"] = {"message_id": reply_to["id"]}
        return self.world.messages.write(channel, author, body, files)

    async def edit(self, message: Json, text: str) -> Json:
        return self.world.messages.rewrite(self.world.messages.current(message), {"content": text})

    async def delete(self, message: Json) -> None:
        self.world.messages.remove(self.world.messages.current(message))

    async def react(self, member: Member, message: Json, emoji: str) -> None:
        self.world.reactions.add(self.world.messages.current(message), member, emoji)

    async def unreact(self, member: Member, message: Json, emoji: str) -> None:
        self.world.reactions.remove(self.world.messages.current(message), member, emoji)

    async def open_thread(self, member: Member, parent: TextChannel, name: str, message: Json | None = None) -> Thread:
        """A member opens a thread, on a message or beside the channel's talk."""
        on = None if message is None else self.world.messages.current(message)
        return self.world.threads.open(parent, member, {"name": name}, on)

    async def open_post(self, member: Member, forum: TextChannel, title: str, text: str) -> Thread:
        """A member opens a post of a forum."""
        return self.world.threads.post(forum, member, title, text)

    async def slash(
        self,
        member: Member,
        channel: Channel,
        command: str,
        options: Mapping[str, Value] | None = None,
        timeout: float = 10,
    ) -> Interaction:
        """A member uses a command, ``"group sub"`` for a subcommand, as soon as the bot has registered it."""
        name, *path = command.split()
        found = await self._command(name, channel, timeout)
        _check_use(self.world, found, member, channel)
        data = Typed(self.world, channel, options or {}).data(found, path)
        return self.world.interactions.open(COMMAND, member, channel, data)

    async def menu(self, member: Member, message: Json, name: str, timeout: float = 10) -> Interaction:
        """A member uses a command from the menu of a message."""
        channel = self.world.find_channel(message["channel_id"])
        found = await self._command(name, channel, timeout, MESSAGE_MENU)
        _check_use(self.world, found, member, channel)
        target = self.world.messages.current(message)
        data: Json = {"id": found["id"], "name": name, "type": MESSAGE_MENU, "target_id": target["id"]}
        data["resolved"] = {"messages": {target["id"]: target}}
        return self.world.interactions.open(COMMAND, member, channel, data)

    async def autocomplete(self, member: Member, channel: Channel, command: str, option: str, typed: str) -> list[Json]:
        """What the bot suggests while a member types an option."""
        name, *path = command.split()
        found = await self._command(name, channel, timeout=10)
        data = Typed(self.world, channel, {option: typed}, focused=option).data(found, path)
        interaction = self.world.interactions.open(AUTOCOMPLETE, member, channel, data)
        callback = await interaction.wait_for_callback()
        return list(callback["data"]["choices"])

    async def click(
        self, member: Member, message: Json, component: str, values: list[str] | None = None
    ) -> Interaction:
        """A member uses the button or menu with this label, or whose custom_id begins so."""
        message = self.world.messages.current(message)
        if message["flags"] & EPHEMERAL and message["interaction_metadata"]["user"]["id"] != member.id:
            raise PermissionError(f"{member.name} does not see the message")
        found = _component(message, component)
        data: Json = {"custom_id": found["custom_id"], "component_type": found["type"], "id": found.get("id", 1)}
        if found["type"] != BUTTON:
            data["values"] = values or []
        channel = self.world.find_channel(message["channel_id"])
        return self.world.interactions.open(COMPONENT, member, channel, data, message)

    async def submit(self, form: Interaction, fields: dict[str, str]) -> Interaction:
        """A member fills in the form that the bot answered with, and sends it. Fields go by custom_id."""
        asked = await form.wait_for_callback()
        rows = [
            {"type": 1, "components": [{"type": 4, "custom_id": each["custom_id"], "value": fields[each["custom_id"]]}]}
            for each in walk(asked["data"]["components"])
            if each.get("custom_id") in fields
        ]
        data: Json = {"custom_id": asked["data"]["custom_id"], "components": rows}
        return self.world.interactions.open(MODAL, form.member, form.channel, data, form.message)

    async def _command(self, name: str, channel: Channel, timeout: float, kind: int = SLASH) -> Json:
        what = f"the bot has registered no {name!r}"
        return await until(lambda: self.world.commands.find(name, channel.guild_id, kind), timeout, what)


def _check_use(world: World, command: Json, member: Member, channel: Channel) -> None:
    """Discord's client hides a command from members without the permissions that it asks for."""
    needed = Permission(int(command["default_member_permissions"] or 0)) | Permission.USE_APPLICATION_COMMANDS
    here = 0 if channel.guild_id else 1
    if here not in (command.get("contexts") or [0, 1]) or (here and command.get("dm_permission") is False):
        raise PermissionError(f"/{command['name']} is not offered in {channel.name}")
    if channel.guild_id and needed & ~world.permissions(member, channel):
        raise PermissionError(f"{member.name} is not offered /{command['name']}")


def _component(message: Json, wanted: str) -> Json:
    usable = [each for each in walk(message["components"]) if each.get("custom_id")]
    for each in usable:
        if wanted == each.get("label") or each["custom_id"].startswith(wanted):
            if each.get("disabled"):
                raise PermissionError(f"{wanted!r} is disabled")
            return each
    raise LookupError(f"no {wanted!r} among {[(each.get('label'), each['custom_id']) for each in usable]}")
