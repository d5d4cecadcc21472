"""From probabilities to a decision. The whole policy is on this page."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.types import Decision


@dataclass(frozen=True)
class GateThresholds:
    """Tunables of a space, each 0-1.

    ``answer``: least confidence for an answer to somebody who asked the bot; ``unasked``: the stricter one for a
    message that was not addressed to it, or that looks off topic; ``off_topic``: the judge's score from which it does.
    """

    answer: float = 0.5
    unasked: float = 0.8
    off_topic: float = 0.5


def decide(
    confidence: float, off_topic_score: float, small_talk: bool, addressed: bool, thresholds: GateThresholds
) -> Decision:
    """What becomes of a message. Only a very confident answer beats the judge: what can be answered is on topic."""
    if small_talk:
        return "small_talk"
    off_topic = off_topic_score >= thresholds.off_topic
    if confidence >= (thresholds.answer if addressed and not off_topic else thresholds.unasked):
        return "answer"
    return "off_topic" if off_topic else "unsure"
