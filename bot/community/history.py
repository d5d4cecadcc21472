"""Discord's past as documents: a message by itself, or a solved thread as its question with the accepted answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import discord

from bot.community.places import bound_to
from retrieval.handed_in.channel_documents import ChannelDocument, MessageOfDocument

FEWEST_CHARACTERS = 40
"""A shorter message says too little to be quoted to anybody."""

SOLVED = frozenset({"solved", "resolved", "answered", "fixed"})
"""Names of a forum's tags; case does not matter."""

_LONGEST_TITLE = 120


def channel_of(message: discord.Message) -> discord.abc.GuildChannel | discord.Thread | None:
    """Where a message stands; None for direct messages, which nobody may learn from."""
    channel = message.channel
    return channel if isinstance(channel, discord.abc.GuildChannel | discord.Thread) else None


def document_of(message: discord.Message) -> ChannelDocument | None:
    """A message by itself; None where it is a bot's, Discord's own, or too short."""
    channel, text = channel_of(message), message.clean_content.strip()
    if channel is None or message.author.bot or message.is_system() or len(text) < FEWEST_CHARACTERS:
        return None
    first = " ".join(text.split("\n", 1)[0].strip("#*_ >").split())
    title = first if len(first) <= _LONGEST_TITLE else f"{first[: _LONGEST_TITLE - 1]}…"
    return _document(message, title or "#" + channel.name, text, (message,))


def people_in(thread: discord.Thread, messages: Sequence[discord.Message]) -> list[discord.Message]:
    """What people said in a thread (oldest message first), its question first; empty where the question is gone."""
    if not messages:
        return []
    first, *rest = messages
    if first.type is discord.MessageType.thread_starter_message:  # a line of Discord's, which refers to the question
        question = first.reference.resolved if first.reference else None
        if not isinstance(question, discord.Message):
            return []
        first = question
    elif isinstance(thread.parent, discord.ForumChannel) and first.id != thread.id:
        return []
    people = [each for each in (first, *rest) if not each.author.bot and not each.is_system() and each.content.strip()]
    return people if people and people[0] is first else []


def solved_thread(
    thread: discord.Thread,
    people: Sequence[discord.Message],
    accepted: discord.Message | None,
    standing: Collection[int] = (),
) -> ChannelDocument | None:
    """A thread as question and answer; None where nobody marked it as solved. ``people`` is what ``people_in`` finds.

    The answer is what was accepted; where only the forum's tag says that it is solved, which whoever asked and
    moderators may set, the last message of somebody else than who asked. Then it is so for good: of ``standing``,
    messages that the thread's document was made of, the last one stays the answer whatever is written after it.
    """
    if not people:
        return None
    answer = accepted or _tagged_answer(thread, people, standing)
    if answer is None:
        return None
    question = people[0]
    document = _document(answer, thread.name, answer.clean_content.strip(), (question, answer))
    return replace(document, question=question.clean_content.strip())


def _tagged_answer(
    thread: discord.Thread, people: Sequence[discord.Message], standing: Collection[int]
) -> discord.Message | None:
    if not any(tag.name.lower() in SOLVED for tag in thread.applied_tags):
        return None
    question, *others = people
    helpful = [
        each for each in others if each.author.id != question.author.id and len(each.content) >= FEWEST_CHARACTERS
    ]
    former = [each for each in helpful if each.id in standing]
    return former[-1] if former else helpful[-1] if helpful else None


def _document(message: discord.Message, title: str, text: str, parts: Sequence[discord.Message]) -> ChannelDocument:
    channel = channel_of(message)
    assert channel is not None  # the callers have looked
    return ChannelDocument(
        location=message.jump_url,
        title=title,
        text=text,
        visibility=bound_to(channel),
        messages=tuple(MessageOfDocument(part.id, part.channel.id, part.author.id) for part in parts),
        modified_at=(message.edited_at or message.created_at).timestamp(),
    )
