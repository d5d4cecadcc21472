"""Interactions: what a member asked for by slash, button or form, and how the bot answered."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord_loopback import payloads
from tests.discord_loopback.basics import Json, until
from tests.discord_loopback.errors import token_expired, unknown
from tests.discord_loopback.models import Channel, Member

if TYPE_CHECKING:
    from tests.discord_loopback.world import World

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5


@dataclass(eq=False)
class Interaction:
    """One interaction, and all that came back for it.

    ``callback`` is the body of the first response, ``original`` the message that it made or changed, ``followups`` what
    came later. A followup to a deferral fills the original: Discord makes no second message then.
    """

    id: str
    kind: int
    member: Member
    channel: Channel
    data: Json
    message: Json | None = None
    callback: Json | None = None
    original: Json | None = None
    followups: list[Json] = field(default_factory=list)
    answers: list[Json] = field(default_factory=list)
    created: float = field(default_factory=time.monotonic)
    expired: bool = False

    @property
    def token(self) -> str:
        return f"interaction-token-{self.id}"

    @property
    def ephemeral(self) -> bool:
        """Whether nobody but the member sees the first response."""
        return bool(self.original and self.original["flags"] & payloads.EPHEMERAL)

    @property
    def thinking(self) -> bool:
        """Whether the response was deferred and has not come yet."""
        return bool(self.original and self.original["flags"] & payloads.LOADING)

    async def wait_for_callback(self, timeout: float = 10) -> Json:
        """The body of the first response: ``type`` and ``data``."""
        return await until(lambda: self.callback, timeout, f"no response to {self.data}")

    async def wait_for_answer(self, timeout: float = 20) -> Json:
        """The first message that says something: the response, what filled the deferral, or a followup."""
        answers = await until(lambda: self.answers, timeout, lambda: f"no answer to {self.data}: {self.callback}")
        return answers[0]

    def answered_with(self, message: Json) -> None:
        if not any(each is message for each in self.answers):
            self.answers.append(message)

    def metadata(self) -> Json:
        """What a message says about the interaction that it answers."""
        owners = {"0": self.channel.guild_id} if self.channel.guild_id else {"0": "0"}
        found = {"id": self.id, "type": self.kind, "user": self.member.user(), "authorizing_integration_owners": owners}
        if self.kind == COMMAND:
            found.update({"name": self.data["name"], "command_type": self.data["type"]})
        return found


class Interactions:
    """All interactions, by token. ``answer_within`` is what Discord grants for the first response, in seconds."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_token: dict[str, Interaction] = {}
        self.answer_within = 3.0

    def open(self, kind: int, member: Member, channel: Channel, data: Json, message: Json | None = None) -> Interaction:
        """A member asks for something, and the bot is told."""
        interaction = Interaction(self._world.ids.next(), kind, member, channel, data, message)
        self._by_token[interaction.token] = interaction
        self._world.announce("INTERACTION_CREATE", self._payload(interaction))
        return interaction

    def to_answer(self, interaction_id: str, token: str) -> Interaction:
        """For the first response: 10062 where the interaction is unknown or was left waiting too long."""
        found = self._by_token.get(token)
        if found is None or found.id != interaction_id:
            raise unknown("interaction")
        if found.callback is None and time.monotonic() - found.created > self.answer_within:
            raise unknown("interaction")
        return found

    def to_follow(self, application_id: str, token: str) -> Interaction:
        """For whatever comes after the first response. The token lives for fifteen minutes."""
        found = self._by_token.get(token)
        if found is None or application_id != self._world.application_id or found.callback is None:
            raise unknown("Webhook")
        if found.expired or time.monotonic() - found.created > 15 * 60:
            raise token_expired()
        return found

    def _payload(self, interaction: Interaction) -> Json:
        bot_may = str(int(self._world.permissions(self._world.bot, interaction.channel)))
        found: Json = {
            "id": interaction.id,
            "application_id": self._world.application_id,
            "type": interaction.kind,
            "token": interaction.token,
            "version": 1,
            "channel_id": interaction.channel.id,
            "channel": {**interaction.channel.payload(), "permissions": bot_may},
            "data": interaction.data,
            "locale": "en-US",
            "app_permissions": bot_may,
            "entitlements": [],
            "attachment_size_limit": 10 * 1024 * 1024,
            **self._place(interaction),
        }
        return found if interaction.message is None else {**found, "message": interaction.message}

    def _place(self, interaction: Interaction) -> Json:
        if not interaction.channel.guild_id:
            owners = {"0": "0"}
            return {"user": interaction.member.user(), "context": 1, "authorizing_integration_owners": owners}
        return {
            "guild_id": interaction.channel.guild_id,
            "guild": {"id": interaction.channel.guild_id, "features": [], "locale": "en-US"},
            "guild_locale": "en-US",
            "member": self._world.membership(interaction.member, interaction.channel),
            "context": 0,
            "authorizing_integration_owners": {"0": interaction.channel.guild_id},
        }
