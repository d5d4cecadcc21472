"""From Discord's messages to questions, and from answers to what a member sees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord

from bot import words
from bot.markdown import for_discord
from bot.splitting import split
from retrieval.types import Answer, Citation, Question
from storage.flags import Flag
from storage.records import PUBLIC

if TYPE_CHECKING:
    Place = discord.abc.MessageableChannel | discord.interactions.InteractionChannel

LONGEST_DESCRIPTION = 1200
"""Characters of one embed: MOST_EMBEDS of them, a title and the sources stay within the 6,000 of one message."""

MOST_EMBEDS = 3
# Colours only repeat what the words say.
_ANSWER, _UNSURE, _FLAG = discord.Colour.green(), discord.Colour.light_grey(), discord.Colour.orange()
_LONGEST_TITLE = 100
_LONGEST_HEADING = 250
_EXCERPT = 300
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")


def question_from(message: discord.Message, me: discord.ClientUser, space: str, addressed: bool) -> Question:
    """What a message asks: names instead of mention codes, and without the mention that called knowbot."""
    called = re.compile(rf"<@!?{me.id}>")
    text = message.content
    for user in message.mentions:
        if user.id != me.id:
            text = re.sub(rf"<@!?{user.id}>", f"@{user.display_name}", text)
    return Question(_EMOJI.sub(r"\1", called.sub(" ", text)).strip(), space, readable_in(message.channel), addressed)


def readable_in(channel: Place | None) -> frozenset[str]:
    """What everybody may see who can read ``channel``: what is public, and what belongs to the channel itself.

    Whoever reads a thread reads the channel it hangs on.
    """
    if channel is None or isinstance(channel, discord.DMChannel | discord.GroupChannel):
        return frozenset({PUBLIC})
    parent = channel.parent_id if isinstance(channel, discord.Thread) else None
    return frozenset({PUBLIC, *(f"channel:{number}" for number in (channel.id, parent) if number)})


@dataclass(frozen=True)
class Shown:
    """What is posted: plain words where there is nothing to cite, else embeds."""

    content: str
    embeds: tuple[discord.Embed, ...]


def shown_for(answer: Answer, asked: str = "") -> Shown:
    """The answer with numbered sources and a plain word for how sure knowbot is.

    ``asked`` is the question where the channel does not show it.
    """
    if answer.decision not in ("answer", "unsure"):
        return Shown(words.reply(answer), ())
    note = f"*{discord.utils.escape_markdown(answer.note)}*\n\n" if answer.note else ""
    is_answer = answer.decision == "answer"
    pieces = split(note + for_discord(words.reply(answer)), LONGEST_DESCRIPTION)[:MOST_EMBEDS]
    embeds = tuple(discord.Embed(description=piece, colour=_ANSWER if is_answer else _UNSURE) for piece in pieces)
    embeds[0].title = _shortened(asked, _LONGEST_HEADING) or None
    for heading, sources in _headed(answer):
        embeds[-1].add_field(name=heading, value=_fitting(_source_lines(sources), 1024), inline=False)
    if is_answer:
        embeds[-1].set_footer(text=words.confidence_word(answer.confidence))
    return Shown("", embeds)


def _headed(answer: Answer) -> Iterator[tuple[str, Sequence[Citation]]]:
    """The first source is the one that is quoted; the others are worth a look and say nothing of the answer."""
    quoted, others = answer.sources[:1], answer.sources[1:]
    if answer.decision == "unsure":
        quoted, others = answer.sources, ()
    if quoted:
        yield words.NEAREST if answer.decision == "unsure" else words.SOURCE, quoted
    if others:
        yield words.SEE_ALSO, others


def flag_embed(flag: Flag, link: str) -> discord.Embed:
    """What moderators read of a flagged message."""
    embed = discord.Embed(
        colour=_FLAG, title=words.flag_title(flag.score), description=f">>> {_shortened(flag.excerpt, _EXCERPT)}"
    )
    if reason := words.flag_reason(flag.reason):
        embed.add_field(name="Why", value=reason, inline=False)
    return embed.add_field(name="Where", value=link, inline=False)


def digest_embed(flags: Sequence[Flag], links: Sequence[str]) -> discord.Embed:
    """One message for all flags beyond the hourly limit."""
    lines = (
        f"{flag.score:.0%} {link} {_shortened(flag.excerpt.replace(chr(10), ' '), 80)}"
        for flag, link in zip(flags, links, strict=True)
    )
    text = _fitting(lines, LONGEST_DESCRIPTION)
    return discord.Embed(colour=_FLAG, title=words.digest_title(len(flags)), description=text).set_footer(
        text=words.DIGEST_FOOTER
    )


def _source_lines(sources: Sequence[Citation]) -> Iterator[str]:
    for source in sources:
        title = discord.utils.escape_markdown(_shortened(source.title, _LONGEST_TITLE))
        if source.location.startswith(("http://", "https://")):
            yield f"{source.number}. [{title}]({source.location})"
        else:
            yield f"{source.number}. {title} · `{source.location.replace('`', '')}`"


def _fitting(lines: Iterator[str], limit: int) -> str:
    """As many lines as fit, and how many do not."""
    kept: list[str] = []
    left = 0
    for line in lines:
        if left or sum(map(len, kept)) + len(kept) + len(line) > limit - len(words.MORE_FLAGS) - 4:
            left += 1
        else:
            kept.append(line)
    return "\n".join([*kept, words.MORE_FLAGS.format(count=left)] if left else kept)


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
