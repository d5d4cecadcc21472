"""How a good member of a server behaves: does not interrupt, does not talk over people, does not repeat itself."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

QUIET_SECONDS = 1800.0
"""After staff spoke with members in a channel, nobody needs an answer that was not asked of knowbot."""

EDIT_SECONDS = 60.0
"""A question that is edited within this time gets another answer; later, people have read the first one."""

ANSWERS_IN_A_CHANNEL = 8
"""Unasked answers in one channel within ten minutes; beyond them knowbot waits to be spoken to."""

QUESTIONS_IN_A_CHANNEL = 40
"""Questions to knowbot in one channel within a minute, of all members together."""

TEN_MINUTES = 600.0
_MOST_KEYS = 5000


@dataclass
class Presence:
    """When staff last spoke with members in each channel; what they say among themselves is no answer."""

    _last: dict[int, float] = field(default_factory=dict)
    _spoke: dict[int, bool] = field(default_factory=dict)

    def heard(self, channel_id: int, by_staff: bool, is_reply: bool, now: float) -> None:
        """Somebody spoke. Staff who speak after a member, or reply to anybody, are answering."""
        after_member = self._spoke.get(channel_id, False)
        if by_staff and (after_member or is_reply or self.is_quiet(channel_id, now)):
            self._last[channel_id] = max(now, self._last.get(channel_id, now))
        self._spoke[channel_id] = not by_staff

    def is_quiet(self, channel_id: int, now: float) -> bool:
        """True while staff answer in a channel, and for QUIET_SECONDS after that."""
        last = self._last.get(channel_id)
        return last is not None and 0 <= now - last < QUIET_SECONDS


@dataclass
class Allowance:
    """So many times within so many seconds, for each key."""

    times: int
    seconds: float
    _taken: dict[Hashable, list[float]] = field(default_factory=dict)

    def take(self, key: Hashable, now: float) -> bool:
        """Takes one; False where none was left."""
        recent = [at for at in self._taken.get(key, ()) if 0 <= now - at < self.seconds]
        allowed = len(recent) < self.times
        self._taken[key] = [*recent, now] if allowed else recent
        if len(self._taken) > _MOST_KEYS:
            self._taken = {
                key: times for key, times in self._taken.items() if now - max(times, default=0) < self.seconds
            }
        return allowed


def unasked_answers() -> Allowance:
    """What a channel may hear that nobody asked of knowbot."""
    return Allowance(ANSWERS_IN_A_CHANNEL, TEN_MINUTES)
