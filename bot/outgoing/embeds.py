"""From answers, sources, flags and drafts to the embeds that show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import discord

from bot import words
from bot.outgoing.addresses import LONGEST_ADDRESS, linked, located, message_link
from bot.outgoing.discord_limits import FIELD_VALUE, shortened
from bot.outgoing.markdown import for_discord, plain
from bot.outgoing.splitting import split
from retrieval.anomaly import Verdict
from retrieval.known import SimilarQuestion
from retrieval.reviewing.conversations import SUSPICIOUS
from retrieval.types import Answer, Citation
from storage.flags import Flag
from storage.message_documents import AnswerDraft
from storage.records import StoredCitation

LONGEST_DESCRIPTION = 1200
"""Characters of one embed: MOST_EMBEDS of them, a title and the sources stay within the 6,000 of one message."""

MOST_EMBEDS = 3
LONGEST_MESSAGE = 5500
"""Characters of all embeds of a message together, some below Discord's limit."""

# Colours only repeat what the words say.
_ANSWER, _UNSURE, _FLAG = discord.Colour.green(), discord.Colour.light_grey(), discord.Colour.orange()
_LONGEST_TITLE = 100
_LONGEST_HEADING = 250
_EXCERPT = 300
_NEAREST = 150
_MOST_QUOTED = 5
_LONGEST_QUOTE = 3500


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
    said = " ".join(words.NOTES[note].format_map(answer.note_figures) for note in answer.notes)
    note = f"*{said}*\n\n" if said else ""
    is_answer = answer.decision == "answer"
    pieces = split(note + for_discord(words.reply(answer)), LONGEST_DESCRIPTION)[:MOST_EMBEDS]
    embeds = tuple(discord.Embed(description=piece, colour=_ANSWER if is_answer else _UNSURE) for piece in pieces)
    embeds[0].title = plain(asked, _LONGEST_HEADING) or None
    for heading, sources in _headed(answer):
        embeds[-1].add_field(name=heading, value=_fitting(_source_lines(sources), FIELD_VALUE), inline=False)
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


def flag_embed(flag: Flag, link: str, why: Verdict | None = None) -> discord.Embed:
    """What moderators read of a flagged message; ``why`` is the judge's opinion with the texts that are nearest."""
    embed = discord.Embed(
        colour=_FLAG,
        title=words.flag_title(flag.score, flag.kind == SUSPICIOUS),
        description=f"> {plain(shortened(flag.excerpt, _EXCERPT), 2 * _EXCERPT)}",
    )
    if reason := words.flag_reason(flag.reason):
        embed.add_field(name=words.FLAG_WHY, value=reason, inline=False)
    for name, text in (
        (words.FLAG_ON_TOPIC, why.nearest_on_topic if why else ""),
        (words.FLAG_OFF_TOPIC, why.nearest_off_topic if why else ""),
    ):
        if said := plain(shortened(" ".join(text.split()), _NEAREST), 2 * _NEAREST):
            embed.add_field(name=name, value=f"> {said}", inline=False)
    return embed.add_field(name=words.FLAG_WHERE, value=link, inline=False)


def quoted_embeds(sources: Sequence[StoredCitation]) -> list[discord.Embed]:
    """Each source with its quote in full, or as much of it as one message holds, and its address."""
    shown = sources[:_MOST_QUOTED]
    limit = min(LONGEST_MESSAGE // max(len(shown), 1) - _LONGEST_TITLE - LONGEST_ADDRESS - 20, _LONGEST_QUOTE)
    return [
        discord.Embed(
            title=f"{source.number}. {plain(source.title, _LONGEST_TITLE)}",
            description=f"{_beginning(for_discord(source.quote), limit)}\n\n{located(source.location)}",
        )
        for source in shown
    ]


def _beginning(text: str, limit: int) -> str:
    """As much as fits, with code blocks whole."""
    first, *others = split(text, limit) or [""]
    return f"{first} …" if others else first


def draft_embed(draft: AnswerDraft) -> discord.Embed:
    """An answer as it will be known once somebody approves it."""
    embed = discord.Embed(title=plain(draft.question, _LONGEST_HEADING), description=for_discord(draft.answer))
    return embed.add_field(name=words.DRAFT_EXPIRES, value=f"<t:{draft.expires_at or 0:.0f}:D>")


def similar_embed(similar: Sequence[SimilarQuestion], guild_id: int) -> discord.Embed:
    """Questions with their answers' places."""
    lines = (_similar_line(each, guild_id) for each in similar)
    return discord.Embed(title=words.SIMILAR_TITLE, description=_fitting(lines, LONGEST_DESCRIPTION))


def _similar_line(each: SimilarQuestion, guild_id: int) -> str:
    title = plain(each.question, _LONGEST_TITLE)
    if each.channel_id and each.reply_id:
        return f"- [{title}]({message_link(guild_id, each.channel_id, each.reply_id)})"
    return f"- {linked(title, each.location)}" if each.location else f"- {title}"


def digest_embed(flags: Sequence[Flag], links: Sequence[str]) -> discord.Embed:
    """One message for all flags beyond the hourly limit."""
    lines = (f"{flag.score:.0%} {link} {plain(flag.excerpt, 80)}" for flag, link in zip(flags, links, strict=True))
    text = _fitting(lines, LONGEST_DESCRIPTION)
    return discord.Embed(colour=_FLAG, title=words.digest_title(len(flags)), description=text).set_footer(
        text=words.DIGEST_FOOTER
    )


def _source_lines(sources: Sequence[Citation]) -> Iterator[str]:
    for source in sources:
        yield f"{source.number}. {linked(plain(source.title, _LONGEST_TITLE), source.location)}"


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
