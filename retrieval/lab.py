"""Trying thresholds out on what was recorded, before and after they count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from retrieval.gate import GATE, GateThresholds, decide, kept_thresholds
from retrieval.space import Clock
from storage.records import Interaction, Tunable
from storage.stores import Stores

MOST_MESSAGES = 5000
"""The latest recorded messages that a preview looks at."""


@dataclass(frozen=True)
class Effect:
    """What recorded messages would come to: ``changes`` counts (decision now, decision then) where the two differ."""

    messages: int
    changes: Mapping[tuple[str, str], int]

    @property
    def changed(self) -> int:
        """How many messages would be decided otherwise."""
        return sum(self.changes.values())


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

    def recorded(self, space: str) -> list[Interaction]:
        """The latest recorded messages, newest first: what histograms and previews are made of."""
        return self._stores.interactions.list(space, MOST_MESSAGES)

    def effect(self, recorded: Sequence[Interaction], thresholds: GateThresholds, now: GateThresholds) -> Effect:
        """What ``thresholds`` would make of recorded messages, compared with what ``now`` makes of them."""
        pairs = ((_decided(message, now), _decided(message, thresholds)) for message in recorded)
        return Effect(len(recorded), Counter((before, after) for before, after in pairs if before != after))


def _decided(message: Interaction, thresholds: GateThresholds) -> str:
    small_talk = message.decision == "small_talk"
    return decide(message.confidence, message.off_topic_score, small_talk, message.addressed, thresholds)
