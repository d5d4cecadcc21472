"""Commands in the language of a member's own Discord: all of them, within Discord's limits, told when they change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.client import KnowbotClient
from bot.lane import AnswerLane
from bot.languages.german_commands import COMMANDS
from bot.settings import Settings
from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from tests.discord_loopback import DiscordLoopback, Json, running_discord
from tests.discord_loopback.client import connected


class Impatient(KnowbotClient):
    """Does not wait two seconds for more servers."""

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        self._connection.guild_ready_timeout = 0.05


async def log_in(discord: DiscordLoopback, data_dir: Path) -> list[Json]:
    """What Discord knows of commands once knowbot has been there."""
    with Engine(data_dir, RetrievalSettings(encoder="hashing")) as engine:
        lane = AnswerLane(engine)
        async with connected(discord, Impatient(Settings(data_dir=data_dir), engine, lane)):
            told = discord.world.commands.all()
        await lane.close()
    return told


def parts(commands: list[Json]) -> Iterator[Json]:
    """Commands, their subcommands and options, and the choices of these."""
    for command in commands:
        yield command
        yield from parts([*(command.get("options") or []), *(command.get("choices") or [])])


@pytest.mark.asyncio
async def test_a_member_whose_discord_is_german_sees_everything_of_the_commands_in_german(data_dir: Path) -> None:
    async with running_discord() as discord:
        told = list(parts(await log_in(discord, data_dir)))
    names = {part["name"]: part.get("name_localizations") for part in told}
    assert names["ask"] == {"de": "frag"}
    assert names["Save as answer"] == {"de": "Als Antwort speichern"}
    assert names["opt-out"] == {"de": "widersprechen"}
    assert all(names.values())
    described = [part for part in told if part.get("description")]
    assert all(part["description_localizations"]["de"] != part["description"] for part in described)
    said = {str(part[key]) for part in told for key in ("name", "description") if part.get(key)}
    assert said == COMMANDS.keys(), "nothing is translated that is not there"


@pytest.mark.asyncio
async def test_a_translation_that_changed_is_told_and_one_that_did_not_is_not(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_discord() as discord:
        for german_name in ("frag", "frag", "erfrag"):
            monkeypatch.setitem(COMMANDS, "ask", german_name)
            told = await log_in(discord, data_dir)
            shown = {command["name"]: command.get("name_localizations") for command in told}
            assert shown["ask"] == {"de": german_name}
        assert len(discord.world.requests_to("PUT", "/commands")) == 2
