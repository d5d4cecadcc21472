"""A text in two vocabularies by keyboard; nothing of it is stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import TextArea

from storage.records import DEFAULT_SPACE
from tests.tui.building import SIZE, a_console, looking, screen_text, shown, text_of, told_of, type_into

pytestmark = pytest.mark.asyncio

PAGE = "<html><body><nav>Home and so on</nav><main><h1>Boats</h1><p>They leave at noon.</p></main></body></html>"


def paste(pilot: Pilot[None], text: str) -> None:
    pilot.app.post_message(events.Paste(text))


async def test_what_is_typed_is_shown_token_by_token_in_two_vocabularies(data_dir: Path) -> None:
    async with a_console(data_dir, "tokens").run_test(size=SIZE) as pilot:
        await shown(pilot, "Paste a text")
        await pilot.press("t", *"pay 48219077")
        await shown(pilot, "o200k_base: 5 tokens")
        assert text_of(pilot, "#tokens-0") == "pay▏·▏482▏190▏77▏"
        assert "digits" in text_of(pilot, "#token-costs")
        await pilot.press("escape", "right_square_bracket")
        await shown(pilot, "words: 2 tokens")
        await pilot.press("delete")
        await shown(pilot, "o200k_base: 0 tokens")
    with looking(data_dir) as stores:
        assert stores.documents.counts(DEFAULT_SPACE).documents == 3


async def test_a_page_is_read_in_three_ways(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    async with a_console(data_dir, "tokens").run_test(size=SIZE) as pilot:
        await shown(pilot, "Paste a text")
        await pilot.press("h")
        await told_of(pilot, "this is for web pages")
        await pilot.press("o")
        await shown(pilot, "Open a file")
        type_into(pilot, "#path", str(tmp_path / "none.html"))
        await pilot.press("enter")
        await told_of(pilot, "cannot be read")
        await pilot.press("o")
        await shown(pilot, "Open a file")
        type_into(pilot, "#path", str(tmp_path / "page.html"))
        await pilot.press("enter")
        await shown(pilot, "% less")
        assert "without tags" in screen_text(pilot)
        await pilot.press("h", "h")
        await shown(pilot, "cleaned for a model")
        assert "nav" not in pilot.app.screen.query_one(TextArea).text


async def test_languages_are_told_with_their_share_and_cost(data_dir: Path) -> None:
    async with a_console(data_dir, "tokens").run_test(size=SIZE) as pilot:
        await shown(pilot, "Paste a text")
        paste(pilot, "When does the boat leave, please? Привет, когда отходит лодка?")
        await shown(pilot, "Cyrillic")
        assert "as much English" in text_of(pilot, "#token-costs")


async def test_without_documents_there_is_no_vocabulary_of_an_encoder(empty_dir: Path) -> None:
    async with a_console(empty_dir, "tokens").run_test(size=SIZE) as pilot:
        await shown(pilot, "cl100k_base: 0 tokens")
        await pilot.press("right_square_bracket")
        await shown(pilot, "Paste a text")
        assert "words:" not in screen_text(pilot)
