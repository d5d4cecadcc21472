"""Roles that the operator of knowbot names may do what moderators may; everybody else reads a friendly line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import simcord
from discord import app_commands

from bot import words
from tests.bot.server import ANSWERED, OFF_TOPIC, Server, a_server, text_of

pytestmark = pytest.mark.asyncio

COMMANDS: dict[str, dict[str, Any]] = {
    "kb status": {},
    "kb refresh": {},
    "kb add": {"url": "https://example.org/zebras"},
    "pause": {},
    "resume": {},
    "channel mode": {"mode": "silent"},
    "learn": {},
    "unlearn": {},
}


@asynccontextmanager
async def with_operators(data_dir: Path) -> AsyncIterator[tuple[Server, simcord.MemberActor]]:
    """A server whose settings name a role, somebody who has it, and Discord showing everybody every command."""
    async with a_server(data_dir) as server:
        keepers = server.guild.create_role("keepers")
        keeper = server.guild.add_member(server.env.create_user("keeper"), roles=[keepers])
        rooms = server.client.settings.discord.model_copy(update={"operators": frozenset({keepers.id})})
        server.client.settings = server.client.settings.model_copy(update={"discord": rooms})
        for command in await server.client.tree.fetch_commands():
            server.guild.set_command_permissions(command, {keeper: True, server.alice: True})
        yield server, keeper


async def told(server: Server, member: simcord.MemberActor, command: str) -> str:
    """What a member reads who uses a command; one about a channel is about #chat."""
    options = COMMANDS[command]
    if command in ("channel mode", "learn", "unlearn"):
        options = {**options, "channel": server.mention}
    result = await member.slash(server.unwatched, command, **options)
    assert result.response is not None
    return text_of(result.response.message)


async def test_an_operators_role_opens_every_command_of_moderators(data_dir: Path) -> None:
    async with with_operators(data_dir) as (server, keeper):
        said = {command: await told(server, keeper, command) for command in COMMANDS}
        assert words.STAFF_ONLY not in said.values()
        assert said["pause"] == words.PAUSE_ON
        assert said["resume"] == words.PAUSE_OFF
        assert said["channel mode"] == words.mode_set(f"<#{server.mention.id}>", "silent")
        assert [job.name for job in server.engine.stores.jobs.recent(9)] == ["ingest", "refresh"]
        assert server.client.places.modes(server.guild.id)[server.mention.id] == "silent"
        done = {line.action for line in server.engine.stores.audit.latest(str(server.guild.id), 9)}
        assert {"kb ingest", "kb refresh", "pause", "resume", "channel mode", "learn", "unlearn"} <= done


async def test_others_read_a_friendly_line_and_change_nothing(data_dir: Path) -> None:
    async with with_operators(data_dir) as (server, _):
        for command in COMMANDS:
            assert await told(server, server.alice, command) == words.STAFF_ONLY, command
        assert {type(error) for error in server.env.errors} <= {app_commands.CheckFailure}
        assert server.engine.stores.jobs.recent(9) == []
        assert server.engine.stores.audit.latest(str(server.guild.id), 9) == []
        assert server.client.places.modes(server.guild.id)[server.mention.id] == "mention"
        await server.alice.send(server.helpful, ANSWERED)
        assert len(server.said(server.helpful)) == 1, "it is not paused"


async def test_an_operators_role_withdraws_saves_and_judges(data_dir: Path) -> None:
    async with with_operators(data_dir) as (server, keeper):
        await server.alice.send(server.silent, OFF_TOPIC)
        (notice,) = server.said(server.moderators)
        await keeper.click(notice, label=words.OFF_TOPIC)
        assert "keeper" in text_of(server.said(server.moderators)[0])
        asked = await server.alice.send(server.helpful, ANSWERED)
        assert (await keeper.context_menu(server.helpful, "Save as answer", asked)).modal is not None
        await keeper.click(server.said(server.helpful)[0], label=words.WITHDRAW)
        assert text_of(server.said(server.helpful)[0]) == words.WITHDRAWN
