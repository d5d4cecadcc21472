"""What was asked: narrowed down, by the page, in full, safe to look at; verdicts, answers and golden questions."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from retrieval.exploring.gaps import Gap
from retrieval.handed_in.channel_documents import ChannelDocument
from storage.records import DEFAULT_SPACE, PUBLIC, InteractionDraft
from tests.tui.building import (
    NOW,
    QUESTIONS,
    SIZE,
    a_console,
    handbook,
    lines,
    looking,
    open_engine,
    screen_text,
    shown,
    table,
    text_of,
    told_of,
    type_into,
    until,
)
from tui.data import questions
from tui.widgets import question_pages

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


async def test_a_question_is_read_judged_and_made_golden_and_an_answer_is_written_for_another(data_dir: Path) -> None:
    async with a_console(data_dir, "questions").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 questions")
        await shown(pilot, "faq.md#reset  0.81")
        assert "0.93 ≥ 0.50  (an answer takes 0.50)" in text_of(pilot, "#question-detail")
        reckoned = text_of(pilot, "#question-reckoning")
        assert "9 ms: encode 7  search 2" in reckoned
        assert "faq.md#reset" in reckoned.split("What it cost")[0]
        await pilot.press("w")
        await told_of(pilot, "marked wrong")
        await pilot.press("g")
        await told_of(pilot, "golden: faq.md answers it")
        await until(pilot, lambda: "golden: faq.md" in text_of(pilot, "#question-reckoning"))
        await pilot.press("down", "down", "g")
        await told_of(pilot, "write the answer first")
        await pilot.press("a")
        await shown(pilot, "Write the answer")
        await pilot.press("ctrl+s")
        await shown(pilot, "have to be written")
        pilot.app.screen.query_one(TextArea).text = "No, only with euros."
        await pilot.press("ctrl+s")
        await told_of(pilot, "answered from answers/can-i-pay-with-shells")
        await pilot.press("g")
        await told_of(pilot, "golden: answers/can-i-pay-with-shells answers it")
        await until(pilot, lambda: "★ golden" in text_of(pilot, "#question-reckoning"))
        await pilot.press("g")
        await told_of(pilot, "no golden question any more")
    with looking(data_dir) as stores:
        assert stores.interactions.get(1).verdict == "wrong"
        assert stores.golden.location_of(DEFAULT_SPACE, "how do I reset my password") == "faq.md"
        assert stores.golden.location_of(DEFAULT_SPACE, "can I pay with shells") is None
        written = stores.documents.get(DEFAULT_SPACE, "answers/can-i-pay-with-shells")
    assert written is not None
    assert "only with euros" in written.text
    with open_engine(data_dir) as engine:
        assert engine.stores.chunks.texts_of(written.id), "the next who asks finds it"


async def test_filters_narrow_the_list_down_and_escape_shows_all(data_dir: Path) -> None:
    async with a_console(data_dir, "questions").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 questions")
        for keys, left in (("d", 2), ("vv", 1), ("t", 1)):
            await pilot.press(*keys)
            await until(pilot, lambda left=left: len(lines(pilot, "#question-table")) == left)  # type: ignore[misc]
        assert lines(pilot, "#question-table")[0][1] == "what does a year cost"
        assert "not helpful  " in screen_text(pilot)
        await pilot.press("escape")
        await shown(pilot, "6 questions")
        await pilot.press("slash", *"toast", "enter")
        await shown(pilot, "1 question")
        assert pilot.app.screen.focused is table(pilot, "#question-table")
        await pilot.press("slash", *"xyz", "enter")
        await shown(pilot, "No recorded question is like that")


async def test_answers_whose_sources_changed_are_looked_at_again_and_kept_or_taken_back(data_dir: Path) -> None:
    anew = ChannelDocument("faq.md", "How do I reset my password?", "Open Profile, and press Reset.", PUBLIC)
    with open_engine(data_dir) as engine:
        engine.library.add_documents(DEFAULT_SPACE, str(handbook(data_dir)), [anew])
        engine.stores.interactions.note_reply(2, 7)
        engine.stores.db.execute("UPDATE interaction SET channel_id = 5 WHERE id = 2")
    async with a_console(data_dir, "overview").run_test(size=SIZE) as pilot:
        await shown(pilot, "2 answers quote what has changed since")
        needs = table(pilot, "#needs")
        needs.focus()
        needs.move_cursor(row=[line[2][:9] for line in lines(pilot, "#needs")].index("2 answers"))
        await pilot.press("enter")
        await shown(pilot, "sources have changed")
        await until(pilot, lambda: len(lines(pilot, "#question-table")) == 2)
        await shown(pilot, "! faq.md quotes what is not there any more")
        changed = text_of(pilot, "#question-detail").split("What has changed since")[1]
        assert "was Open Settings" in changed
        assert "now Open Profile, and press Reset." in changed
        await pilot.press("k")
        await told_of(pilot, "still right: it is named no more")
        await until(pilot, lambda: [line[1] for line in lines(pilot, "#question-table")] == [QUESTIONS[1][0]])
        await pilot.press("delete")
        await shown(pilot, "Take the answer back?")
        await pilot.press("right", "enter")
        await told_of(pilot, "the bot takes it off Discord within seconds")
        await shown(pilot, "No recorded question is like that")
        await pilot.press("escape")
        await until(pilot, lambda: len(lines(pilot, "#question-table")) == 6)
        await pilot.press("k")
        await told_of(pilot, "its sources say what they said")
        await pilot.press("down")
        await until(pilot, lambda: "Discord shows it until the bot runs" in text_of(pilot, "#question-reckoning"))
        await pilot.press("delete")
        await told_of(pilot, "choose an answer that stands")
    with looking(data_dir) as stores:
        assert [each.reply_id for each in stores.second_looks.owed()] == [7]
        assert stores.interactions.get(1).withdrawn_at is None
    with open_engine(data_dir) as engine:
        assert engine.conversations.recalled(DEFAULT_SPACE) == []


async def test_gaps_lead_to_their_questions_and_a_survey_is_queued(data_dir: Path) -> None:
    async with a_console(data_dir, "questions").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 questions")
        await pilot.press("u")
        await shown(pilot, "Nobody has surveyed this space yet")
        await pilot.press("s")
        await told_of(pilot, "queued: survey")
        gap = Gap("paying, shells", (3, 4), 0.2, "prices.md", True)
        with open_engine(data_dir) as engine:
            found = replace(engine.explorer.survey(DEFAULT_SPACE), gaps=(gap,))
            engine.stores.surveys.put(DEFAULT_SPACE, found.to_json(), NOW)
        await pilot.press("u")
        assert "· can I pay with shells" in await shown(pilot, "nothing near it")
        await pilot.press("enter")
        await shown(pilot, "gap: paying, shells")
        await until(
            pilot, lambda: [line[1] for line in lines(pilot, "#question-table")] == [QUESTIONS[2][0], QUESTIONS[3][0]]
        )
        await pilot.press("u", "a")
        await shown(pilot, "Write the answer")
        assert pilot.app.screen.query_one("#question-text", Input).value == "can I pay with shells"
        await pilot.press("escape")
    with looking(data_dir) as stores:
        assert [job.name for job in stores.jobs.recent(9) if job.state == "queued"] == ["survey"]


async def test_the_cursor_turns_the_pages_and_an_export_has_them_all(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "PAGE", 4)
    monkeypatch.setattr(question_pages, "PAGE", 4)
    async with a_console(data_dir, "questions").run_test(size=SIZE) as pilot:
        await shown(pilot, "Questions 1 to 4 of 6")
        await pilot.press(*["down"] * 4)
        await shown(pilot, "Questions 5 to 6 of 6")
        assert table(pilot, "#question-table").cursor_row == 0
        await pilot.press("up")
        await shown(pilot, "Questions 1 to 4 of 6")
        await until(pilot, lambda: table(pilot, "#question-table").cursor_row == 3)
        await pilot.press("ctrl+e")
        await shown(pilot, "6 lines")
        type_into(pilot, "#path", str(tmp_path / "all.csv"))
        await pilot.press("enter")
        await told_of(pilot, "6 lines written")
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as file:
        assert [line["decision"] for line in csv.DictReader(file)] == [
            "answer", "answer", "unsure", "unsure", "off_topic", "small_talk",
        ]  # fmt: skip


async def test_a_withdrawn_answer_says_so_and_hostile_text_neither_styles_nor_drives_the_terminal(
    data_dir: Path,
) -> None:
    with looking(data_dir) as stores:
        stores.interactions.record(HOSTILE)
        stores.interactions.record(replace(HOSTILE, question=HOSTILE.question * 20, asked_at=NOW))
        stores.interactions.withdraw(1, "a moderator", NOW)
    async with a_console(data_dir, "questions").run_test(size=SIZE) as pilot:
        await shown(pilot, "8 questions")
        assert [line[2] for line in lines(pilot, "#question-table")][2] == "↶ withdrawn"
        await pilot.press("down")
        text = await shown(pilot, "an [answer] with")
        assert "[red]bold[/] [/] [@click=app.quit]x[/]" in text
        assert not set("\x1b\x07\u202e") & set(text)


async def test_a_question_that_another_process_records_appears_and_the_cursor_stays(
    data_dir: Path, lively: None
) -> None:
    async with a_console(data_dir, "questions").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 questions")
        await pilot.press("down")
        with looking(data_dir) as stores:
            stores.interactions.record(replace(HOSTILE, question="what is new"))
        await shown(pilot, "what is new")
        assert table(pilot, "#question-table").cursor_row == 2
        assert "what does a year cost" in text_of(pilot, "#question-detail")
