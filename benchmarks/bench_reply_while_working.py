"""How long a member waits for a reply, from the event on the socket to the message posted, while the worker works.

The shipped ``knowbot run`` on the loopback Discord answers the example's questions with nothing else to do, and while
its worker takes in some 2,000 chunks (real model), or migrates the index from one encoder to the real model. Prints
both medians and 95% quantiles, and the ratio of the latter.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval.encoders.registry import DEFAULT_ENCODER
from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from storage.stores import open_stores
from tests.bot.running import RunningBot, a_running_bot
from tests.command_line import EXAMPLE, ROOT
from tests.discord_loopback import DiscordLoopback, Member

QUESTIONS = [
    json.loads(line)["text"] for line in (ROOT / "examples" / "questions.jsonl").read_text("utf-8").splitlines()
]
COPIES = 7
"""The example has some 330 chunks; so many copies of it, each worded a little differently, have more than 2,000."""

PAUSE = 0.25


@dataclass(frozen=True)
class Work:
    """A job for the worker, under a name for people."""

    what: str
    job: str
    space: str
    arguments: Mapping[str, str]


async def main() -> None:
    """Prints milliseconds and the ratio for both kinds of work."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        write_corpus(corpus)
        await compared(
            Path(folder) / "ingest", DEFAULT_ENCODER, Work("an ingest", "ingest", "other", {"path": str(corpus)})
        )
        await compared(
            Path(folder) / "migrate", "hashing", Work("a migration", "reindex", "default", {"encoder": DEFAULT_ENCODER})
        )


async def compared(data_dir: Path, encoder: str, work: Work) -> None:
    """Prints one comparison."""
    with Engine(data_dir, RetrievalSettings(encoder=encoder)) as engine:
        engine.library.ingest(EXAMPLE, "default")
    idle, _ = await measured(data_dir, encoder, None)
    busy, still = await measured(data_dir, encoder, work)
    (p50, p95), (busy_p50, busy_p95) = (np.percentile(part, [50, 95]) for part in (idle, busy))
    print(f"idle p50 {p50:.0f} ms, p95 {p95:.0f} ms; during {work.what} p50 {busy_p50:.0f} ms, p95 {busy_p95:.0f} ms")
    print(f"p95 ratio {busy_p95 / p95:.2f} over {len(busy)} questions, the work {'went on' if still else 'ended then'}")


async def measured(data_dir: Path, encoder: str, work: Work | None) -> tuple[list[float], bool]:
    """Milliseconds of every question that was asked while ``work`` was done, and whether it went on after the last.

    Each time the bot is a new one, so that both times it has no sentence in its memory.
    """
    async with a_running_bot(data_dir, encoder=encoder) as (discord, bot):
        members = [discord.world.add_member(f"member {number}") for number in range(len(QUESTIONS))]
        await asked(discord, members[:5], f"warm up {work}: ", lambda: True)
        if work is None:
            return await asked(discord, members, "", lambda: True), True
        with open_stores(bot.data_dir) as stores:
            stores.jobs.add(work.job, work.space, time.time(), work.arguments, origin="console")
        await discord.until(lambda: is_running(bot, work.job), 60)
        waits = await asked(discord, members, "please tell me, ", lambda: is_running(bot, work.job))
        return waits, is_running(bot, work.job)


def write_corpus(corpus: Path) -> None:
    """Copies that share no text with the example, so that no vector is known already."""
    for number in range(COPIES):
        shutil.copytree(EXAMPLE, corpus / str(number))
    for page in corpus.rglob("*.md"):
        copy = page.relative_to(corpus).parts[0]
        text = page.read_text(encoding="utf-8")
        page.write_text(
            text.replace(" the ", f" the {copy}th ").replace("Lanternfish", f"Lantern{copy}"), encoding="utf-8"
        )


def is_running(bot: RunningBot, name: str) -> bool:
    """Whether the worker is at it."""
    with open_stores(bot.data_dir) as stores:
        return any(job.state == "running" and job.name == name for job in stores.jobs.recent(20))


async def asked(discord: DiscordLoopback, members: list[Member], prefix: str, go_on: Callable[[], bool]) -> list[float]:
    """Milliseconds until each member's mention is replied to, one after the other, as long as ``go_on``."""
    channel = discord.world.channel("general")
    waits: list[float] = []
    for member, question in zip(members, QUESTIONS, strict=False):
        if not go_on():
            break
        started = time.perf_counter()
        message = await discord.say(member, channel, prefix + question, mention_bot=True)
        await discord.wait_for_message(channel, after=message, timeout=60)
        waits.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(PAUSE)
    return waits


if __name__ == "__main__":
    asyncio.run(main())
