"""More than one connection to Discord, which wants so of a bot on 2,500 servers: each serves its share of them."""

from __future__ import annotations

from discord.ext import commands

from bot.client import KnowbotClient
from bot.lane import AnswerLane
from bot.settings import Settings
from retrieval.engine import Engine


class ShardedClient(KnowbotClient, commands.AutoShardedBot):
    """As KnowbotClient, over ``shards`` connections; ``auto`` asks Discord how many it recommends."""

    def __init__(self, settings: Settings, engine: Engine, lane: AnswerLane) -> None:
        shards = settings.discord.shards
        self._has_begun = False
        super().__init__(settings, engine, lane, shard_count=None if shards == "auto" else shards)

    async def login(self, token: str) -> None:
        """See Client."""
        self._has_begun = True
        await super().login(token)

    async def close(self) -> None:
        """See Client; discord.py cannot close shards that it never began to open."""
        if self._has_begun:
            await super().close()

    async def on_shard_ready(self, shard_id: int) -> None:
        """A shard has another session: discord.py says "ready" for all together only, and so at the start only."""
        if self.is_ready():
            self.dispatch("ready")


def make_client(settings: Settings, engine: Engine, lane: AnswerLane) -> KnowbotClient:
    """With as many connections as the settings say."""
    kind = KnowbotClient if settings.discord.shards == 1 else ShardedClient
    return kind(settings, engine, lane)
