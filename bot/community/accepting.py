"""Whose check mark makes a message the answer of its thread."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.community.staff import is_staff
from bot.settings import Settings

ACCEPTED = frozenset({"✅", "☑️", "✔️", "☑", "✔"})
"""Reactions that mark the answer of a thread."""

MOST_MARKED = 5
"""Marked messages of a thread that Discord is asked about, the last ones."""

MOST_MARKS = 100
"""Members that it is asked for, of one mark; it names no more in one answer."""


class Accepting:
    """Who asked accepts what others answer, and staff whatever they like: nobody else's mark counts.

    It remembers who is staff, which Discord has to be asked for: make one for each reading of a channel.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._staff: dict[int, bool] = {}

    async def answer(self, question: discord.Message, others: Sequence[discord.Message]) -> discord.Message | None:
        """The last one of ``others`` (oldest first) that was accepted. Raises what Discord refuses, and TimeoutError.

        It costs a request for each mark, and one for the roles of those who are not known yet.
        """
        marked = [each for each in others if _marks(each)]
        for message in reversed(marked[-MOST_MARKED:]):
            if await self._is_accepted(message, question.author.id):
                return message
        return None

    async def _is_accepted(self, message: discord.Message, asker: int) -> bool:
        for mark in _marks(message):
            by = {user.id async for user in mark.users(limit=MOST_MARKS) if not user.bot}
            if asker in by and asker != message.author.id:
                return True
            if message.guild and await self._any_staff(message.guild, by):
                return True
        return False

    async def _any_staff(self, guild: discord.Guild, numbers: set[int]) -> bool:
        """Reactions of the past name mere users: who of them is a member, and with which roles, is asked for."""
        unknown = sorted(numbers - self._staff.keys())
        if unknown:
            members = await guild.query_members(user_ids=unknown, limit=MOST_MARKS, cache=False)
            staff = {member.id for member in members if is_staff(member, self._settings)}
            self._staff.update((number, number in staff) for number in unknown)
        return any(self._staff[number] for number in numbers)


def _marks(message: discord.Message) -> list[discord.Reaction]:
    return [reaction for reaction in message.reactions if str(reaction.emoji) in ACCEPTED]
