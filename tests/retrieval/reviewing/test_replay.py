"""Thresholds replayed over recorded messages: counts, shares with what they may be, and the worst cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.gate import GateThresholds, raises_flag
from retrieval.lab import WORST
from retrieval.reviewing.replay import outcomes, replay
from retrieval.settings import RetrievalSettings
from storage.flags import FlagDraft
from storage.records import InteractionDraft

SPACE = "default"
LONG = "four words or more"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: 1_000.0) as engine:
        yield engine


def heard(
    engine: Engine,
    confidence: float,
    off_topic: float = 0.1,
    *,
    addressed: bool = False,
    shadow: bool = False,
    text: str = LONG,
    decision: str = "unsure",
) -> int:
    number = engine.stores.interactions.record(
        InteractionDraft(
            space=SPACE,
            asked_at=1.0,
            origin="discord",
            question=text,
            decision=decision,
            answer="",
            confidence=confidence,
            off_topic_score=off_topic,
            addressed=addressed,
            visible_to=frozenset({"public"}),
            shadow=shadow,
        )
    )
    assert number is not None
    return number


def test_answers_and_flags_are_counted_by_the_gate_and_the_rule_of_flags(engine: Engine) -> None:
    heard(engine, 0.9)
    heard(engine, 0.6, addressed=True)
    heard(engine, 0.1, 0.9)
    heard(engine, 0.1, 0.9, text="too short")
    heard(engine, 0.1, 0.9, addressed=True)
    heard(engine, 0.99, decision="small_talk")
    found = outcomes(engine.lab.recorded(SPACE), GateThresholds(answer=0.5, unasked=0.8, off_topic=0.5))
    assert (found.asked, found.unasked) == (2, 4)
    assert (found.answered_asked, found.answered_unasked, found.flagged) == (1, 1, 1)
    assert not raises_flag("unsure", addressed=False, words=9)


def test_traffic_is_told_apart(engine: Engine) -> None:
    spoken, listened = heard(engine, 0.9), heard(engine, 0.8, shadow=True)
    numbers = {
        traffic: [each.id for each in engine.lab.recorded(SPACE, traffic)] for traffic in ("all", "posted", "shadow")
    }
    assert numbers == {"all": [listened, spoken], "posted": [spoken], "shadow": [listened]}


def test_the_worst_cases_are_the_most_confident_that_nobody_called_right(engine: Engine) -> None:
    bold = [heard(engine, 0.8 + step / 100) for step in range(WORST + 5)]
    engine.review.mark(bold[-1], "right")
    engine.review.mark(bold[-2], "wrong")
    done = replay(engine.stores, engine.lab, SPACE, engine.lab.recorded(SPACE), GateThresholds(unasked=0.85))
    assert [round(near.score, 2) for near in done.boldest] == [round(0.93 - step / 100, 2) for step in range(9)]
    assert [near.judged for near in done.boldest][:2] == ["wrong", ""]
    assert (done.unasked.wrong.part, done.unasked.wrong.whole) == (1, 2)
    assert done.unasked.wrong.low < 0.5 < done.unasked.wrong.high
    assert len(done.unasked.above) == WORST
    assert len(done.unasked.below) == 5
    assert done.now.answered_unasked - done.then.answered_unasked == 5


def test_a_verdict_on_a_flag_of_what_was_only_heard_counts_as_judged(engine: Engine) -> None:
    number = heard(engine, 0.1, 0.9, shadow=True)
    draft = FlagDraft(SPACE, "off_topic", LONG, 0.9, interaction_id=number, shadow=True)
    engine.conversations.decide(engine.stores.flags.put(draft, 1.0).id, "in", "ann")
    recorded = engine.lab.recorded(SPACE, "shadow")
    done = replay(engine.stores, engine.lab, SPACE, recorded, GateThresholds(off_topic=0.8))
    assert (done.off_topic.wrong.part, done.off_topic.wrong.whole) == (1, 1)
