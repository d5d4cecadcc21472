"""Clusters of on-topic messages and typical words: two guesses at what belongs to a community."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.off_topic.topic_clusters import MOST_MESSAGES, SettledClusters, TopicClusters
from retrieval.off_topic.topic_words import TopicWords
from storage.records import Matrix


def around(centres: Matrix, each: int, seed: int = 0) -> Matrix:
    rows = centres.repeat(each, axis=0) + np.random.default_rng(seed).normal(0, 0.05, (len(centres) * each, 16))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


TOPICS, ELSEWHERE = np.eye(16, dtype=np.float32)[:5], np.eye(16, dtype=np.float32)[10:12]


class TestClusters:
    def test_a_message_within_a_cluster_fits_better_than_one_between_all_of_them(self) -> None:
        clusters = TopicClusters.of(around(TOPICS, 60))
        between = TOPICS.mean(axis=0, keepdims=True)
        between = between / np.linalg.norm(between)
        inside, middle = clusters.fit_of(around(TOPICS, 4, seed=1)), clusters.fit_of(between)
        assert inside.min() > middle.max()

    def test_clusters_explain_messages_that_have_some_and_hardly_any_others(self) -> None:
        clustered, diffuse = around(TOPICS, 120), around(np.zeros((1, 16), np.float32), 600, seed=2)
        explained = [TopicClusters.of(rows[::2]).explained(rows[1::2]) for rows in (clustered, diffuse)]
        assert explained[0] > 0.7
        assert explained[1] < 0.4

    def test_the_same_messages_give_the_same_clusters(self) -> None:
        rows = around(TOPICS, 50)
        one, other = (TopicClusters.of(rows).fit_of(around(ELSEWHERE, 3)) for _ in range(2))
        assert one.tolist() == other.tolist()

    def test_identical_messages_are_no_trouble(self) -> None:
        clusters = TopicClusters.of(TOPICS.repeat(40, axis=0))
        assert np.isfinite(clusters.fit_of(around(ELSEWHERE, 2))).all()

    def test_however_many_messages_there_are_a_bounded_number_is_looked_at(self) -> None:
        rows = around(TOPICS, MOST_MESSAGES // 5 + 100)
        assert np.isfinite(TopicClusters.of(rows).fit_of(rows[:3])).all()


class TestManyClusterings:
    def test_a_message_that_was_learnt_from_is_judged_by_the_clusters_that_were_made_without_it(self) -> None:
        """The stranger is a cluster of its own where it was learnt from."""
        messages = np.concatenate([around(TOPICS, 40), ELSEWHERE[:1]])
        clusters, place = SettledClusters.of(messages), np.array([len(messages) - 1])
        assert clusters.held_out_fit(ELSEWHERE[:1], place)[0] < clusters.fit_of(ELSEWHERE[:1])[0] - 50

    def test_of_messages_like_those_of_tomorrow_both_say_the_same(self) -> None:
        messages, tomorrow = around(TOPICS, 60), around(TOPICS, 60, seed=3)
        clusters = SettledClusters.of(messages)
        held_out, new = clusters.held_out_fit(messages, np.arange(len(messages))), clusters.fit_of(tomorrow)
        assert np.median(held_out) == pytest.approx(np.median(new), rel=0.1)

    def test_the_order_of_the_messages_matters_less_than_for_one_clustering(self) -> None:
        diffuse, heard = around(np.zeros((1, 16), np.float32), 400), around(np.zeros((1, 16), np.float32), 50, seed=1)

        def luck(kind: type[TopicClusters] | type[SettledClusters]) -> float:
            one, other = (kind.of(rows).fit_of(heard) for rows in (diffuse, diffuse[::-1].copy()))
            return float(np.abs(one - other).mean())

        assert luck(SettledClusters) < 0.7 * luck(TopicClusters)


class TestWords:
    WORDS = TopicWords.of([("reset", "password"), ("reset", "lamp"), ("lamp", "the")])

    def test_a_typical_word_speaks_for_a_message_and_a_common_one_does_not(self) -> None:
        typical, common, unknown = self.WORDS.best([("reset", "the"), ("the",), ("zebra",)])
        assert typical > unknown > common

    def test_a_message_does_not_speak_for_itself(self) -> None:
        alone, among = self.WORDS.best([("password",)]), self.WORDS.best([("password",)], among=True)
        assert among[0] < alone[0]

    def test_a_message_without_words_says_nothing(self) -> None:
        assert self.WORDS.best([()]) == pytest.approx([0.0])
