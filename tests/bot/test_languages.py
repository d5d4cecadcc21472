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
from bot.languages import english
from bot.outgoing import discord_limits as limits
from bot.settings import ServerSettings, Settings
from bot.translate import shown_for
from bot.trouble import KINDS
from bot.views.buttons import WhyModal
from bot.views.saving import SaveModal
from retrieval.engine import Engine
from retrieval.freshness.staleness import Reason
from retrieval.settings import RetrievalSettings
from retrieval.types import Answer, Note, Question
from tests.bot.server import ANSWERED, UNSURE, a_server, called, labels, text_of
from tests.discord_loopback import running_discord
from tests.discord_loopback.client import connected

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
    answer = Answer(Question("q"), "answer", "Thirty days.", 0.9, 0.1, notes=get_args(Note))
    with words.spoken(language):
        (embed,) = shown_for(answer).embeds
    assert str(embed.description).startswith(f"*{module.NOTES['with_error_only']} ")
    assert all(sentence in str(embed.description) for sentence in module.NOTES.values())


@pytest.mark.asyncio
async def test_a_note_on_a_german_server_is_german(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        own = {server.guild.id: ServerSettings(language="de")}
        server.client.settings = server.client.settings.model_copy(update={"servers": own})
        await server.alice.send(server.unwatched, called(server, f"{ANSWERED}? " * 40))
        assert words.LANGUAGES["de"].NOTES["shortened"] in text_of(server.said(server.unwatched)[0])


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
