"""Twenty distinct questions a second, with chatter around them: does each get exactly one reply, and how soon?

The shipped ``knowbot run`` with the real model answers on the loopback Discord; the members are this process. Questions
come from 300 members in 40 channels, within what knowbot takes of one member and of one channel; as many messages again
are talk that it hears and is not asked, a fifth of it in channels that it watches.
Nothing is waited for (patience 0). Processor time and memory are those of the bot's process alone.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bot import words
from retrieval.encoders.registry import DEFAULT_ENCODER
from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from tests.bot.running import RunningBot, a_running_bot
from tests.command_line import EXAMPLE, ROOT
from tests.discord_loopback import DiscordLoopback, Json

A_SECOND = 20
MEMBERS, CHANNELS = 300, 40
SECONDS_BY_DEFAULT = 30.0
LONGEST_WAIT = 20.0
"""Seconds for which a reply is waited for after the last question."""

OPENINGS = (
    "",
    "hi, ",
    "quick one: ",
    "sorry if this was asked, ",
    "hello all, ",
    "so, ",
    "hey, ",
    "folks, ",
    "hm, ",
    "ok ",
)
ENDINGS = (
    "",
    " thanks",
    " please",
    " on debian",
    " on my nas",
    " since the update",
    " at home",
    " for two",
    " again",
    " :)",
)
CHATTER = (
    "good morning",
    "lol",
    "has anyone been to the lake this weekend, it was so full",
    "brb",
    "that film was great",
)


@dataclass
class Replies:
    """When each question was asked, and when it was replied to."""

    asked: dict[str, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    processor_seconds: float = 0.0

    def watch(self, discord: DiscordLoopback) -> None:
        """Looks at every event on its way to the bot, which hears its own messages too."""
        announce, me = discord.world.announce, discord.world.bot.id

        def looked_at(event: str, data: Json) -> None:
            if event == "MESSAGE_CREATE" and data["author"]["id"] == me and data.get("message_reference"):
                question = data["message_reference"]["message_id"]
                self.outcomes[question] += 1
                self.refused += data["content"] in (words.BUSY, words.SLOWER)
                self.waits.append(time.perf_counter() - self.asked[question])
            announce(event, data)

        discord.world.announce = looked_at


def questions() -> Iterator[str]:
    """6,000 that differ."""
    lines = (ROOT / "examples" / "questions.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    for opening, ending in itertools.product(OPENINGS, ENDINGS):
        yield from (f"{opening}{text}{ending}" for text in texts)


async def main(seconds: float, a_second: int) -> None:
    """Prints what came of it; fails where a question got no reply, or more than one."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        with Engine(data_dir, RetrievalSettings(encoder=DEFAULT_ENCODER)) as engine:
            engine.library.ingest(EXAMPLE, "default")
        async with a_running_bot(data_dir, encoder=DEFAULT_ENCODER) as (discord, bot):
            replies, memory = await asked(discord, bot, seconds, a_second)
    p50, p95, most = (np.percentile(replies.waits, share) * 1000 for share in (50, 95, 100))
    print(f"{len(replies.asked)} questions, {a_second} a second")
    print(f"from event to reply p50 {p50:.0f} ms, p95 {p95:.0f} ms, longest {most:.0f} ms")
    tenths = (np.percentile(part, 95) * 1000 for part in np.array_split(replies.waits, 10))
    print("p95 of each tenth of the run: " + ", ".join(f"{each:.0f}" for each in tenths) + " ms")
    print(f"processor time {replies.processor_seconds / len(replies.asked) * 1000:.0f} ms a question")
    print("memory at start, middle and end: " + ", ".join(f"{each / 1e6:.0f} MB" for each in memory))
    outcomes = Counter(replies.outcomes[question] for question in replies.asked)
    print(f"replies to a question: {dict(outcomes)}; {replies.refused} of them asked for patience")
    if set(outcomes) != {1}:
        raise SystemExit("some questions got no reply, or more than one")


async def asked(discord: DiscordLoopback, bot: RunningBot, seconds: float, a_second: int) -> tuple[Replies, list[int]]:
    """Asks evenly, and measures memory at the start, in the middle and at the end, all in bytes."""
    world, replies = discord.world, Replies()
    members = [world.add_member(f"member {number}") for number in range(MEMBERS)]
    channels = [world.add_channel(f"room-{number}") for number in range(CHANNELS)]
    watched = [world.channel("help"), world.channel("quiet")]
    warm = await discord.say(members[0], channels[0], "how do I install it", mention_bot=True)
    await discord.wait_for_message(channels[0], after=warm, timeout=60)
    replies.watch(discord)
    memory, count = [resident(bot)], int(seconds * a_second)
    replies.processor_seconds = -processor_seconds(bot)
    started = time.perf_counter()
    for number, text in enumerate(itertools.islice(questions(), count)):
        await asyncio.sleep(started + number / a_second - time.perf_counter())
        member, channel = members[number % MEMBERS], channels[number % CHANNELS]
        at = time.perf_counter()
        question = await discord.say(member, channel, text, mention_bot=True)
        replies.asked[question["id"]] = at
        talk_in = watched[number % 2] if number % 5 == 0 else channels[-1 - number % CHANNELS]
        await discord.say(members[-1 - number % MEMBERS], talk_in, f"{CHATTER[number % len(CHATTER)]} {number}")
        if number == count // 2:
            memory.append(resident(bot))
    await waited(replies)
    replies.processor_seconds += processor_seconds(bot)
    return replies, [*memory, resident(bot)]


async def waited(replies: Replies) -> None:
    """Until every question has a reply, or nobody would wait any more; then a little longer, for a second one."""
    end = time.perf_counter() + LONGEST_WAIT
    while len(replies.outcomes) < len(replies.asked) and time.perf_counter() < end:
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)


def resident(bot: RunningBot) -> int:
    """Bytes of the bot's own process."""
    assert bot.process is not None
    status = Path(f"/proc/{bot.process.pid}/statm").read_text(encoding="ascii")
    return int(status.split()[1]) * 4096


def processor_seconds(bot: RunningBot) -> float:
    """What the bot's own process has used so far, on all cores together."""
    assert bot.process is not None
    used = Path(f"/proc/{bot.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS_BY_DEFAULT)
    parser.add_argument("--a-second", type=int, default=A_SECOND)
    options = parser.parse_args()
    asyncio.run(main(options.seconds, options.a_second))
