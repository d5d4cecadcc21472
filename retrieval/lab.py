"""Trying thresholds out on what was recorded, before and after they count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from retrieval.fitting.shares import Share
from retrieval.gate import GATE, GateThresholds, decide, kept_thresholds
from retrieval.space import Clock
from storage.recorded import Scored
from storage.stores import Stores
from storage.tunables import Tunable

MOST_MESSAGES = 5000
"""The latest recorded messages that a preview looks at."""

WORST = 10
RELIABILITY_BINS = 5

Traffic = Literal["all", "posted", "shadow"]
"""Which recorded messages: all, those that could be answered, or those that were only listened to."""

_SHADOW: Mapping[Traffic, bool | None] = {"all": None, "posted": False, "shadow": True}

ThresholdName = Literal["answer", "unasked", "off_topic"]


@dataclass(frozen=True)
class Near:
    """A message beside a threshold: how it scored, what it said, and what was said of it ("" where nobody has)."""

    score: float
    text: str
    judged: str = ""


@dataclass(frozen=True)
class Effect:
    """What recorded messages would come to: ``changes`` counts (decision now, decision then) where the two differ.

    Of the messages that a threshold is about, ``above`` are the WORST just at it or above, ``below`` those just below.
    ``wrong`` is the share, of those at it or above of which somebody has said it, that should have been below: wrong
    answers, or on-topic messages taken to be off topic; ``missed`` the share of those below that should be above.
    """

    messages: int
    changes: Mapping[tuple[str, str], int]
    above: tuple[Near, ...]
    below: tuple[Near, ...]
    wrong: Share
    missed: Share

    @property
    def changed(self) -> int:
        """How many messages would be decided otherwise."""
        return sum(self.changes.values())


@dataclass(frozen=True)
class Bin:
    """Messages whose confidence lies from ``start`` on: its mean, and how many of them were right."""

    start: float
    confidence: float
    right: Share


class Lab:
    """Looks at thresholds. Only ``set_thresholds`` and ``undo_thresholds`` change them, for every process at once."""

    def __init__(self, stores: Stores, clock: Clock) -> None:
        self._stores, self._clock = stores, clock

    def thresholds(self, space: str) -> GateThresholds:
        """What the gate decides by in ``space`` just now."""
        return kept_thresholds(self._stores, space)

    def set_thresholds(self, space: str, thresholds: GateThresholds, by: str) -> None:
        """Decides by ``thresholds`` from the next message on; ``by`` says who wanted it."""
        self._stores.tunables.set(space, GATE, asdict(thresholds), by, self._clock())

    def undo_thresholds(self, space: str) -> GateThresholds:
        """Goes back to what counted before; raises NothingToUndoError. Returns what counts now."""
        self._stores.tunables.undo(space, GATE, self._clock())
        return self.thresholds(space)

    def history(self, space: str) -> list[Tunable]:
        """Every change of the thresholds, oldest first."""
        return self._stores.tunables.history(space, GATE)

    def recorded(self, space: str, traffic: Traffic = "all") -> list[Scored]:
        """The latest recorded messages, newest first: what histograms and previews are made of."""
        return self._stores.recorded.scores(space, MOST_MESSAGES, _SHADOW[traffic])

    def effect(
        self,
        recorded: Sequence[Scored],
        thresholds: GateThresholds,
        now: GateThresholds,
        about: ThresholdName = "answer",
    ) -> Effect:
        """What ``thresholds`` would make of recorded messages, compared with what ``now`` makes of them.

        ``about`` is the threshold whose neighbours and rates are wanted.
        """
        pairs = ((decided(message, now), decided(message, thresholds)) for message in recorded)
        changes = Counter((before, after) for before, after in pairs if before != after)
        at = float(asdict(thresholds)[about])
        ordered = sorted(_compared(recorded, about), key=lambda pair: pair[0])
        above = [pair for pair in ordered if pair[0] >= at]
        below = [pair for pair in ordered if pair[0] < at]
        texts = self._stores.recorded.questions(m.id for _, m in (*above[:WORST], *below[-WORST:]))
        said = [(score >= at, truth) for score, m in ordered if (truth := _is_above(m, about)) is not None]
        return Effect(
            messages=len(recorded),
            changes=changes,
            above=tuple(near(score, m, texts, about) for score, m in above[:WORST]),
            below=tuple(near(score, m, texts, about) for score, m in reversed(below[-WORST:])),
            wrong=Share(sum(reached and not truth for reached, truth in said), sum(reached for reached, _ in said)),
            missed=Share(sum(truth and not reached for reached, truth in said), sum(not r for r, _ in said)),
        )

    def reliability(self, recorded: Sequence[Scored]) -> list[Bin]:
        """How often messages were right that promised so much; only bins of which somebody said anything."""
        bins: dict[int, list[Scored]] = {}
        for message in recorded:
            if message.right is not None:
                place = min(int(message.confidence * RELIABILITY_BINS), RELIABILITY_BINS - 1)
                bins.setdefault(place, []).append(message)
        return [
            Bin(
                place / RELIABILITY_BINS,
                sum(m.confidence for m in found) / len(found),
                Share(sum(bool(m.right) for m in found), len(found)),
            )
            for place, found in sorted(bins.items())
        ]


def decided(message: Scored, thresholds: GateThresholds) -> str:
    """What a recorded message comes to at some thresholds."""
    small_talk = message.decision == "small_talk"
    return decide(message.confidence, message.off_topic_score, small_talk, message.addressed, thresholds)


def _compared(recorded: Sequence[Scored], about: ThresholdName) -> list[tuple[float, Scored]]:
    """The messages that a threshold decides on, each with what it is compared with."""
    judged = [message for message in recorded if message.decision != "small_talk"]
    if about == "off_topic":
        return [(message.off_topic_score, message) for message in judged]
    return [(message.confidence, message) for message in judged if message.addressed == (about == "answer")]


def _is_above(message: Scored, about: ThresholdName) -> bool | None:
    """Whether a message belongs above the threshold, by what people said of it; None where nobody did."""
    if about == "off_topic":
        return None if message.topic is None else message.topic == "out"
    return message.right


def near(score: float, message: Scored, texts: Mapping[int, str], about: ThresholdName) -> Near:
    """A message for whom it is shown to, with what was said of it; ``texts`` by number."""
    truth = _is_above(message, about)
    words = ("on topic", "off topic") if about == "off_topic" else ("wrong", "right")
    return Near(score, texts.get(message.id, ""), "" if truth is None else words[truth])
