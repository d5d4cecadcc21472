"""What was only heard is marked where it is listed, and in no figure of what was said; scores that moved are told."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from retrieval.reviewing.drift import WEEK, WEEKS_BEFORE, last_week_end
from retrieval.reviewing.exam import Exam
from tests.tui.building import NOW, SIZE, a_console, lines, looking, open_engine, shown, text_of

pytestmark = pytest.mark.asyncio


@pytest.fixture
def heard(data_dir: Path) -> Path:
    """Two of the six questions and one of the two flags were only heard."""
    with looking(data_dir) as stores:
        stores.db.execute("UPDATE interaction SET shadow = 1 WHERE id IN (3, 5)")
        stores.db.execute("UPDATE flag SET shadow = 1 WHERE id = 1")
    return data_dir


async def test_questions_are_marked_and_narrowed_down_to_what_was_only_heard(heard: Path) -> None:
    async with a_console(heard, "questions").run_test(size=SIZE) as pilot:
        await shown(pilot, "6 questions")
        assert [line[2][0] for line in lines(pilot, "#question-table")] == ["✓", "✓", "◌", "?", "◌", "~"]
        await pilot.press("l")
        await shown(pilot, "2 questions")
        await shown(pilot, "nothing of this was posted")
        await pilot.press("l")
        await shown(pilot, "4 questions")


async def test_flags_are_marked_and_the_overview_counts_what_was_said(heard: Path) -> None:
    async with a_console(heard, "flags").run_test(size=SIZE) as pilot:
        await shown(pilot, "2 open flags")
        assert sorted(line[4] for line in lines(pilot, "#flag-table")) == ["· open", "◌ only heard"]
        await pilot.press("1")
        await shown(pilot, "1 message waits for a verdict")
        assert lines(pilot, "#trends")[0][:2] == ["questions", "4"]


async def test_the_overview_says_which_scores_moved_and_leads_to_the_thresholds(data_dir: Path) -> None:
    end = last_week_end(NOW)
    rows = [(end - WEEK + step, 0.2 + step / 1000) for step in range(150)]
    rows += [(end - (1 + WEEKS_BEFORE) * WEEK + step, 0.5 + step / 1000) for step in range(400)]
    with open_engine(data_dir) as engine:
        engine.stores.db.execute("DELETE FROM tunable")
        engine.stores.db.conn.executemany(
            "INSERT INTO interaction (space, asked_at, origin, addressed, question, decision, answer, confidence, "
            "off_topic_score) VALUES ('default', ?, 'discord', 0, 'why', 'small', '', ?, 0.25)",
            rows,
        )
        engine.drift.look("default")
        for right in (0.8, 0.8, 0.8, 0.5):
            engine.stores.exams.add("default", asdict(Exam("default", NOW, "pseudo", 150, right, 0.1, 0.6)), NOW)
    async with a_console(data_dir).run_test(size=SIZE) as pilot:
        await shown(pilot, "the confidence of messages moved")
        (place,) = [n for n, line in enumerate(lines(pilot, "#needs")) if "moved" in line[2]]
        assert lines(pilot, "#needs")[place][:2] == ["!", "4"]
        assert "comes first for 50% of the questions" in lines(pilot, "#needs")[place + 1][2]
        await pilot.press(*["down"] * place)
        await shown(pilot, "0.70 in the four weeks before")
        await pilot.press("enter")
        await shown(pilot, "▸4 Thresholds")
        assert text_of(pilot, "#preview")
