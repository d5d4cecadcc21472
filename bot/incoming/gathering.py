"""Waits for the rest of a question that one member writes in several messages, and hands it on once and whole."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import discord

MOST_PARTS = 8
"""Whoever goes on after so many messages tells a story; what there is of it is answered."""

MOST_WAITS = 3
"""How often a further message prolongs the wait: first words have to come while the asker is there."""

_Place = tuple[int, int]


@dataclass
class Gathering:
    """``patience`` is how many seconds a member may pause within one question; with 0 each message stands alone."""

    patience: float
    _open: dict[_Place, list[discord.Message]] = field(default_factory=dict)

    def is_open(self, message: discord.Message) -> bool:
        """True where the author's question in that channel is still being waited for."""
        return _place(message) in self._open

    def add(self, message: discord.Message) -> None:
        """Adds to an open question."""
        parts = self._open[_place(message)]
        if len(parts) < MOST_PARTS:
            parts.append(message)

    async def whole(self, message: discord.Message) -> list[discord.Message]:
        """Opens a question with ``message``, waits, and returns its parts; none where all were deleted meanwhile."""
        place = _place(message)
        parts = self._open[place] = [message]
        try:
            for _ in range(MOST_WAITS if self.patience else 0):
                before = len(parts)
                await asyncio.sleep(self.patience)
                if len(parts) == before:
                    break
        finally:
            del self._open[place]
        return parts

    def edit(self, message: discord.Message) -> bool:
        """Takes an edited part for the former one; False where no open question has it."""
        for parts in self._open.values():
            for place, part in enumerate(parts):
                if part.id == message.id:
                    parts[place] = message
                    return True
        return False

    def drop(self, message_id: int) -> bool:
        """Takes a deleted part out; False where no open question has it."""
        for parts in self._open.values():
            for part in parts:
                if part.id == message_id:
                    parts.remove(part)
                    return True
        return False


def _place(message: discord.Message) -> _Place:
    return message.channel.id, message.author.id
