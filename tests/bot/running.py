"""``knowbot run`` as a process of its own, on the loopback Discord."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from storage.stores import Stores, open_stores
from tests.command_line import ROOT
from tests.discord_loopback import DiscordLoopback, Permission, running_discord

READY = 30.0
"""Seconds that a start may take on a busy machine."""


@dataclass
class RunningBot:
    """The shipped command over one data folder; start, kill and start it again as an operator would."""

    discord: DiscordLoopback
    data_dir: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    encoder: str = "hashing"
    shards: int = 1
    process: asyncio.subprocess.Process | None = None

    def __post_init__(self) -> None:
        self.log = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - as long as the bot is
        self.environment = dict(self.discord.environment)
        self.config = self.data_dir.parent / "knowbot.toml"
        world = self.discord.world
        channels = {world.channel(name).id: mode for name, mode in (("help", "helpful"), ("quiet", "silent"))}
        modes = ", ".join(f'{number} = "{mode}"' for number, mode in channels.items())
        helpers = [f"helper_role = {role.id}\n" for role in world.roles if role.name == "helpers"]
        schedule = "\n".join(f'{name} = "{interval}"' for name, interval in self.settings.items())
        self.config.write_text(
            f"[discord]\nmoderators_channel = {world.channel('moderators').id}\nchannels = {{ {modes} }}\n"
            f'{"".join(helpers)}patience = "0s"\nshards = {self.shards}\n'
            f"[schedule]\n{schedule}\n",
            encoding="utf-8",
        )

    async def start(self) -> None:
        """Starts the bot and waits until it hears."""
        seen = len(self.discord.gateway.ops(2, 6))
        await self.launch()
        await self.discord.until(lambda: len(self.discord.gateway.ops(2, 6)) > seen or self.has_ended, READY)
        await asyncio.sleep(0.3)

    async def launch(self) -> None:
        """Starts the bot without waiting for it."""
        self.process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "bot", "run", "--data-dir", str(self.data_dir), "--config", str(self.config)],
            env=self._environment(),
            cwd=ROOT,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=self.log,
        )

    @property
    def has_ended(self) -> bool:
        return self.process is None or self.process.returncode is not None

    async def end(self, number: int = signal.SIGTERM) -> int:
        """Sends a signal and waits for the end; returns the exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), 30)

    async def ended(self) -> int:
        """Waits until the bot ends by itself; returns the exit code."""
        assert self.process is not None
        return await asyncio.wait_for(self.process.wait(), 30)

    def logged(self) -> str:
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")

    def stores(self) -> Stores:
        return open_stores(self.data_dir)

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("KNOWBOT_")}
        own = {"KNOWBOT_ENCODER": self.encoder, "HF_HUB_OFFLINE": "1", "PYTHONUNBUFFERED": "1"}
        return {**kept, **own, **self.environment}


@asynccontextmanager
async def a_running_bot(
    data_dir: Path,
    settings: Mapping[str, str] | None = None,
    encoder: str = "hashing",
    environment: Mapping[str, str] | None = None,
    shards: int = 1,
) -> AsyncIterator[tuple[DiscordLoopback, RunningBot]]:
    """A loopback Discord with the channels help, quiet and moderators, and knowbot connected to it."""
    async with running_discord() as discord:
        for name in ("quiet", "moderators"):
            discord.world.add_channel(name)
        staff = discord.world.add_role("staff", permissions=Permission.MANAGE_MESSAGES)
        discord.world.add_role("helpers")
        discord.world.add_member("mod", roles=[staff])
        bot = RunningBot(discord, data_dir, settings or {}, encoder, shards)
        bot.environment |= environment or {}
        try:
            await bot.start()
            yield discord, bot
        finally:
            if not bot.has_ended:
                await bot.end()
            bot.log.close()
