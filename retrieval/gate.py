"""From probabilities to a decision. The whole policy is on this page."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from retrieval.types import Decision
from storage.errors import KnowbotError
from storage.stores import Stores

GATE = "gate"
"""The tunable that holds a space's thresholds."""

FEWEST_FLAGGED_WORDS = 4
"""A shorter message says too little to be judged in public."""


class ThresholdOutOfRangeError(KnowbotError):
    """A threshold is no probability."""


@dataclass(frozen=True)
class GateThresholds:
    """Tunables of a space, each 0-1.

    ``answer``: least confidence for an answer to somebody who asked the bot; ``unasked``: the stricter one for a
    message that was not addressed to it, or that looks off topic; ``off_topic``: the judge's score from which it does.
    """

    answer: float = 0.5
    unasked: float = 0.8
    off_topic: float = 0.5

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not 0 <= value <= 1:
                raise ThresholdOutOfRangeError(f"the threshold '{name}' cannot be {value}: choose one from 0 to 1")


def kept_thresholds(stores: Stores, space: str) -> GateThresholds:
    """What the gate decides by in ``space`` just now."""
    return GateThresholds(**stores.tunables.get(space, GATE, {}))


def decide(
    confidence: float, off_topic_score: float, small_talk: bool, addressed: bool, thresholds: GateThresholds
) -> Decision:
    """What becomes of a message. Only a very confident answer beats the judge: what can be answered is on topic."""
    if small_talk:
        return "small_talk"
    if confidence >= least_confidence(off_topic_score, addressed, thresholds):
        return "answer"
    return "off_topic" if off_topic_score >= thresholds.off_topic else "unsure"


def least_confidence(off_topic_score: float, addressed: bool, thresholds: GateThresholds) -> float:
    """The confidence from which a message is answered."""
    is_strict = not addressed or off_topic_score >= thresholds.off_topic
    return thresholds.unasked if is_strict else thresholds.answer


def raises_flag(decision: str, addressed: bool, words: int) -> bool:
    """Whether a message of so many words is for moderators to look at; what was put to the bot itself is not."""
    return decision == "off_topic" and not addressed and words >= FEWEST_FLAGGED_WORDS
