"""Scores that move from week to week: told where it is more than chance, and not where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.engine import Engine
from retrieval.fitting.fit import FIT
from retrieval.reviewing.drift import (
    FALSE_ALERTS,
    FEWEST,
    LEAST_DISTANCE,
    WEEK,
    WEEKS_BEFORE,
    Drift,
    critical,
    distance,
    last_week_end,
    shift_of,
)
from retrieval.settings import RetrievalSettings

MONDAY = last_week_end(1_700_000_000.0)
NOW = MONDAY + 2 * 86_400
WEEKS = 200
LOGIT = 1.0
"""How far the mean logit of confidence moves in the shift that has to be noticed: a distance of about 0.26."""


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(tmp_path: Path, clock: Clock) -> Iterator[Engine]:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock) as engine:
        yield engine


def scores(seed: int, count: int, by: float = 0.0) -> NDArray[np.float64]:
    """Confidence as it is spread in practice, both ends and the middle; its logits are moved ``by``."""
    return np.asarray(1 / (1 + np.exp(-np.random.default_rng(seed).normal(0.5 + by, 1.5, count))))


def hear(engine: Engine, confidences: NDArray[np.float64], start: float, length: float, shadow: bool = False) -> None:
    """So many messages, evenly spread from ``start`` on."""
    times = start + np.arange(len(confidences)) * length / len(confidences)
    engine.stores.db.conn.executemany(
        "INSERT INTO interaction (space, asked_at, origin, addressed, question, decision, answer, confidence, "
        "off_topic_score, shadow) VALUES ('default', ?, 'discord', 0, 'why', 'unsure', '', ?, 0.25, ?)",
        [(float(at), float(value), shadow) for at, value in zip(times, confidences, strict=True)],
    )


def two_periods(engine: Engine, last: NDArray[np.float64], before: NDArray[np.float64], shadow: bool = False) -> None:
    hear(engine, last, MONDAY - WEEK, WEEK, shadow)
    hear(engine, before, MONDAY - (1 + WEEKS_BEFORE) * WEEK, WEEKS_BEFORE * WEEK, shadow)


@pytest.mark.parametrize("a_week", [100, 300])
def test_in_200_weeks_of_the_same_messages_no_more_is_told_than_the_stated_rate_allows(a_week: int) -> None:
    kinds = [scores(kind + a_week, (WEEKS + WEEKS_BEFORE) * a_week) for kind in range(4)]
    alerts = 0
    for week in range(WEEKS_BEFORE, WEEKS + WEEKS_BEFORE):
        end, start = (week + 1) * a_week, week * a_week
        looks = (shift_of("confidence", False, kind[start:end], kind[start - 4 * a_week : start]) for kind in kinds)
        alerts += any(look.state == "moved" for look in looks)
    assert alerts <= WEEKS * FALSE_ALERTS


def test_a_shift_of_the_stated_size_is_noticed_in_19_weeks_of_20() -> None:
    looks = [
        shift_of("confidence", False, scores(seed, FEWEST, -LOGIT), scores(1000 + seed, 4 * FEWEST))
        for seed in range(100)
    ]
    assert sum(look.state == "moved" for look in looks) >= 95


def test_the_bound_is_above_what_chance_does_by_the_exact_distribution() -> None:
    """Of the 20 ways to mix 3 and 3 values, 2 put all of one side first: a distance of 1, and the next is 2/3."""
    assert 2 / 3 < critical(3, 3, rate=2 / 20) <= 1
    assert critical(100, 400) == pytest.approx(0.2044, abs=1e-4)
    assert critical(1000, 4000) < LEAST_DISTANCE


def test_the_distance_is_that_of_the_distribution_functions_with_ties_at_once() -> None:
    assert distance([1.0, 1.0, 1.0], [1.0, 1.0]) == 0.0
    assert distance([0.0, 0.0], [1.0]) == 1.0
    assert distance([0.1, 0.2, 0.3, 0.4], [0.3, 0.4, 0.5, 0.6]) == 0.5


def test_a_small_move_is_nobodys_concern_however_sure_it_is() -> None:
    look = shift_of("confidence", False, scores(1, 20_000, -0.25), scores(2, 80_000))
    assert critical(20_000, 80_000) < look.distance < LEAST_DISTANCE
    assert look.state == "steady"


def test_whole_weeks_are_compared_and_what_was_only_heard_by_itself(engine: Engine, clock: Clock) -> None:
    two_periods(engine, scores(3, 150, -1.5), scores(4, 400))
    two_periods(engine, scores(5, 120), scores(6, 400), shadow=True)
    hear(engine, scores(7, 500, 3.0), MONDAY, 86_400)
    found = engine.drift.look("default")
    assert found.week_end == MONDAY
    assert [(each.score, each.shadow, each.state) for each in found.shifts] == [
        ("confidence", False, "moved"),
        ("off_topic", False, "steady"),
        ("confidence", True, "steady"),
        ("off_topic", True, "steady"),
    ]
    assert (found.shifts[0].messages, found.shifts[0].before) == (150, 400)
    assert "the confidence of messages moved" in found.outcome
    clock.now += WEEK
    assert engine.drift.standing() == [found]
    clock.now += WEEK
    assert engine.drift.standing() == [], "what was found of a week long ago is no news"


def test_what_a_member_says_again_and_again_within_a_week_is_one_message(engine: Engine) -> None:
    two_periods(engine, np.full(300, 0.01), scores(12, 400))
    engine.stores.db.execute("UPDATE interaction SET author_hash = 'ann' WHERE confidence = 0.01")
    assert engine.drift.look("default").shifts[0].messages == 1


def test_too_few_messages_are_said_to_be_too_few(engine: Engine) -> None:
    two_periods(engine, scores(8, FEWEST - 1, -3), scores(9, 400))
    found = engine.drift.look("default")
    assert {each.state for each in found.shifts} == {"too few"}
    assert "too few messages" in found.outcome
    assert found.sentences == []
    assert "99 messages last week and 400" in found.shifts[0].sentence


def test_only_what_was_scored_by_the_same_fit_is_compared(engine: Engine) -> None:
    two_periods(engine, scores(10, 150, -2), scores(11, 400))
    assert not engine.drift.look("default").refitted
    engine.stores.tunables.set("default", FIT, {}, "somebody", MONDAY - 3 * WEEK)
    found = engine.drift.look("default")
    assert (found.refitted, found.shifts[0].messages, found.shifts[0].before) == (True, 150, 200)
    assert found.moved, "there are enough since the fit"
    engine.stores.tunables.set("default", FIT, {}, "somebody", MONDAY - WEEK)
    found = engine.drift.look("default")
    assert found.shifts[0].before == 0
    assert "too few messages since the space was fitted anew" in found.outcome
    engine.stores.tunables.set("default", FIT, {}, "somebody", MONDAY + 60)
    assert engine.drift.look("default").shifts[0].before == 0, "a fit of this week changes no score of the last"


def test_a_week_begins_on_monday() -> None:
    assert last_week_end(4 * 86_400) == 4 * 86_400
    assert last_week_end(11 * 86_400 - 1) == 4 * 86_400
    assert Drift("s", MONDAY, False, ()).moved == ()
