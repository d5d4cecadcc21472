"""Thresholds tried out on recorded messages: the preview says what the gate would have done, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.gate import GateThresholds
from retrieval.settings import RetrievalSettings
from storage.records import InteractionDraft
from storage.tunables import NothingToUndoError

SPACE = "default"
NOW = GateThresholds(answer=0.5, unasked=0.8, off_topic=0.5)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: 1_000.0) as engine:
        yield engine


def record(
    engine: Engine, confidence: float, off_topic: float = 0.1, addressed: bool = True, decision: str = "unsure"
) -> None:
    engine.stores.interactions.record(
        InteractionDraft(
            space=SPACE,
            asked_at=1.0,
            origin="discord",
            question="why?",
            decision=decision,
            answer="",
            confidence=confidence,
            off_topic_score=off_topic,
            addressed=addressed,
            visible_to=frozenset({"public"}),
        )
    )


def test_a_change_counts_at_once_in_every_engine_and_can_be_undone(engine: Engine) -> None:
    assert engine.lab.thresholds(SPACE) == GateThresholds()
    strict, stricter = GateThresholds(answer=0.7), GateThresholds(answer=0.9)
    engine.lab.set_thresholds(SPACE, strict, by="ann")
    engine.lab.set_thresholds(SPACE, stricter, by="bob")
    with Engine(engine.stores.data_dir, RetrievalSettings(encoder="hashing")) as other:
        assert other.lab.thresholds(SPACE) == stricter
    assert engine.lab.thresholds("other") == GateThresholds()
    assert engine.lab.undo_thresholds(SPACE) == strict
    assert engine.lab.undo_thresholds(SPACE) == GateThresholds()
    with pytest.raises(NothingToUndoError):
        engine.lab.undo_thresholds(SPACE)
    assert [line.set_by for line in engine.lab.history(SPACE)] == ["ann", "bob", "undo", "undo"]


def test_the_effect_names_each_change_of_decision_and_how_often(engine: Engine) -> None:
    for confidence in (0.55, 0.65, 0.9):
        record(engine, confidence)
    effect = engine.lab.effect(engine.lab.recorded(SPACE), GateThresholds(answer=0.7), NOW)
    assert (effect.messages, effect.changed) == (3, 2)
    assert effect.changes == {("answer", "unsure"): 2}


def test_each_threshold_moves_the_messages_that_it_is_about(engine: Engine) -> None:
    record(engine, 0.85, addressed=False)
    record(engine, 0.1, off_topic=0.6)
    record(engine, 0.1, off_topic=0.4)
    recorded = engine.lab.recorded(SPACE)

    def changes(thresholds: GateThresholds) -> dict[tuple[str, str], int]:
        return dict(engine.lab.effect(recorded, thresholds, NOW).changes)

    assert changes(NOW) == {}
    assert changes(GateThresholds(0.5, 0.9, 0.5)) == {("answer", "unsure"): 1}
    assert changes(GateThresholds(0.5, 0.8, 0.7)) == {("off_topic", "unsure"): 1}
    assert changes(GateThresholds(0.5, 0.8, 0.3)) == {("unsure", "off_topic"): 1}


def test_small_talk_stays_small_talk_whatever_the_thresholds(engine: Engine) -> None:
    record(engine, 0.99, off_topic=0.99, decision="small_talk")
    effect = engine.lab.effect(engine.lab.recorded(SPACE), GateThresholds(0.0, 0.0, 0.0), NOW)
    assert (effect.messages, effect.changed) == (1, 0)


def test_a_preview_changes_nothing(engine: Engine) -> None:
    record(engine, 0.6)
    before = engine.lab.recorded(SPACE)
    engine.lab.effect(before, GateThresholds(answer=0.9), NOW)
    assert engine.lab.recorded(SPACE) == before
    assert engine.lab.thresholds(SPACE) == GateThresholds()
    assert engine.lab.recorded("other") == []
