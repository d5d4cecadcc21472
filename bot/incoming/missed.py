"""What of a channel's past is still to be answered: questions that nothing became of, each with all its messages."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence

import discord

from bot.community.manners import ANSWERS_IN_A_CHANNEL, TEN_MINUTES
from bot.incoming.gathering import MOST_PARTS, MOST_WAITS

_ASKED_AT_ONCE = 100
"""Members; Discord tells of no more in one answer."""

Parts = tuple[discord.Message, ...]


def unanswered(
    messages: Sequence[discord.Message],
    me: discord.abc.User,
    wanted: Callable[[discord.Message], bool],
    patience: float,
) -> Iterator[Parts]:
    """The questions among ``messages``, oldest first, that knowbot has not replied to.

    ``wanted`` says which messages may be one. What a member writes within ``patience`` seconds is one question.
    """
    replied_to = {each.reference.message_id for each in messages if each.author == me and each.reference}
    replied = [each for each in messages if each.id in replied_to]
    # Of a question in several messages, the last one is replied to.
    span = datetime.timedelta(seconds=1 + patience * MOST_WAITS)
    left = [
        message
        for message in messages
        if not any(
            each.author == message.author and message.created_at <= each.created_at <= message.created_at + span
            for each in replied
        )
    ]
    yield from _questions([each for each in left if wanted(each)], datetime.timedelta(seconds=patience))


async def meet_authors(guild: discord.Guild, messages: Sequence[discord.Message]) -> None:
    """Makes the authors members again, with their roles: the past names mere users. Who has left stays a user."""
    unknown = {each.author.id for each in messages if isinstance(each.author, discord.User) and not each.author.bot}
    numbers = sorted(unknown)
    for start in range(0, len(numbers), _ASKED_AT_ONCE):
        asked = numbers[start : start + _ASKED_AT_ONCE]
        members = {member.id: member for member in await guild.query_members(user_ids=asked, cache=False)}
        for message in messages:
            message.author = members.get(message.author.id, message.author)


def has_company(message: discord.Message, messages: Sequence[discord.Message], me: discord.abc.User) -> bool:
    """True where somebody replied to an unasked question, or where knowbot had said enough in its channel by then."""
    if any(each.reference and each.reference.message_id == message.id for each in messages):
        return True
    earliest = message.created_at - datetime.timedelta(seconds=TEN_MINUTES)
    ours = [each for each in messages if each.author == me and earliest <= each.created_at <= message.created_at]
    return len(ours) >= ANSWERS_IN_A_CHANNEL


def _questions(messages: Sequence[discord.Message], patience: datetime.timedelta) -> Iterator[Parts]:
    """By author, where each message follows the one before it within ``patience``."""
    open_questions: dict[int, list[discord.Message]] = {}
    for message in messages:
        parts = open_questions.get(message.author.id)
        if parts and message.created_at - parts[-1].created_at < patience and len(parts) < MOST_PARTS:
            parts.append(message)
            continue
        if parts:
            yield tuple(parts)
        open_questions[message.author.id] = [message]
    yield from map(tuple, open_questions.values())
