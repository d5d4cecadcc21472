"""Every language says everything that knowbot has to say, and each server is spoken to in its own."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import get_args
from unittest.mock import AsyncMock, Mock

import pytest

from bot import words
from bot.client import KnowbotClient
from bot.cogs.asking import Asking
from bot.lane import AnswerLane
from bot.languages import english, german_status
from bot.outgoing import discord_limits as limits
from bot.outgoing.embeds import shown_for
from bot.outgoing.error_kinds import KINDS
from bot.settings import ServerSettings, Settings
from bot.views.buttons import WhyModal
from bot.views.saving import SaveModal
from bot.work.jobs import JOBS, run_job
from retrieval.engine import Engine
from retrieval.freshness.staleness import Reason
from retrieval.settings import RetrievalSettings
from retrieval.types import Answer, Citation, Note, Question
from storage.audit import Action, AuditLine
from storage.records import JobState
from tests.bot.server import ANSWERED, UNSURE, a_server, called, labels, text_of
from tests.discord_loopback import running_discord
from tests.discord_loopback.client import connected
from tests.fakes import a_chunk

OTHERS = {code: module for code, module in words.LANGUAGES.items() if module is not english}


def said_by(module: ModuleType) -> dict[str, object]:
    """Everything public that a language defines itself."""
    own = {name: value for name, value in vars(module).items() if not name.startswith("_")}
    return {
        name: value
        for name, value in own.items()
        if isinstance(value, str | dict) or (inspect.isfunction(value) and value.__module__.startswith(module.__name__))
    }


def places(sentence: str) -> list[str]:
    """What is filled in, and what is typed; a command is named in English as well, for those whose Discord is not."""
    sentence = re.sub(r"`/[^`]+` \((`/[^`]+`)\)", r"\1", sentence)
    return sorted(re.findall(r"\{\w*\}|`[^`]+`", sentence))


@pytest.mark.parametrize("module", OTHERS.values(), ids=list(OTHERS))
def test_no_language_lacks_a_word_or_has_one_of_its_own(module: ModuleType) -> None:
    wanted, has = said_by(english), said_by(module)
    assert wanted.keys() == has.keys()
    for name, value in wanted.items():
        other = has[name]
        if isinstance(value, str):
            assert places(value) == places(str(other)), name
        elif isinstance(value, Mapping):
            assert isinstance(other, Mapping)
            assert value.keys() == other.keys(), name
        elif isinstance(value, Callable):  # type: ignore[arg-type]
            assert inspect.signature(value) == inspect.signature(other), name  # type: ignore[arg-type]


def naming_commands(module: ModuleType) -> list[str]:
    """What a language says of commands, where that is not all in one string."""
    privacy = [module.privacy(9, 9, is_out, "") for is_out in (False, True)]
    return [*privacy, module.queued("ingest", "", 1), module.shadow_notice(9), module.PAUSE_ON]


@pytest.mark.parametrize("module", OTHERS.values(), ids=list(OTHERS))
def test_sentences_name_commands_as_members_see_them_and_in_english(module: ModuleType) -> None:
    for sentence, other in zip(naming_commands(english), naming_commands(module), strict=True):
        typed = places(sentence)
        assert places(other) == typed
        assert other.count("`/") == 2 * len(typed) > 0


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_kind_of_trouble_has_a_sentence_in_every_language(language: words.Language) -> None:
    with words.spoken(language):
        assert all(kind.sentence for kind in KINDS)
        assert words.FAILED == words.LANGUAGES[language].FAILED
    assert words.FAILED == english.FAILED


@pytest.mark.asyncio
@pytest.mark.parametrize("language", words.LANGUAGES)
async def test_forms_and_sentences_fit_into_discord_in_every_language(language: words.Language) -> None:
    message = Mock(clean_content="a" * 5000)
    with words.spoken(language):
        for form in (WhyModal(Mock(), 1), SaveModal(Mock(), message, "b " * 500)):
            payload = form.to_dict()
            assert 0 < len(payload["title"]) <= limits.MODAL_TITLE
            inputs = [item for row in payload["components"] for item in row["components"]]
            assert 0 < len(inputs) <= limits.ROWS
            for item in inputs:
                assert 0 < len(item["label"]) <= limits.INPUT_LABEL
                assert item["max_length"] <= limits.INPUT_VALUE
                assert len(item.get("value") or "") <= item["max_length"]
        assert len(words.privacy(10**9, 10**9, True, ", ".join(["<#1234567890123456789>"] * 10))) <= limits.CONTENT
    module = words.LANGUAGES[language]
    assert all(len(value) <= limits.CONTENT for value in vars(module).values() if isinstance(value, str))


@pytest.mark.asyncio
async def test_a_server_is_spoken_to_in_its_language_and_the_others_are_not(data_dir: Path) -> None:
    german = words.LANGUAGES["de"]
    async with a_server(data_dir) as server:
        own = {server.guild.id: ServerSettings(language="de")}
        server.client.settings = server.client.settings.model_copy(update={"servers": own})
        await server.alice.send(server.unwatched, called(server, UNSURE))
        await server.alice.send(server.helpful, ANSWERED)
        (unsure,), (answer,) = server.said(server.unwatched), server.said(server.helpful)
        assert text_of(unsure) in german.WITHOUT_ANSWER.values()
        assert german.SOURCE in text_of(answer)
        assert german.HELPFUL in labels(answer)
        thanked = await server.alice.click(answer, label=german.HELPFUL)
        assert thanked.response is not None
        assert text_of(thanked.response.message) == german.VOTED[True]
        told = await server.alice.slash(server.unwatched, "privacy")
        assert told.response is not None
        assert "Was ich von dir behalte" in text_of(told.response.message)
        other = server.env.create_guild("Elsewhere")
        channel = other.create_text_channel("talk")
        await other.add_member(server.env.create_user("ann")).send(channel, called(server, UNSURE))
        assert text_of(server.said(channel)[0]) in english.WITHOUT_ANSWER.values()


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_what_the_engine_notes_is_said_in_every_language(language: words.Language) -> None:
    module = words.LANGUAGES[language]
    assert set(module.NOTES) == set(get_args(Note))
    assert set(module.STALE) == set(get_args(Reason))
    unread = Citation(1, "Refunds", "faq.md#refunds", "Thirty days.", 0.5, a_chunk("Thirty days."), days_unread=12)
    answer = Answer(Question("q"), "answer", "Thirty days.", 0.9, 0.1, sources=(unread,), notes=get_args(Note))
    with words.spoken(language):
        (embed,) = shown_for(answer).embeds
    assert str(embed.description).startswith(f"*{module.NOTES['with_error_only']} ")
    assert all(sentence.format(number=1, days=12) in str(embed.description) for sentence in module.NOTES.values())


@pytest.mark.asyncio
async def test_a_note_on_a_german_server_is_german(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        own = {server.guild.id: ServerSettings(language="de")}
        server.client.settings = server.client.settings.model_copy(update={"servers": own})
        await server.alice.send(server.unwatched, called(server, f"{ANSWERED}? " * 40))
        assert words.LANGUAGES["de"].NOTES["shortened"] in text_of(server.said(server.unwatched)[0])


def test_every_job_and_whatever_moderators_do_has_a_german_name() -> None:
    assert german_status.JOB_NAMES.keys() == german_status.OUTCOMES.keys() == JOBS.keys()
    assert german_status.STATES.keys() == set(get_args(JobState))
    assert german_status.ACTIONS.keys() == set(get_args(Action))
    line = AuditLine(0.0, "somebody", "verdict out", "flag 3")
    assert words.LANGUAGES["de"].audited(line) == "gehört nicht zum Thema oder ist verdächtig: Meldung 3"
    assert words.LANGUAGES["en"].audited(line) == "verdict out flag 3"


@pytest.mark.asyncio
async def test_a_german_moderator_reads_of_jobs_and_changes_in_german(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        own = {server.guild.id: ServerSettings(language="de")}
        server.client.settings = server.client.settings.model_copy(update={"servers": own})
        await server.mod.slash(server.moderators, "kb add", text="Zebras have stripes.", title="Zebras")
        await server.mod.slash(server.moderators, "channel mode", channel=server.mention, mode="silent")
        queue = server.engine.stores.jobs
        for name in (name for name in JOBS if name not in ("ingest", "reindex", "check_index")):
            queue.add(name, "", server.clock.now, origin="schedule")
        while job := queue.claim("test", server.clock.now):
            done = run_job(server.engine, server.client.settings, job, lambda *_: None)
            queue.end(job, "done", done.sentence, server.clock.now, done.figures)
        with words.spoken("de"):
            shown = [words.job_line(job) for job in queue.recent(20)]
            waiting = words.job_line(queue.add("refresh", "", server.clock.now, origin="console"))
        assert any("aufnehmen fertig (Discord) 1 neu, 0 geändert, 0 unverändert, 0 weg, 0 nicht" in it for it in shown)
        assert any("auffrischen fertig (nach Plan) 2 Quellen, 0 davon nicht lesbar" in line for line in shown)
        assert waiting.endswith("auffrischen wartet (Konsole) ")
        status = await server.mod.slash(server.moderators, "kb status")
        assert status.response is not None
        read = text_of(status.response.message)
        assert "Modus gesetzt: silent #chat" in read
        assert "hinzugefügt: Zebras" in read
        assert not re.search(r"queued|done|schedule|console|channel mode|kb ", read)


class Impatient(KnowbotClient):
    """Does not wait two seconds for more servers."""

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        self._connection.guild_ready_timeout = 0.05


@pytest.mark.asyncio
async def test_who_was_cut_off_by_a_kill_is_told_so_in_the_servers_language(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_discord() as discord:
        own = {int(discord.world.guild_id): ServerSettings(language="de")}
        settings = Settings(data_dir=data_dir, servers=own)
        with Engine(data_dir, RetrievalSettings(encoder="hashing")) as engine:
            lane = AnswerLane(engine)
            with monkeypatch.context() as killed:
                killed.setattr(Asking, "_follow_up", AsyncMock())
                killed.setattr(engine.stores.deferrals, "drop", Mock())
                async with connected(discord, Impatient(settings, engine, lane)):
                    alice, general = discord.world.member("alice"), discord.world.channel("general")
                    asked = await discord.slash(alice, general, "ask", {"question": ANSWERED})
                    await asked.wait_for_callback()
            async with connected(discord, Impatient(settings, engine, lane)):
                told = await asked.wait_for_answer()
            await lane.close()
        assert told["content"] == words.LANGUAGES["de"].INTERRUPTED
