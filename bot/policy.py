"""When knowbot speaks, when it keeps quiet, and when it tells the moderators. The whole policy is on this page."""

from __future__ import annotations

from dataclasses import dataclass

from bot.settings import Mode
from retrieval.gate import raises_flag
from retrieval.types import Answer, Decision

FLAGS_AN_HOUR = 10
"""Beyond this many notices within an hour, one digest stands for the rest."""

QUESTIONS_A_MINUTE = 6
"""What one member may ask the bot before it asks for a minute's patience."""


@dataclass(frozen=True)
class Setting:
    """How a message reached knowbot: was it spoken to, in a channel of which mode (None: not watched), by staff?

    ``shadow``: in a place where it only listens, which holds for what is not watched there as well.
    """

    addressed: bool
    mode: Mode | None
    staff: bool
    shadow: bool = False

    @property
    def concerns_us(self) -> bool:
        """What is addressed to knowbot where it speaks, and what members say in watched channels."""
        return self.waits_for_reply or (self.mode is not None and not self.staff)

    @property
    def waits_for_reply(self) -> bool:
        """True where somebody spoke to knowbot who is to be told something, whatever comes of it."""
        return self.addressed and not self.shadow


def speaks(decision: Decision, setting: Setting) -> bool:
    """Always to those who spoke to it; unasked, only answers, and only where the channel's mode is helpful.

    Where it only listens, never.
    """
    return setting.waits_for_reply or (setting.mode == "helpful" and decision == "answer")


def flags(answer: Answer, setting: Setting) -> bool:
    """Off-topic messages of members in watched channels that were not addressed to knowbot.

    Moderators are told of them, but where it only listens.
    """
    watched = setting.mode is not None and not setting.staff
    return watched and raises_flag(answer.decision, setting.addressed, len(answer.question.text.split()))
