"""What a verdict changes, looked at before it counts; nothing is changed by looking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.anomaly import FEWEST_REFERENCES
from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from storage.records import InteractionDraft

SPACE = "default"
SHELLS = "may I pay with sea shells"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(tmp_path, RetrievalSettings(encoder="hashing:256"), clock=lambda: 1_000.0) as engine:
        for number, text in enumerate((SHELLS, "how do I reset my lamp 3", "hello there", "")):
            draft = InteractionDraft(SPACE, 1.0, "discord", text, "unsure", "", 0.1, 0.1, True, frozenset({"public"}))
            engine.stores.interactions.record(replace(draft, decision="small_talk") if number == 2 else draft)
        yield engine


def teach_lamps(engine: Engine) -> None:
    lamps = [f"how do I reset my lamp {number}" for number in range(FEWEST_REFERENCES)]
    engine.judge.teach(SPACE, [(text, "in") for text in lamps], "import")


def test_a_verdict_is_tried_out_on_recorded_messages_but_for_small_talk(engine: Engine) -> None:
    teach_lamps(engine)
    lesson = engine.teaching.lesson(SPACE, SHELLS, "in")
    assert (lesson.messages, lesson.changed, lesson.cleared, lesson.flagged) == (2, 1, (SHELLS,), ())


def test_looking_teaches_nothing(engine: Engine) -> None:
    teach_lamps(engine)
    before = engine.judge.verdicts(SPACE, [SHELLS])
    engine.teaching.lesson(SPACE, SHELLS, "in")
    assert engine.judge.verdicts(SPACE, [SHELLS]) == before
    assert len(engine.stores.taught.list(SPACE, "in")) == FEWEST_REFERENCES


def test_what_was_foretold_comes_true_and_the_way_back_is_foretold_too(engine: Engine) -> None:
    teach_lamps(engine)
    engine.judge.teach(SPACE, [(SHELLS, "in")], "moderator")
    assert engine.judge.verdicts(SPACE, [SHELLS])[0].score < 0.5
    assert engine.teaching.lesson(SPACE, SHELLS, None).flagged == (SHELLS,)


def test_a_judge_that_abstains_changes_nothing(engine: Engine) -> None:
    assert engine.teaching.lesson(SPACE, SHELLS, "out").changed == 0
