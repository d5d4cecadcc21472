"""The gate: every way from two probabilities to a decision."""

from __future__ import annotations

import pytest

from retrieval.gate import GateThresholds, decide
from retrieval.types import Decision

THRESHOLDS = GateThresholds(answer=0.4, unasked=0.7, off_topic=0.6)


@pytest.mark.parametrize(
    ("confidence", "off_topic", "addressed", "expected"),
    [
        (0.4, 0.0, True, "answer"),
        (0.39, 0.0, True, "unsure"),
        (0.39, 0.6, True, "off_topic"),
        (0.39, 0.59, True, "unsure"),
        (0.4, 0.59, True, "answer"),
        (0.69, 0.6, True, "off_topic"),
        (0.7, 0.6, True, "answer"),
        (0.7, 0.0, False, "answer"),
        (0.69, 0.0, False, "unsure"),
        (0.69, 0.6, False, "off_topic"),
        (0.69, 0.59, False, "unsure"),
        (0.7, 0.6, False, "answer"),
    ],
)
def test_a_threshold_is_reached_at_its_very_value(
    confidence: float, off_topic: float, addressed: bool, expected: Decision
) -> None:
    assert decide(confidence, off_topic, False, addressed, THRESHOLDS) == expected


@pytest.mark.parametrize("addressed", [True, False])
def test_a_confident_answer_beats_the_judge(addressed: bool) -> None:
    assert decide(1.0, 1.0, False, addressed, THRESHOLDS) == "answer"


@pytest.mark.parametrize("addressed", [True, False])
@pytest.mark.parametrize(("confidence", "off_topic"), [(1.0, 0.0), (0.0, 1.0), (0.0, 0.0)])
def test_small_talk_is_never_answered_nor_flagged(confidence: float, off_topic: float, addressed: bool) -> None:
    assert decide(confidence, off_topic, True, addressed, THRESHOLDS) == "small_talk"


def test_by_default_it_is_stricter_with_a_message_that_was_not_addressed_to_it() -> None:
    assert decide(0.6, 0.0, False, True, GateThresholds()) == "answer"
    assert decide(0.6, 0.0, False, False, GateThresholds()) == "unsure"


def test_an_abstaining_judge_flags_nothing_by_default() -> None:
    assert decide(0.0, 0.0, False, True, GateThresholds()) == "unsure"
