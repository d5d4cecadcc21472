"""What ``/kb status`` shows."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import discord

from bot import words
from bot.outgoing.discord_limits import EMBED_TITLE, shortened
from bot.settings import Mode
from retrieval.freshness.staleness import Stale
from storage.audit import AuditLine
from storage.documents import SpaceCounts
from storage.jobs import Job
from storage.records import Generation

_MOST_SHOWN = 5
_LONGEST_FIELD = 900
"""Four of them, title and description stay within what one message holds."""

_LONGEST_LINE = 180


@dataclass(frozen=True)
class Status:
    """A space as a moderator of one server sees it."""

    space: str
    counts: SpaceCounts
    generation: Generation | None
    stale: tuple[Stale, ...]
    jobs: tuple[Job, ...]
    audit: tuple[AuditLine, ...]


def status_embed(status: Status, modes: Mapping[int, Mode], live: AbstractSet[int]) -> discord.Embed:
    """All of it in one embed. ``live`` are the channels whose mode was set on Discord."""
    model = str(status.generation.encoder["name"]) if status.generation else words.NO_INDEX
    counts = f"{words.known(status.counts.documents, status.counts.sources)}\n{model}"
    title = shortened(words.STATUS_TITLE.format(space=status.space), EMBED_TITLE)
    embed = discord.Embed(title=title, description=shortened(counts, _LONGEST_FIELD))
    stale = [f"{each.location}: {words.STALE[each.reason]}" for each in status.stale]
    _add(embed, words.STATUS_STALE.format(count=len(stale)), stale)
    _add(embed, words.STATUS_JOBS, [words.job_line(job) for job in status.jobs])
    _add(
        embed,
        words.STATUS_CHANNELS,
        [f"<#{number}> {mode}{words.SET_HERE if number in live else ''}" for number, mode in modes.items()],
        most=25,
    )
    _add(
        embed,
        words.STATUS_AUDIT,
        [f"<t:{line.at:.0f}:R> {line.who[:8]}: {words.audited(line)}" for line in status.audit],
    )
    return embed


def _add(embed: discord.Embed, name: str, lines: list[str], most: int = _MOST_SHOWN) -> None:
    if not lines:
        return
    shown = [shortened(line, _LONGEST_LINE) for line in lines[:most]]
    if len(lines) > most:
        shown.append(words.MORE_FLAGS.format(count=len(lines) - most))
    embed.add_field(name=name, value=shortened("\n".join(shown), _LONGEST_FIELD), inline=False)
