"""The messages that looked off topic."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.engine import Engine
from storage.flags import Flag
from storage.records import Label
from tui.data.desk import BY, Desk


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

    async def decide(self, flag_id: int, verdict: Label) -> Decided:
        """Closes a flag and teaches its message; raises NoSuchFlagError."""
        return await self._desk.threads.acting.run(
            lambda engine: self._counted(engine, engine.conversations.decide(flag_id, verdict, BY))
        )

    async def reopen(self, flag_id: int) -> Decided:
        """Takes a verdict back, and what it taught; raises NoSuchFlagError."""
        return await self._desk.threads.acting.run(
            lambda engine: self._counted(engine, engine.conversations.reopen(flag_id))
        )

    def _counted(self, engine: Engine, flag: Flag) -> Decided:
        taught = engine.stores.taught
        return Decided(flag, len(taught.list(flag.space, "in")), len(taught.list(flag.space, "out")))
