"""The words that a community's messages have and others do not: one of them in a message speaks for it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.banks import off_topic_lines
from retrieval.query import query_terms

_SMOOTHING = 0.5
Terms = tuple[str, ...]


@dataclass(frozen=True)
class TopicWords:
    """In how many on-topic messages each word stands, and in how many of the built-in off-topic lines."""

    messages: int
    known: Mapping[str, int]
    lines: int
    strange: Mapping[str, int]

    @staticmethod
    def of(messages: Sequence[Terms]) -> TopicWords:
        """From the distinct words of each on-topic message."""
        lines = off_topic_lines()
        strange = Counter(term for line in lines for term in query_terms(line))
        return TopicWords(len(messages), Counter(term for terms in messages for term in terms), len(lines), strange)

    def best(self, messages: Sequence[Terms], among: bool = False) -> NDArray[np.float64]:
        """The log-odds of each message's most telling word, shape (len(messages),); 0.0 for one without words.

        ``among``: the messages are some of those that the words were counted in, and do not speak for themselves.
        """
        return np.array([max((self._log_odds(term, among) for term in terms), default=0.0) for terms in messages])

    def _log_odds(self, term: str, among: bool) -> float:
        here = (self.known.get(term, 0) - among + _SMOOTHING) / (self.messages - among + 2 * _SMOOTHING)
        elsewhere = (self.strange.get(term, 0) + _SMOOTHING) / (self.lines + 2 * _SMOOTHING)
        return math.log(here / elsewhere)
