"""The off-topic judge: is this message about what this community is about?

A message is compared with two kinds of reference. *Documents*: the passages and question headings of the space.
*Messages*: lines known to be on topic (taught, imported, golden). Each kind knows from its own data how similar an
on-topic message usually is; the message is off topic only if it is so by every kind there is. Similarity is the mean
of the nearest references (Sun et al. 2022, "Out-of-Distribution Detection with Deep Nearest Neighbors"): of three for
documents; ``message_references`` tells how it is for messages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from storage.records import Matrix

NEAREST = 3
FEWEST_REFERENCES = 30
"""Below this many references of a kind the judge has no opinion."""

WEAKEST = 0.25
"""The share of pseudo-questions that the boundary of documents may give away; words torn out of their passage are
much farther from it than questions that people ask."""

_BLOCK = 1024
Signal = Literal["documents", "messages"]
Similarities = NDArray[np.float32]


@dataclass(frozen=True)
class Boundary:
    """Where on topic ends for one kind of reference.

    A message at ``threshold`` scores 0.5; ``spread`` is how far similarities of on-topic messages scatter.
    """

    threshold: float
    spread: float
    references: int

    def off_topic_score(self, similarity: float) -> float:
        """0-1, higher is more off topic, 0.5 at the threshold."""
        return 1.0 / (1.0 + math.exp(np.clip((similarity - self.threshold) / (self.spread / 2), -35, 35)))


@dataclass(frozen=True)
class Verdict:
    """The judge's opinion of one message. An abstaining judge scores 0.0 and flags nothing.

    ``signal`` names the references that decided, ``similarity`` is to those, ``threshold`` is where they call a message
    off topic. The nearest texts are for whoever asks why, and empty otherwise.
    """

    score: float
    signal: Signal | None
    similarity: float
    threshold: float = 0.0
    nearest_on_topic: str = ""
    nearest_off_topic: str = ""

    @property
    def abstained(self) -> bool:
        """True where there were too few references of any kind."""
        return self.signal is None


ABSTAINED = Verdict(score=0.0, signal=None, similarity=0.0)


def judge(similarities: dict[Signal, float], boundaries: dict[Signal, Boundary]) -> Verdict:
    """The mildest opinion among the signals that have a boundary: near anything on topic is on topic."""
    opinions = [
        Verdict(boundaries[signal].off_topic_score(similarity), signal, similarity, boundaries[signal].threshold)
        for signal, similarity in similarities.items()
        if signal in boundaries
    ]
    return min(opinions, key=lambda verdict: verdict.score, default=ABSTAINED)


def nearest_mean(
    messages: Matrix,
    references: Matrix,
    nearest: int = NEAREST,
    skip_self: bool = False,
    less: Similarities | None = None,
) -> Similarities:
    """Mean cosine of each message to its ``nearest`` references, shape (len(messages),); zeros without references.

    ``skip_self``: messages and references are the same rows and nobody is its own neighbour (leave-one-out).
    ``less`` is taken off the cosines to each reference, shape (len(references),), before the nearest are chosen.
    """
    means = np.zeros(len(messages), dtype=np.float32)
    count = min(nearest, len(references) - skip_self)
    if count < 1:
        return means
    for first in range(0, len(messages), _BLOCK):
        cosines = messages[first : first + _BLOCK] @ references.T
        if less is not None:
            cosines -= less
        if skip_self:
            rows = np.arange(len(cosines))
            cosines[rows, rows + first] = -2.0
        means[first : first + _BLOCK] = np.partition(cosines, -count, axis=1)[:, -count:].mean(axis=1)
    return means


def fit_documents(off_topic_lines: Similarities, pseudo_questions: Similarities, references: int) -> Boundary | None:
    """The boundary where there are documents only, from the similarities of two kinds of line.

    Passages among themselves are far more alike than a question is to a passage, so they say nothing about the
    threshold. It lies where the built-in off-topic lines end, at 95% of them or, where even the weakest
    pseudo-questions stand higher, at up to 99%. The last hundredths are left alone: in a community about cooking,
    some of those lines are on topic.
    """
    if references < FEWEST_REFERENCES:
        return None
    low, high = np.quantile(off_topic_lines, [0.95, 0.99])
    weakest = np.quantile(pseudo_questions, WEAKEST) if len(pseudo_questions) else low
    threshold = float(np.clip(weakest, low, high))
    return Boundary(threshold, spread(pseudo_questions if len(pseudo_questions) else off_topic_lines), references)


def spread(similarities: Similarities) -> float:
    """How far similarities scatter, never so little that scores become all or nothing."""
    return max(float(np.std(similarities)), 0.02)
