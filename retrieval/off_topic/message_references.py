"""Messages whose verdict is known, as references of the off-topic judge.

Similarity to them has three parts. First the mean cosine of the nearest ones, each less a share of how crowded its own
place is: whatever is asked is near to a reference in the middle ("hubs": Radovanovic, Nanopoulos and Ivanovic 2010;
scaled after Conneau et al. 2018, "Word Translation Without Parallel Data"). The more references, the more neighbours
count. Then how well the message fits into a cluster of them, which counts as far as there are clusters; then whether it
has a word that is typical of them. What it resembles of those that moderators called off topic is taken off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retrieval.anomaly import FEWEST_REFERENCES, NEAREST, Boundary, Similarities, nearest_mean, spread
from retrieval.off_topic.neighbourhoods import MOST_NEIGHBOURS, Neighbourhoods, Rows
from retrieval.off_topic.topic_clusters import FEWEST_MESSAGES, SettledClusters, evenly
from retrieval.off_topic.topic_words import Terms, TopicWords
from storage.records import Matrix

TAUGHT_WEIGHT = 0.7
CROWDING_WEIGHT = 0.25
CLUSTERS_WEIGHT = 1.5
"""Weight of how well a message fits a cluster, times the share of their differences that clusters explain."""

WORDS_WEIGHT = 0.3
MOST_HELD_OUT = 4000
"""Messages that a threshold is fitted on: the share that it gives away is then off by a third of a hundredth."""

FOLDS = 20
"""Held-out messages are compared with those of the other folds (row % FOLDS): nearly as many as one of tomorrow is."""

GUESSED = 3
"""Clusters and words are guesses at what is off topic: this many taught off-topic messages halve their weight."""

_NEVER_NEAREST = 4.0
"""What is taken off a cosine to rank behind all others."""

FALSE_FLAGS = 0.05
"""The share of on-topic messages that a threshold gives away, unless the operator chose another."""


@dataclass(frozen=True)
class _Scale:
    """What a part of the similarity is worth, in cosines: ``slope`` a unit above ``mean``."""

    mean: float
    slope: float

    @staticmethod
    def of(part: NDArray[np.float64], worth: float) -> _Scale:
        """One standard deviation of ``part`` is worth ``worth``."""
        deviation = float(np.std(part))
        return _Scale(float(np.mean(part)), worth / deviation if deviation > 1e-9 else 0.0)

    def __call__(self, part: NDArray[np.float64]) -> Similarities:
        return np.asarray((part - self.mean) * self.slope, dtype=np.float32)


_WORTHLESS = _Scale(0.0, 0.0)


@dataclass(frozen=True)
class MessageReferences:
    """Unit vectors of on-topic and off-topic messages, one a row, and what was learnt from them.

    ``crowding`` says how crowded the place of each on-topic message is. ``held_out`` are similarities of on-topic
    messages, each to those of the folds that it is not in: what messages of tomorrow will have. ``held_out_nearness``
    is what on-topic messages contribute to them.
    """

    neighbourhoods: Neighbourhoods
    off_topic: Matrix
    crowding: Similarities
    words: TopicWords
    clusters: SettledClusters | None
    words_scale: _Scale
    clusters_scale: _Scale
    held_out_nearness: Similarities
    held_out: Similarities

    @staticmethod
    def of(on_topic: Matrix, off_topic: Matrix, terms: Sequence[Terms] = ()) -> MessageReferences:
        """Learns from the messages; ``terms`` are the words of those on topic, where they may count."""
        return _learnt(Neighbourhoods.of(on_topic), off_topic, terms)

    def after(self, kept: Rows, added: Matrix, off_topic: Matrix, terms: Sequence[Terms] = ()) -> MessageReferences:
        """What ``of`` learns, without learning anew what stays as it is.

        On topic are now the messages in the rows ``kept`` (ascending), followed by ``added``; the rest as in ``of``.
        """
        unmoved = kept[: self.clusters.settled] if self.clusters else kept
        stand = self.clusters and np.array_equal(unmoved, np.arange(self.clusters.settled))
        neighbourhoods = self.neighbourhoods.after(kept, added)
        nearness = self.held_out_nearness if neighbourhoods is self.neighbourhoods else None
        return _learnt(neighbourhoods, off_topic, terms, self.clusters if stand else None, nearness)

    @property
    def on_topic(self) -> Matrix:
        """The vectors of on-topic messages."""
        return self.neighbourhoods.messages

    def similarities(self, messages: Matrix, terms: Sequence[Terms] = ()) -> Similarities:
        """How like the references each message is, shape (len(messages),); may be negative."""
        similar = self.nearness(messages) - self.likeness_to_off_topic(messages)
        if self.clusters is not None:
            similar = similar + self.clusters_scale(self.clusters.fit_of(messages))
        return similar + self.words_scale(self.words.best(terms)) if terms else similar

    def boundary(self, false_flags: float = FALSE_FLAGS) -> Boundary | None:
        """Gives away at most the share ``false_flags`` of on-topic messages; None below FEWEST_REFERENCES of them.

        The quantile is that of conformal prediction (Vovk et al. 2005), which holds for any number of messages.
        """
        count = len(self.held_out)
        if not count:
            return None
        place = max(math.floor(false_flags * (count + 1)), 1)
        threshold = float(np.partition(self.held_out, place - 1)[place - 1])
        return Boundary(threshold, spread(self.held_out), len(self.on_topic))

    def nearness(self, messages: Matrix, fold: int | None = None) -> Similarities:
        """How near the on-topic messages that are not in the ``fold`` are to each message, shape (len(messages),)."""
        less = np.float32(CROWDING_WEIGHT) * self.crowding
        if fold is not None:
            less[fold::FOLDS] = _NEVER_NEAREST
        return nearest_mean(messages, self.on_topic, neighbours(len(self.on_topic)), less=less)

    def likeness_to_off_topic(self, messages: Matrix) -> Similarities:
        """What is taken off for resembling off-topic messages, shape (len(messages),)."""
        return np.float32(TAUGHT_WEIGHT) * nearest_mean(messages, self.off_topic, NEAREST)


def neighbours(references: int) -> int:
    """How many of the nearest references count: the root of their number by eight, from NEAREST to MOST_NEIGHBOURS."""
    return min(max(NEAREST, round(math.sqrt(references) / 8)), MOST_NEIGHBOURS)


def _learnt(
    neighbourhoods: Neighbourhoods,
    off_topic: Matrix,
    terms: Sequence[Terms],
    clusters: SettledClusters | None = None,
    nearness: Similarities | None = None,
) -> MessageReferences:
    """``clusters`` were made of the first of these messages, ``nearness`` is that of those held out, where known."""
    on_topic = neighbourhoods.messages
    learnt = MessageReferences(
        neighbourhoods=neighbourhoods,
        off_topic=off_topic,
        crowding=neighbourhoods.crowding(neighbours(len(on_topic))),
        words=TopicWords.of(terms),
        clusters=SettledClusters.of(on_topic, clusters) if len(on_topic) >= FEWEST_MESSAGES else None,
        words_scale=_WORTHLESS,
        clusters_scale=_WORTHLESS,
        held_out_nearness=np.zeros(0, np.float32),
        held_out=np.zeros(0, np.float32),
    )
    if len(on_topic) < FEWEST_REFERENCES:
        return learnt
    rows = evenly(len(on_topic), MOST_HELD_OUT)
    nearness = _held_out_nearness(learnt, rows) if nearness is None else nearness
    return _measured(replace(learnt, held_out_nearness=nearness), rows, terms)


def _held_out_nearness(learnt: MessageReferences, rows: Rows) -> Similarities:
    """That of the on-topic messages in ``rows``, each to the other folds.

    Judged by all others, most would have a twin among them, which a message of tomorrow has less often.
    """
    nearness = np.zeros(len(rows), np.float32)
    for fold in range(FOLDS):
        own = rows % FOLDS == fold
        nearness[own] = learnt.nearness(learnt.on_topic[rows[own]], fold)
    return nearness


def _measured(learnt: MessageReferences, rows: Rows, terms: Sequence[Terms]) -> MessageReferences:
    """With what every part is worth, and what it comes to for the held-out messages in ``rows``."""
    held_out, clusters = learnt.on_topic[rows], learnt.clusters
    nearness = learnt.held_out_nearness - learnt.likeness_to_off_topic(held_out)
    fits = clusters.held_out_fit(held_out, rows) if clusters else np.zeros(len(rows))
    said = learnt.words.best([terms[row] for row in rows], among=True) if terms else np.zeros(len(rows))
    unit = float(np.std(nearness)) * GUESSED / (GUESSED + len(learnt.off_topic))
    by_words = _Scale.of(said, WORDS_WEIGHT * unit)
    by_clusters = _Scale.of(fits, CLUSTERS_WEIGHT * max(clusters.explained if clusters else 0.0, 0.0) * unit)
    return replace(
        learnt,
        words_scale=by_words,
        clusters_scale=by_clusters,
        held_out=nearness + by_clusters(fits) + by_words(said),
    )
