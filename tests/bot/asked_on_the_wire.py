"""Questions put to the shipped process, and the proof that each came to exactly one outcome."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from tests.bot.running import RunningBot
from tests.bot.server import ANSWERED
from tests.discord_loopback import Channel, DiscordLoopback, Json

QUIET_SECONDS = 1.0
"""Long enough for a second answer that ought not to come."""


@dataclass
class Asked:
    """Every question comes from a member of its own, so that no limit of a member's is met."""

    discord: DiscordLoopback
    bot: RunningBot
    questions: list[Json] = field(default_factory=list)

    async def ask(self, text: str = ANSWERED, channel: str = "general", mention: bool = True) -> Json:
        """A question to knowbot, or to everybody, by somebody new."""
        world = self.discord.world
        member = world.add_member(f"member {len(self.questions)}")
        question = await self.discord.say(member, world.channel(channel), text, mention_bot=mention)
        self.questions.append(question)
        return question

    async def answered(self, question: Json, timeout: float = 30) -> Json:
        """The reply to a question, once it is there."""
        return await self.discord.until(lambda: next(iter(self.replies_to(question)), None), timeout)

    async def ask_and_wait(self, text: str = ANSWERED, timeout: float = 30) -> Json:
        """Asks, and waits for the reply, which is returned."""
        return await self.answered(await self.ask(text), timeout)

    def replies_to(self, question: Json) -> list[Json]:
        """What knowbot posted in reply."""
        world = self.discord.world
        channel: Channel = world.find_channel(question["channel_id"])
        posted = world.messages.in_channel(channel, world.bot)
        return [each for each in posted if each.get("message_reference", {}).get("message_id") == question["id"]]

    async def check(self) -> None:
        """Every question has one reply, and the log is sentences: nothing of knowbot's failed."""
        await asyncio.sleep(QUIET_SECONDS)
        assert [len(self.replies_to(question)) for question in self.questions] == [1] * len(self.questions)
        assert "Traceback" not in self.bot.logged()
        assert self.discord.faults.impatient == []
