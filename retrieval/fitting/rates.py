"""Thresholds from the rates that an operator can live with, and what they cost.

"At most 2% wrong answers to messages that nobody addressed to the bot" is something to decide on; 0.83 is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from storage.errors import KnowbotError
from storage.stores import Stores

RATES = "rates"
"""The tunable that holds what the operator of a space can live with."""

_STEPS = 1000


class RateOutOfRangeError(KnowbotError):
    """A rate is no share."""


@dataclass(frozen=True)
class Rates:
    """Of all messages, the largest share that may get a wrong answer: of those addressed to the bot, and of others.

    ``flagged`` is the largest share of on-topic messages that may be taken to be off topic.
    """

    asked: float = 0.1
    unasked: float = 0.02
    flagged: float = 0.05

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not 0 < value < 1:
                raise RateOutOfRangeError(f"the rate '{name}' cannot be {value}: choose a share between 0 and 1")


def kept_rates(stores: Stores, space: str) -> Rates:
    """What the operator of a space can live with, as it was chosen."""
    return Rates(**stores.tunables.get(space, RATES, {}))


def flag_threshold(scores: Sequence[float], rate: float) -> float:
    """The lowest threshold (in thousandths, at most 1) that takes no more than ``rate`` of messages to be off topic.

    ``scores`` are the off-topic scores of some that are on topic; what holds for messages of tomorrow allows one in
    ``1 / rate`` of them and of the next one (conformal prediction: Vovk et al. 2005).
    """
    allowed = int(rate * (len(scores) + 1))
    if allowed >= len(scores):
        return 0.0
    return min(int(sorted(scores)[len(scores) - 1 - allowed] * _STEPS) + 1, _STEPS) / _STEPS


@dataclass(frozen=True)
class Outcomes:
    """Messages with the confidence that each got, whether its first passage was right, and how much it weighs.

    The weights sum to 1: each is the share of all messages that it stands for.
    """

    confidence: NDArray[np.float64]
    right: NDArray[np.bool_]
    weight: NDArray[np.float64]

    @staticmethod
    def of(groups: Sequence[tuple[Sequence[float], Sequence[bool], float]]) -> Outcomes:
        """From (confidences, rights, share of all messages) by group; an empty group leaves its share to the others."""
        filled = [group for group in groups if group[0]]
        total = sum(share for _, _, share in filled)
        return Outcomes(
            np.concatenate([np.asarray(confidences, dtype=np.float64) for confidences, _, _ in filled]),
            np.concatenate([np.asarray(rights, dtype=np.bool_) for _, rights, _ in filled]),
            np.concatenate([np.full(len(each), share / total / len(each)) for each, _, share in filled]),
        )

    def wrong(self, threshold: float) -> float:
        """The share of all messages that get a wrong answer at ``threshold``."""
        return float(self.weight[(self.confidence >= threshold) & ~self.right].sum())

    def silence(self, threshold: float) -> float:
        """Of the messages whose first passage is right, the share that gets no answer at ``threshold``."""
        right = float(self.weight[self.right].sum())
        return float(self.weight[self.right & (self.confidence < threshold)].sum()) / right if right else 0.0

    def threshold(self, rate: float) -> float:
        """The lowest threshold (in thousandths) at which no more than ``rate`` of all messages get a wrong answer.

        1.0, which hardly anything reaches, where none keeps to it.
        """
        # Wrong answers only get fewer as the threshold rises, so the first that keeps to the rate is found by halving.
        low, high = 0, _STEPS
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self.wrong(middle / _STEPS) <= rate else (middle + 1, high)
        return low / _STEPS
