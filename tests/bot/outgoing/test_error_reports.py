"""Whatever goes wrong: a friendly sentence with an id to whoever ran into it; under that id the log says what."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from unittest.mock import Mock

import discord
import pytest
import simcord
from discord import app_commands

from bot import words
from bot.community.servers import SeveralSpacesError
from bot.lane import LaneBusyError
from bot.outgoing.error_kinds import KINDS, kind_of
from bot.outgoing.error_reports import ErrorReports
from retrieval import errors
from storage import database
from storage.flags import NoSuchFlagError
from storage.interactions import NoSuchInteractionError
from storage.message_documents import NoSuchDraftError
from storage.stores import DatabaseTooNewError
from tests.bot.server import ANSWERED, Server, a_server, called, text_of

TELLING = "the passphrase is mellon"
"""What no member may ever read."""

ID = re.compile(r"\(([2-9A-HJ-NP-Z]{5})\)$")


def http(status: int, code: int = 0, kind: type[discord.HTTPException] = discord.HTTPException) -> Exception:
    return kind(Mock(status=status, reason="no"), {"code": code, "message": TELLING})


EXAMPLES: tuple[tuple[str, BaseException], ...] = (
    ("empty question", errors.EmptyQuestionError(TELLING)),
    ("several servers", SeveralSpacesError(TELLING)),
    ("forgotten answer", NoSuchInteractionError(TELLING)),
    ("forgotten flag", NoSuchFlagError(TELLING)),
    ("forgotten draft", NoSuchDraftError(TELLING)),
    ("not allowed", app_commands.CheckFailure(TELLING)),
    ("busy", LaneBusyError(TELLING)),
    ("nothing indexed", errors.NothingIndexedError(TELLING)),
    ("budget", errors.BudgetExhaustedError(TELLING)),
    ("model", errors.EncoderUnavailableError(TELLING)),
    ("service", errors.ApiUnavailableError(TELLING)),
    ("index", errors.FingerprintMismatchError(TELLING)),
    ("database locked", database.DatabaseLockedError(TELLING)),
    ("disk full", database.DiskFullError(TELLING)),
    ("database newer", DatabaseTooNewError(TELLING)),
    ("database", database.DatabaseDamagedError(TELLING)),
    ("memory", MemoryError(TELLING)),
    ("expired", http(404, 10062, discord.NotFound)),
    ("token", http(401)),
    ("forbidden", http(403, 50013, discord.Forbidden)),
    ("not found", http(404, 10003, discord.NotFound)),
    ("rate limit", http(429)),
    ("discord down", http(503, 0, discord.DiscordServerError)),
    ("refused", http(400, 50035)),
    ("command changed", app_commands.CommandNotFound(TELLING, [])),
    ("wrong value", app_commands.TransformerError(TELLING, discord.AppCommandOptionType.string, Mock())),
    ("timeout", TimeoutError(TELLING)),
    ("unknown", RuntimeError(TELLING)),
)


@pytest.mark.parametrize(("name", "error"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_every_kind_of_trouble_has_its_sentence_and_tells_nothing_of_the_error(
    name: str, error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    kind, troubles = kind_of(error), ErrorReports()
    assert kind.name == name
    assert kind_of(app_commands.CommandInvokeError(Mock(), error)) == kind if isinstance(error, Exception) else True
    with caplog.at_level(logging.INFO):
        sentence = troubles.explain(error, "a test")
    assert sentence.startswith(kind.sentence)
    assert TELLING not in sentence
    assert troubles.counts == {name: 1}
    found = ID.search(sentence)
    assert (found is None) == kind.is_expected
    if found:
        (record,) = caplog.records
        assert record.__dict__["trouble"] == found[1]
        assert record.__dict__["kind"] == name
        assert record.levelno == logging.ERROR


def test_no_kind_is_without_an_example_and_none_hides_another() -> None:
    assert [name for name, _ in EXAMPLES] == [kind.name for kind in KINDS]


def test_two_troubles_have_two_ids() -> None:
    troubles = ErrorReports()
    assert len({troubles.explain(RuntimeError()) for _ in range(50)}) == 50


async def fails(*_: object, **__: object) -> None:
    raise RuntimeError(TELLING)


def shown(result: simcord.InteractionResult) -> str:
    assert result.response is not None
    return text_of(result.response.message)


async def by_mention(server: Server, reply: discord.Message) -> str:
    await server.alice.send(server.unwatched, called(server, ANSWERED))
    return text_of(server.said(server.unwatched)[-1])


async def by_command(server: Server, reply: discord.Message) -> str:
    return shown(await server.alice.slash(server.unwatched, "ask", question=ANSWERED))


async def by_command_that_catches_nothing(server: Server, reply: discord.Message) -> str:
    return shown(await server.alice.slash(server.unwatched, "privacy"))


async def by_menu(server: Server, reply: discord.Message) -> str:
    return shown(await server.alice.context_menu(server.helpful, "Similar questions", reply))


async def by_button(server: Server, reply: discord.Message) -> str:
    return shown(await server.alice.click(reply, label=words.HELPFUL))


WAYS = (by_mention, by_command, by_command_that_catches_nothing, by_menu, by_button)


@pytest.mark.asyncio
async def test_whichever_way_it_goes_wrong_somebody_is_told_and_nothing_is_told_of_it(
    data_dir: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, ANSWERED)
        (reply,) = server.said(server.helpful)
        form = await server.alice.click(reply, label=words.NOT_HELPFUL)
        monkeypatch.setattr(server.client.lane, "run", fails)
        told = {way.__name__: await way(server, reply) for way in WAYS}
        told["by_form"] = shown(await server.alice.submit_modal(form, {"reason": "no"}))
        for way, sentence in told.items():
            found = ID.search(sentence)
            assert found, f"{way}: {sentence}"
            assert TELLING not in sentence
            assert any(record.__dict__.get("trouble") == found[1] for record in caplog.records), way
        server.client.dispatch("guild_join", server.client.guilds[0])
        await server.env.settle()
        assert any("on_guild_join" in record.message for record in caplog.records)
        assert server.env.errors


@pytest.mark.asyncio
async def test_who_may_not_use_a_command_is_told_so_once(data_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with a_server(data_dir) as server:
        (kb,) = [each for each in await server.client.tree.fetch_commands() if each.name == "kb"]
        server.guild.set_command_permissions(kb, {server.alice: True})
        result = await server.alice.slash(server.unwatched, "kb refresh")
        assert shown(result) == words.STAFF_ONLY
        assert result.followups == []
        assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
        assert [type(error) for error in server.env.errors] == [app_commands.CheckFailure]
