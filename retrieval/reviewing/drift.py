"""How the scores of messages move: the last whole week beside the four weeks before it.

The two-sample test of Kolmogorov and Smirnov: the largest distance between the two cumulative distributions, which is
chance below ``critical``. That bound holds for messages that are independent of each other, so that copies of one
member count once a week; where a few members say much the same all the time it is passed more often.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrieval.fitting.fit import FIT
from retrieval.space import Clock
from storage.stores import Stores

WEEK = 7 * 86_400.0
WEEKS_BEFORE = 4

FEWEST = 100
"""Messages that both sides need; with fewer nothing is said."""

FALSE_ALERTS = 0.01
"""In so many weeks at most a space is told to have moved whose messages come from the same distribution as before."""

LEAST_DISTANCE = 0.1
"""A smaller move is nobody's concern, however sure it is."""

_MONDAY = 4 * 86_400.0
_LOOKS = 4
"""Two scores of two kinds of traffic: each may be wrong a quarter as often."""

Sample = Sequence[float] | NDArray[np.float64]
Score = Literal["confidence", "off_topic"]
State = Literal["too few", "steady", "moved"]


@dataclass(frozen=True)
class Shift:
    """One score of one kind of traffic: ``messages`` of the week beside so many ``before``, with both medians.

    ``shadow`` is what was only listened to. ``distance`` is that of Kolmogorov and Smirnov, 0-1, ``critical`` what
    chance does not reach; both are 0 where there are too few.
    """

    score: Score
    shadow: bool
    messages: int
    before: int
    median: float
    median_before: float
    distance: float
    critical: float

    @property
    def state(self) -> State:
        """Whether the score moved."""
        if min(self.messages, self.before) < FEWEST:
            return "too few"
        return "moved" if self.distance >= max(self.critical, LEAST_DISTANCE) else "steady"

    @property
    def sentence(self) -> str:
        """What an operator is told."""
        kind = "messages that were only heard" if self.shadow else "messages"
        name = "off-topic score" if self.score == "off_topic" else self.score
        if self.state == "too few":
            few = f"{self.messages} {kind} last week and {self.before} in the four weeks before"
            return f"{few}: too few to say whether their {name} moved, which takes {FEWEST} each"
        return (
            f"the {name} of {kind} {'moved' if self.state == 'moved' else 'is as it was'}: its median was "
            f"{self.median:.2f} last week, {self.median_before:.2f} in the four weeks before (distance "
            f"{self.distance:.2f}, by chance below {max(self.critical, LEAST_DISTANCE):.2f}; {self.messages} and "
            f"{self.before} messages)"
        )


@dataclass(frozen=True)
class Drift:
    """What was found of the week that ended at ``week_end`` (a Monday, 0:00 UTC; seconds since the epoch).

    ``refitted``: within those five weeks the space was fitted anew, which moves scores by itself, so that only what was
    scored since then was compared.
    """

    space: str
    week_end: float
    refitted: bool
    shifts: tuple[Shift, ...]

    @property
    def moved(self) -> tuple[Shift, ...]:
        """What is worth a look."""
        return tuple(shift for shift in self.shifts if shift.state == "moved")

    @property
    def sentences(self) -> list[str]:
        """What moved, a sentence each."""
        return [shift.sentence for shift in self.moved]

    @property
    def outcome(self) -> str:
        """One sentence for the list of jobs."""
        week = datetime.fromtimestamp(self.week_end - WEEK, UTC).strftime("%Y-%m-%d")
        if self.moved:
            return f"{self.space}: {'; '.join(self.sentences)}"
        if all(shift.state == "too few" for shift in self.shifts):
            since = " since the space was fitted anew" if self.refitted else ""
            few = f"too few messages{since} in the week from {week} or before it"
            return f"{self.space}: {few} to say whether scores moved"
        return f"{self.space}: nothing moved in the week from {week}"


class DriftWatch:
    """Looks at recorded scores; keeps what it found of the last whole week, without a word of any message."""

    def __init__(self, stores: Stores, clock: Clock) -> None:
        self._stores, self._clock = stores, clock

    def look(self, space: str) -> Drift:
        """Compares, and keeps what it found in the place of what was found before."""
        end = last_week_end(self._clock())
        start = end - (WEEKS_BEFORE + 1) * WEEK
        fitted = max(
            (line.set_at for line in self._stores.tunables.history(space, FIT) if line.set_at < end), default=0
        )
        # Another fit is another scale, and would be told as a move for five weeks.
        rows = [row for row in self._stores.recorded.between(space, start, end) if row[0] >= fitted]
        shifts = [
            shift_of(
                score,
                shadow,
                [row[place] for row in rows if row[1] == shadow and row[0] >= end - WEEK],
                [row[place] for row in rows if row[1] == shadow and row[0] < end - WEEK],
            )
            for shadow in (False, True)
            for score, place in _PLACES
        ]
        found = Drift(space, end, fitted > start, tuple(shifts))
        self._stores.drifts.put(space, asdict(found), self._clock())
        return found

    def standing(self) -> list[Drift]:
        """What was found of each space's last whole week, or of the one before until that was looked at."""
        now = self._clock()
        kept = (_drift(value) for value in self._stores.drifts.all())
        return [drift for drift in kept if 0 <= now - drift.week_end < 2 * WEEK]


_PLACES: tuple[tuple[Score, int], ...] = (("confidence", 2), ("off_topic", 3))


def last_week_end(now: float) -> float:
    """The last Monday, 0:00 UTC, that has begun."""
    return math.floor((now - _MONDAY) / WEEK) * WEEK + _MONDAY


def shift_of(score: Score, shadow: bool, last: Sample, before: Sample) -> Shift:
    """Compares two samples of a score."""
    counts = len(last), len(before)
    if min(counts) < FEWEST:
        return Shift(score, shadow, *counts, 0.0, 0.0, 0.0, 0.0)
    medians = round(float(np.median(last)), 4), round(float(np.median(before)), 4)
    return Shift(score, shadow, *counts, *medians, round(distance(last, before), 4), round(critical(*counts), 4))


def distance(one: ArrayLike, other: ArrayLike) -> float:
    """The largest difference of the two empirical distribution functions, 0-1; ties count at once."""
    left, right = np.sort(np.asarray(one, dtype=np.float64)), np.sort(np.asarray(other, dtype=np.float64))
    places = np.concatenate([left, right])
    shares = [np.searchsorted(each, places, side="right") / len(each) for each in (left, right)]
    return float(np.abs(shares[0] - shares[1]).max())


def critical(one: int, other: int, rate: float = FALSE_ALERTS / _LOOKS) -> float:
    """The distance that samples of one distribution, so many and so many, pass with at most the probability ``rate``.

    Smirnov 1939 in its first term, 2 exp(-2 d² nm / (n + m)), which is above his series; for the sizes at which it is
    used here, also by Wei and Dudley 2012, "Two-sample Dvoretzky-Kiefer-Wolfowitz inequalities".
    """
    return math.sqrt(math.log(2 / rate) / 2 * (one + other) / (one * other))


def _drift(value: dict[str, Any]) -> Drift:
    return Drift(**{**value, "shifts": tuple(Shift(**each) for each in value["shifts"])})
