"""The map: looked at by the worker, read and leafed through here."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.costs.pricing import Rates
from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from storage.records import DEFAULT_SPACE
from tests.embeddings_api import EmbeddingsApi
from tests.tui.building import (
    SIZE,
    a_console,
    lines,
    looking,
    open_engine,
    screen_text,
    settled,
    shown,
    text_of,
    told_of,
    type_into,
    until,
    write_pages,
)

pytestmark = pytest.mark.asyncio


def surveyed(data_dir: Path) -> Path:
    with open_engine(data_dir) as engine:
        engine.explorer.survey(DEFAULT_SPACE)
    return data_dir


async def test_before_the_first_look_it_says_how_to_have_one(data_dir: Path) -> None:
    async with a_console(data_dir, "map").run_test(size=SIZE) as pilot:
        await shown(pilot, "Press s to have the space looked at")
        await pilot.press("s")
        await told_of(pilot, "queued: survey")
        with looking(data_dir) as stores:
            assert [(job.name, job.space) for job in stores.jobs.recent(1)] == [("survey", DEFAULT_SPACE)]


async def test_topics_gaps_duplicates_and_outliers_are_leafed_through(data_dir: Path) -> None:
    async with a_console(surveyed(data_dir), "map").run_test(size=SIZE) as pilot:
        await shown(pilot, "Topics")
        assert lines(pilot, "#found")[0][0] == "A"
        assert "In its middle:" in text_of(pilot, "#found-detail")
        await pilot.press("l")
        await shown(pilot, "Asked in vain")
        assert {line[2] for line in lines(pilot, "#found")} == {"asked 1 ×"}
        assert "nearest:" in text_of(pilot, "#found-detail")
        await pilot.press("l")
        await shown(pilot, "Nothing is said twice")
        await pilot.press("l")
        await shown(pilot, "No document stands out")


async def test_texts_are_compared_and_an_analogy_comes_out(data_dir: Path) -> None:
    async with a_console(surveyed(data_dir), "map").run_test(size=SIZE) as pilot:
        await shown(pilot, "Topics")
        await pilot.press("slash")
        type_into(pilot, "#relate", "faq.md | a year | a year")
        await pilot.press("enter")
        await shown(pilot, "How texts relate")
        assert "1.00  a year" in text_of(pilot, "#found-detail")
        type_into(pilot, "#relate", "costs - year + month")
        await pilot.press("enter")
        await shown(pilot, "Nearest to costs - year + month")
        type_into(pilot, "#relate", "alone")
        await pilot.press("enter")
        await told_of(pilot, "two to 30 texts")


async def test_an_analogy_asks_before_the_words_of_the_space_are_encoded_for_money(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = RetrievalSettings("openai:words@48", prices={"words": Rates(input=1.0)})
    with EmbeddingsApi(48) as api:
        monkeypatch.setenv("OPENAI_BASE_URL", api.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
        with Engine(tmp_path / "data", settings) as engine:
            engine.library.ingest(write_pages(tmp_path / "pages"), DEFAULT_SPACE)
            estimate = engine.explorer.analogy_estimate(DEFAULT_SPACE, "costs", "year", "month")
        paid = a_console(tmp_path / "data", "map", lambda folder: Engine(folder, settings))
        async with paid.run_test(size=SIZE) as pilot:
            await shown(pilot, "Press s to have the space looked at")
            await pilot.press("slash")
            type_into(pilot, "#relate", "costs - year + month")
            before = len(api.requests)
            await pilot.press("enter")
            text = await shown(pilot, "Encode the words of this space?")
            assert f"{estimate.tokens} tokens" in text
            await pilot.press("enter")
            await until(pilot, lambda: "Encode the words" not in screen_text(pilot))
            assert len(api.requests) == before, "Enter alone spends nothing"
            await pilot.press("enter")
            await shown(pilot, "Encode the words of this space?")
            await pilot.press("right", "enter")
            await shown(pilot, "Nearest to costs - year + month")
            assert len(api.requests) > before
            await pilot.press("enter")
            await settled(pilot)
            assert "Encode the words" not in screen_text(pilot), "they are known now"


async def test_it_fits_a_small_terminal(data_dir: Path) -> None:
    async with a_console(surveyed(data_dir), "map").run_test(size=(80, 24)) as pilot:
        text = await shown(pilot, "In its middle:")
        assert "one of 4 questions of the last day" in text
        assert all(f"  {letter}   " in text for letter in "ABC"), "every topic stands in the list"
        assert "with | between them" in text


async def test_an_empty_space_says_what_to_do_in_a_small_terminal(empty_dir: Path) -> None:
    async with a_console(empty_dir, "map").run_test(size=(80, 24)) as pilot:
        await shown(pilot, "Press s")
        assert lines(pilot, "#found") == []
