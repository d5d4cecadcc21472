"""Messages whose verdict is known, as references of the off-topic judge.

Similarity to them is the mean cosine of the nearest ones, each less a share of how crowded its own place is: whatever
is asked is near to a reference in the middle ("hubs": Radovanovic, Nanopoulos and Ivanovic 2010; scaled after Conneau
et al. 2018, "Word Translation Without Parallel Data"). The more references, the more neighbours count. What a message
resembles of those that moderators called off topic is taken off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from retrieval.anomaly import FEWEST_REFERENCES, NEAREST, Boundary, Similarities, nearest_mean, spread
from storage.records import Matrix

TAUGHT_WEIGHT = 0.7
CROWDING_WEIGHT = 0.25
FALSE_FLAGS = 0.05
"""The share of on-topic messages that a threshold fitted on on-topic messages gives away."""

MOST_NEIGHBOURS = 15
FOLDS = 5
MOST_HELD_OUT = 2000
"""Messages that a threshold is fitted on; its quantile gets no steadier by more."""


@dataclass(frozen=True)
class MessageReferences:
    """Unit vectors of on-topic and off-topic messages, one a row, and how crowded the place of each former is."""

    on_topic: Matrix
    off_topic: Matrix
    crowding: Similarities

    @staticmethod
    def of(on_topic: Matrix, off_topic: Matrix) -> MessageReferences:
        """The references with the crowding worked out: the mean cosine of each to its own neighbours."""
        crowding = nearest_mean(on_topic, on_topic, neighbours(len(on_topic)), skip_self=True)
        return MessageReferences(on_topic, off_topic, crowding)

    def similarities(self, messages: Matrix) -> Similarities:
        """How like the references each message is, shape (len(messages),); may be negative."""
        return self._similarities(messages, np.arange(len(self.on_topic)))

    def boundary(self) -> Boundary | None:
        """Gives away FALSE_FLAGS of the known messages, each judged by the folds that it is not in.

        Judged by all others, most would have a twin among them, which a message of tomorrow has less often.
        """
        count = len(self.on_topic)
        if count < FEWEST_REFERENCES:
            return None
        chosen = np.unique(np.linspace(0, count - 1, min(count, MOST_HELD_OUT)).astype(np.int64))
        everyone = np.arange(count)
        held_out = np.concatenate(
            [
                self._similarities(self.on_topic[chosen[chosen % FOLDS == fold]], everyone[everyone % FOLDS != fold])
                for fold in range(FOLDS)
            ]
        )
        return Boundary(float(np.quantile(held_out, FALSE_FLAGS)), spread(held_out), count)

    def _similarities(self, messages: Matrix, known: np.typing.NDArray[np.int64]) -> Similarities:
        nearest = neighbours(len(self.on_topic))
        crowding = np.float32(CROWDING_WEIGHT) * self.crowding[known]
        similar = nearest_mean(messages, self.on_topic[known], nearest, less=crowding)
        if not len(self.off_topic):
            return similar
        return similar - np.float32(TAUGHT_WEIGHT) * nearest_mean(messages, self.off_topic, NEAREST)


def neighbours(references: int) -> int:
    """How many of the nearest references count: the root of their number by eight, from NEAREST to MOST_NEIGHBOURS."""
    return min(max(NEAREST, round(math.sqrt(references) / 8)), MOST_NEIGHBOURS)
