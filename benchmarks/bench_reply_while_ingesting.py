"""How long a member waits for a reply, from the event on the socket to the message posted, while the worker ingests.

The shipped ``knowbot run`` with the real model on the loopback Discord answers the example's questions twice: with
nothing else to do, and while its worker takes in some 2,000 chunks. Prints both and the ratio of their p95.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from retrieval.encoders.registry import DEFAULT_ENCODER
from retrieval.engine import Engine
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


async def main() -> None:
    """Prints milliseconds and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir, corpus = Path(folder) / "data", Path(folder) / "corpus"
        with Engine(data_dir) as engine:
            engine.library.ingest(EXAMPLE, "default")
        write_corpus(corpus)
        idle, _ = await measured(data_dir, None)
        busy, still = await measured(data_dir, corpus)
    (p50, p95), (busy_p50, busy_p95) = (np.percentile(part, [50, 95]) for part in (idle, busy))
    print(f"idle p50 {p50:.0f} ms, p95 {p95:.0f} ms; during an ingest p50 {busy_p50:.0f} ms, p95 {busy_p95:.0f} ms")
    print(f"p95 ratio {busy_p95 / p95:.2f}, the ingest {'was running to the end' if still else 'ended before'}")


async def measured(data_dir: Path, corpus: Path | None) -> tuple[list[float], bool]:
    """Milliseconds of every question, and whether the ingest of ``corpus`` was still running after the last.

    Each time the bot is a new one, so that both times it has no sentence in its memory.
    """
    async with a_running_bot(data_dir, encoder=DEFAULT_ENCODER) as (discord, bot):
        members = [discord.world.add_member(f"member {number}") for number in range(len(QUESTIONS))]
        await asked(discord, members[:5], f"warm up {corpus}: ")
        if corpus:
            queue(bot, corpus)
            await discord.until(lambda: is_running(bot), 60)
        waits = await asked(discord, members, "please tell me, " if corpus else "")
        return waits, is_running(bot)


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


def queue(bot: RunningBot, corpus: Path) -> None:
    """As the console would."""
    with open_stores(bot.data_dir) as stores:
        stores.jobs.add("ingest", "other", time.time(), {"path": str(corpus)}, origin="console")


def is_running(bot: RunningBot) -> bool:
    """Whether the worker is at it."""
    with open_stores(bot.data_dir) as stores:
        return any(job.state == "running" and job.name == "ingest" for job in stores.jobs.recent(20))


async def asked(discord: DiscordLoopback, members: list[Member], prefix: str) -> list[float]:
    """Milliseconds until each member's mention is replied to, one after the other."""
    channel = discord.world.channel("general")
    waits = []
    for member, question in zip(members, QUESTIONS, strict=False):
        started = time.perf_counter()
        message = await discord.say(member, channel, prefix + question, mention_bot=True)
        await discord.wait_for_message(channel, after=message, timeout=60)
        waits.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(PAUSE)
    return waits


if __name__ == "__main__":
    asyncio.run(main())
