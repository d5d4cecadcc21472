"""What was lately asked and told, as long as an edit or a deletion of the question can still matter."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import discord

MOST = 1000
MOST_HEARD = 10_000


@dataclass(frozen=True)
class Told:
    """The messages of one question, its number in the database, and the message that answered it, if any did.

    ``contents`` are what the messages said then: discord.py changes messages in place when they are edited.
    """

    parts: tuple[discord.Message, ...]
    contents: tuple[str, ...]
    number: int | None
    reply: discord.Message | None

    def differs(self, message: discord.Message) -> bool:
        """True where ``message`` says something else than it did."""
        said = zip(self.parts, self.contents, strict=True)
        return any(part.id == message.id and content != message.content for part, content in said)

    def edited(self, message: discord.Message) -> tuple[discord.Message, ...]:
        """The parts with ``message`` in the place of what it was before."""
        return tuple(message if part.id == message.id else part for part in self.parts)


class Lately:
    """By the numbers of the messages that asked; the oldest are forgotten beyond MOST."""

    def __init__(self) -> None:
        self._told: OrderedDict[int, Told] = OrderedDict()

    def remember(self, told: Told) -> None:
        """Under each of its messages."""
        for part in told.parts:
            self._told[part.id] = told
            self._told.move_to_end(part.id)
        while len(self._told) > MOST:
            self._told.popitem(last=False)

    def find(self, message_id: int) -> Told | None:
        """What the message was part of."""
        return self._told.get(message_id)

    def forget(self, told: Told) -> None:
        """All its messages."""
        for part in told.parts:
            self._told.pop(part.id, None)

    def forget_author(self, member_id: int) -> None:
        """Whatever a member asked."""
        for told in list(self._told.values()):
            if any(part.author.id == member_id for part in told.parts):
                self.forget(told)


class Heard:
    """The numbers of the messages that were heard lately: what Discord tells twice is still one message."""

    def __init__(self) -> None:
        self._numbers: OrderedDict[int, None] = OrderedDict()

    def __contains__(self, message_id: object) -> bool:
        return message_id in self._numbers

    def is_new(self, message_id: int) -> bool:
        """True the first time that a message is asked about."""
        if message_id in self._numbers:
            return False
        self._numbers[message_id] = None
        if len(self._numbers) > MOST_HEARD:
            self._numbers.popitem(last=False)
        return True
