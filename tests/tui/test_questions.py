"""What was asked: filtered, ordered, in full, and safe to look at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from storage.records import DEFAULT_SPACE, PUBLIC, InteractionDraft
from tests.tui.building import NOW, SIZE, a_console, lines, looking, screen_text, shown, text_of

pytestmark = pytest.mark.asyncio

HOSTILE = InteractionDraft(
    space=DEFAULT_SPACE,
    asked_at=NOW - 1,
    origin="discord",
    question="[red]bold[/] [/] [@click=app.quit]x[/] \x1b[2J\x07\u202e $name [unclosed",
    decision="answer",
    answer="an [answer] with \x1b]0;title\x07 in it",
    confidence=0.9,
    off_topic_score=0.1,
    addressed=True,
    visible_to=frozenset({PUBLIC}),
)


async def test_the_chosen_question_is_shown_in_full(data_dir: Path) -> None:
    async with a_console(data_dir, "questions").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 questions")
        await shown(pilot, "faq.md#reset  0.81")
        assert "Open Settings, then Account." in screen_text(pilot)
        assert "encode 7 ms" in screen_text(pilot)


async def test_d_goes_through_the_decisions(data_dir: Path) -> None:
    async with a_console(data_dir, "questions").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 questions: all decisions")
        await pilot.press("d")
        await shown(pilot, "2 questions: answer")
        await pilot.press("d", "d")
        await shown(pilot, "1 question: off topic")
        assert [line[2] for line in lines(pilot, "#question-table")] == ["who wins the cup this year"]


async def test_n_brings_what_did_not_help_to_the_top(data_dir: Path) -> None:
    async with a_console(data_dir, "questions").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 questions")
        assert lines(pilot, "#question-table")[0][2] == "how do I reset my password"
        await pilot.press("n")
        await shown(pilot, "not helpful first")
        first = lines(pilot, "#question-table")[0]
        assert (first[2], first[-1]) == ("what does a year cost", "−1")
        await shown(pilot, "not helpful 1")


async def test_a_withdrawn_answer_says_so(data_dir: Path) -> None:
    with looking(data_dir) as stores:
        stores.interactions.withdraw(1, "a moderator", NOW)
    async with a_console(data_dir, "questions").run_test(size=SIZE) as pilot:
        assert (await shown(pilot, "↶ withdrawn")).count("↶ withdrawn") == 1


async def test_what_members_write_is_neither_markup_nor_a_command_to_the_terminal(data_dir: Path) -> None:
    with looking(data_dir) as stores:
        stores.interactions.record(HOSTILE)
    async with a_console(data_dir, "questions").run_test(size=SIZE) as pilot:
        await shown(pilot, "7 questions")
        await shown(pilot, "an [answer] with")
        assert "[red]bold[/] [/] [@click=app.quit]x[/]" in screen_text(pilot)
        assert not {"\x1b", "\x07", "\u202e"} & set(screen_text(pilot))


async def test_new_questions_leave_the_cursor_where_it_is(data_dir: Path, lively: None) -> None:
    async with a_console(data_dir, "questions").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 questions")
        await pilot.press("down", "down")
        await shown(pilot, "can I pay with shells")
        with looking(data_dir) as stores:
            stores.interactions.record(replace(HOSTILE, question="is anybody there"))
        await shown(pilot, "7 questions")
        assert "can I pay with shells" in text_of(pilot, "#question-detail")
