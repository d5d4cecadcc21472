"""What was taught, message by message: the same as if all had been taught at once, but quicker."""

from __future__ import annotations

import random
from collections.abc import Iterator
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.off_topic import topic_clusters
from retrieval.off_topic.message_references import FALSE_FLAGS
from retrieval.off_topic.neighbourhoods import MOST_NEIGHBOURS, Neighbourhoods
from retrieval.off_topic.taught_messages import TaughtMessages
from retrieval.off_topic.topic_clusters import SettledClusters
from storage.records import Matrix

DIMENSIONS = 8


@pytest.fixture(autouse=True, scope="module")
def _few_are_many() -> Iterator[None]:
    with patch.object(topic_clusters, "FEWEST_TO_WAIT", 160):
        yield


WORDS = ["pump", "valve", "hose", "tank", "filter", "seal"]


def vector_of(text: str) -> Matrix:
    """Two kinds of message, so that there are clusters, and some that are twins."""
    draw = random.Random(int(text.rpartition(" ")[2]) // 2)
    values = np.array([draw.gauss(0, 1) for _ in range(DIMENSIONS)], np.float32) + 3 * (draw.random() < 0.5)
    return np.asarray(values / np.linalg.norm(values), dtype=np.float32)


def message(number: int) -> str:
    return f"{WORDS[number % len(WORDS)]} {number}"


def vectors_of(*texts: str) -> Matrix:
    return np.stack([vector_of(text) for text in texts]) if texts else np.zeros((0, DIMENSIONS), np.float32)


def taught(on_topic: list[str], off_topic: list[str]) -> TaughtMessages:
    return TaughtMessages.of(on_topic, off_topic, vectors_of(*on_topic, *off_topic), FALSE_FLAGS)


def same(one: TaughtMessages, other: TaughtMessages) -> None:
    """What they say of messages, and where on topic ends by them."""
    assert one.texts == other.texts
    assert (one.boundary is None) == (other.boundary is None)
    if one.boundary and other.boundary:
        assert one.boundary.threshold == pytest.approx(other.boundary.threshold, abs=1e-4)
        assert one.boundary.spread == pytest.approx(other.boundary.spread, abs=1e-4)
    heard = [message(5000 + number) for number in range(20)]
    vectors, terms = vectors_of(*heard), [tuple(text.split()) for text in heard]
    here, there = (each.references.similarities(vectors, terms) for each in (one, other))
    assert here == pytest.approx(there, abs=1e-4)


class TestOneByOne:
    @settings(max_examples=10)
    @given(
        start=st.sampled_from([0, 29, 40, 149, 180]),
        steps=st.lists(st.tuples(st.sampled_from(["in", "out", "gone"]), st.integers(0, 200)), min_size=1, max_size=8),
    )
    def test_verdicts_one_by_one_come_to_the_same_as_all_at_once(
        self, start: int, steps: list[tuple[str, int]]
    ) -> None:
        on_topic, off_topic = [message(number) for number in range(start)], [message(9000), message(9001)]
        grown = taught(on_topic, off_topic)
        for verdict, number in steps:
            text = message(number)
            on_topic, off_topic = ([each for each in side if each != text] for side in (on_topic, off_topic))
            on_topic += [text] * (verdict == "in")
            off_topic += [text] * (verdict == "out")
            grown = grown.after(on_topic, off_topic, vectors_of(*on_topic, *off_topic), FALSE_FLAGS)
        same(grown, taught(on_topic, off_topic))

    def test_a_verdict_that_is_tried_out_is_the_one_that_counts_afterwards(self) -> None:
        on_topic = [message(number) for number in range(160)]
        before = taught(on_topic, [])
        same(before.changed("pump 999", vector_of("pump 999"), "out", FALSE_FLAGS), taught(on_topic, ["pump 999"]))
        same(
            before.changed(message(3), vector_of(message(3)), None, FALSE_FLAGS),
            taught(on_topic[:3] + on_topic[4:], []),
        )

    def test_other_messages_altogether_are_learnt_anew(self) -> None:
        there = [message(number) for number in range(300, 400)]
        grown = taught([message(number) for number in range(50)], []).after(there, [], vectors_of(*there), FALSE_FLAGS)
        same(grown, taught(there, []))


class TestWhatStays:
    def test_clusters_are_not_made_anew_for_one_message_more(self) -> None:
        on_topic = [message(number) for number in range(180)]
        before = taught(on_topic, [])
        after = before.changed("pump 999", vector_of("pump 999"), "in", FALSE_FLAGS)
        assert after.references.clusters is before.references.clusters is not None

    def test_but_without_one_that_they_were_made_of(self) -> None:
        before = taught([message(number) for number in range(180)], [])
        after = before.changed(message(5), vector_of(message(5)), None, FALSE_FLAGS)
        assert after.references.clusters is not before.references.clusters

    @pytest.mark.parametrize(
        ("messages", "settled"), [(150, 150), (159, 159), (160, 160), (163, 160), (1007, 992), (1008, 1008)]
    )
    def test_they_are_made_of_all_but_the_latest(self, messages: int, settled: int) -> None:
        ones = np.tile(np.eye(4, dtype=np.float32), (messages // 4 + 1, 1))[:messages]
        assert SettledClusters.of(ones).settled == settled


class TestNeighbourhoods:
    @pytest.mark.parametrize("count", [0, 1, 2, MOST_NEIGHBOURS, MOST_NEIGHBOURS + 1, 40])
    def test_nobody_is_its_own_neighbour(self, count: int) -> None:
        there = Neighbourhoods.of(np.eye(40, dtype=np.float32)[:count])
        assert there.crowding(3) == pytest.approx([0.0] * count)

    def test_one_less_or_more_leaves_the_others_as_they_are_compared_anew(self) -> None:
        messages = vectors_of(*(message(number) for number in range(60)))
        kept = np.delete(np.arange(60), [0, 31])
        changed = Neighbourhoods.of(messages).after(kept, messages[:1])
        assert changed.cosines == pytest.approx(Neighbourhoods.of(messages[[*kept, 0]]).cosines, abs=1e-6)


@pytest.mark.parametrize(("each", "least", "most"), [(0, 0.0, 0.0), (1, 0.0, 0.02), (30, 0.05, 0.1)])
def test_of_few_verdicts_those_that_are_farther_than_the_documents_hardly_count(
    each: int, least: float, most: float
) -> None:
    """The message is at 0.05 from what is on topic, at 0.2 from what is not, and at 0.4 from the documents."""
    axes = np.eye(3, DIMENSIONS, dtype=np.float32)
    heard = (0.05 * axes[0] + 0.2 * axes[1] + np.sqrt(1 - 0.05**2 - 0.2**2) * axes[2])[None, :]
    known = TaughtMessages.of(
        [message(number) for number in range(each)],
        [message(100 + number) for number in range(each)],
        np.repeat(axes[:2], each, axis=0),
        FALSE_FLAGS,
    )
    lowered = 0.4 - float(known.beside_documents(np.array([0.4], np.float32), heard)[0])
    assert least <= lowered + 1e-6
    assert lowered <= most + 1e-6
