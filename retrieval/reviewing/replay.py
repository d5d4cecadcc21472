"""Thresholds replayed over recorded messages: how many are answered and flagged, how often wrongly, the worst of them.

Scores are those of the time at which a message was recorded; ``asked_anew`` gives them those of another fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.anomaly import Verdict
from retrieval.fitting.fit import FIT
from retrieval.fitting.rehearsal import Rehearsed, rehearse
from retrieval.gate import GateThresholds, raises_flag
from retrieval.judge import Judge, opinions
from retrieval.lab import WORST, Effect, Lab, Near, decided, near
from retrieval.reading import confidence
from retrieval.space import OpenSpace
from retrieval.tune import Tuned
from storage.recorded import Scored
from storage.stores import Stores

MOST_ASKED_ANEW = 300
"""The latest recorded messages that a tune asks anew."""


@dataclass(frozen=True)
class Outcomes:
    """Of so many messages: how many were answered, to those who asked the bot and to others, and flagged.

    An unasked answer is posted in channels of the mode helpful only, and a flag raised in watched ones.
    """

    asked: int
    unasked: int
    answered_asked: int
    answered_unasked: int
    flagged: int


@dataclass(frozen=True)
class Replay:
    """What thresholds make of recorded messages, beside what those in force do.

    ``answer``, ``unasked`` and ``off_topic`` hold the messages next to each threshold, and how often it is wrong by
    what people have said. ``boldest`` are the WORST answers of the most confidence, judged wrong or not at
    all. ``before_fit`` counts messages that were scored by an earlier fit than the one in force.
    """

    now: Outcomes
    then: Outcomes
    answer: Effect
    unasked: Effect
    off_topic: Effect
    boldest: tuple[Near, ...]
    before_fit: int


def replay(stores: Stores, lab: Lab, space: str, recorded: Sequence[Scored], thresholds: GateThresholds) -> Replay:
    """Replays ``thresholds`` over messages of a space; changes nothing and encodes nothing."""
    now = lab.thresholds(space)
    fits = stores.tunables.history(space, FIT)
    return Replay(
        outcomes(recorded, now),
        outcomes(recorded, thresholds),
        lab.effect(recorded, thresholds, now, "answer"),
        lab.effect(recorded, thresholds, now, "unasked"),
        lab.effect(recorded, thresholds, now, "off_topic"),
        _boldest(stores, recorded, thresholds),
        sum(each.asked_at < fits[-1].set_at for each in recorded) if fits else 0,
    )


def outcomes(recorded: Sequence[Scored], thresholds: GateThresholds) -> Outcomes:
    """What becomes of messages at some thresholds."""
    decisions = [(message, decided(message, thresholds)) for message in recorded]
    answered = [message.addressed for message, decision in decisions if decision == "answer"]
    addressed = sum(message.addressed for message in recorded)
    return Outcomes(
        addressed,
        len(recorded) - addressed,
        sum(answered),
        len(answered) - sum(answered),
        sum(raises_flag(decision, message.addressed, message.words) for message, decision in decisions),
    )


def asked_anew(
    stores: Stores, judge: Judge, space: OpenSpace, recorded: Sequence[Scored], state: Tuned, now: float
) -> list[Scored]:
    """The latest messages whose words are kept, with the scores that another state of the space gives them.

    They are asked as if everybody could read the answer. Encodes what is not remembered.
    """
    texts = stores.recorded.questions(each.id for each in recorded[:MOST_ASKED_ANEW])
    kept = [each for each in recorded[:MOST_ASKED_ANEW] if texts.get(each.id) and each.decision != "small_talk"]
    asked = [(texts[each.id], "") for each in kept]
    found = rehearse(stores, space, asked, state.ranking, now, "tune")
    _, heard = judge.heard(space.generation.space, [text for text, _ in asked])
    taught = judge.taught(space.generation.space, space.embedder)
    return [
        replace(message, confidence=_confidence(space, state, each, verdict), off_topic_score=verdict.score)
        for message, each, verdict in zip(kept, found, opinions(heard, taught, state.fit), strict=True)
    ]


def _confidence(space: OpenSpace, state: Tuned, asked: Rehearsed, verdict: Verdict) -> float:
    """What looks off topic is not read."""
    vector = asked.vector if verdict.score < state.thresholds.off_topic else None
    return confidence(space, state.fit.confidence, vector, asked.candidates)


def _boldest(stores: Stores, recorded: Sequence[Scored], thresholds: GateThresholds) -> tuple[Near, ...]:
    doubtful = [each for each in recorded if not each.right and decided(each, thresholds) == "answer"]
    worst = sorted(doubtful, key=lambda each: (-each.confidence, each.id))[:WORST]
    texts = stores.recorded.questions(each.id for each in worst)
    return tuple(near(each.confidence, each, texts, "answer") for each in worst)
