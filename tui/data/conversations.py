"""The messages that looked off topic."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.anomaly import Verdict
from retrieval.engine import Engine
from retrieval.reviewing.teaching import Lesson
from storage.flags import Flag
from storage.records import Label
from tui.data.desk import BY, DecidedMeanwhileError, Desk


@dataclass(frozen=True)
class Flagged:
    """The flags of the space at ``now``, open ones first, each part newest first."""

    now: float
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Decided:
    """A flag after a verdict, and how many messages of either kind the judge knows now."""

    flag: Flag
    on_topic: int
    off_topic: int


@dataclass(frozen=True)
class Reason:
    """Why the judge thinks so of a flagged message, and what either verdict on it would change."""

    verdict: Verdict
    as_on_topic: Lesson
    as_off_topic: Lesson


class ConversationsData:
    """Reads flags; a verdict teaches."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def flags(self, open_only: bool) -> Flagged:
        """The latest flags."""

        def read(engine: Engine) -> Flagged:
            flags = engine.stores.flags.list(self._desk.space, open_only)
            return Flagged(self._desk.clock(), tuple(sorted(flags, key=lambda flag: flag.verdict is not None)))

        return await self._desk.threads.reading.run(read)

    async def reason(self, flag: Flag) -> Reason:
        """What the judge says of the flag's message just now; may take a while, since messages are encoded."""
        return await self._desk.threads.looking.run(
            lambda engine: Reason(
                engine.judge.why(flag.space, flag.excerpt),
                engine.teaching.lesson(flag.space, flag.excerpt, "in"),
                engine.teaching.lesson(flag.space, flag.excerpt, "out"),
            )
        )

    async def decide(self, seen: Flag, verdict: Label) -> Decided:
        """Closes a flag and teaches its message; raises NoSuchFlagError.

        Raises DecidedMeanwhileError where it is not as it was ``seen`` any more.
        """

        def act(engine: Engine) -> Decided:
            with engine.stores.write():
                _refuse_unseen(engine.stores.flags.get(seen.id), seen)
                return self._counted(engine, engine.conversations.decide(seen.id, verdict, BY))

        return await self._desk.threads.acting.run(act)

    async def reopen(self, flag_id: int) -> Decided:
        """Takes a verdict back, and what it taught; raises NoSuchFlagError."""
        return await self._desk.threads.acting.run(
            lambda engine: self._counted(engine, engine.conversations.reopen(flag_id))
        )

    def _counted(self, engine: Engine, flag: Flag) -> Decided:
        taught = engine.stores.taught
        return Decided(flag, len(taught.list(flag.space, "in")), len(taught.list(flag.space, "out")))


def _refuse_unseen(flag: Flag, seen: Flag) -> None:
    if flag.verdict != seen.verdict:
        said = {"in": "on topic", "out": "off topic"}.get(flag.verdict or "", "open again")
        raise DecidedMeanwhileError(
            f"somebody else was quicker ({flag.decided_by or 'taken back'}): flag {flag.id} is {said}; "
            "f shows those that were decided, z reopens one"
        )
