"""Groups of vectors, on directions that a reader can see."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, silhouette_score  # type: ignore[import-untyped]

from retrieval.exploring.cluster import FEWEST, cluster, k_means, silhouette
from retrieval.exploring.topic_names import NAMELESS, topic_names
from storage.records import Matrix


def bundles(groups: int, each: int, spread: float = 0.1, dimensions: int = 32) -> tuple[Matrix, list[int]]:
    """Unit vectors around ``groups`` directions at right angles, and which each belongs to."""
    draw = np.random.default_rng(1)
    labels = [number for number in range(groups) for _ in range(each)]
    rows = np.eye(dimensions)[labels] + spread * draw.normal(size=(len(labels), dimensions))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), labels


@pytest.mark.parametrize("groups", [2, 5, 9])
def test_bundles_that_lie_apart_are_found_and_counted(groups: int) -> None:
    vectors, labels = bundles(groups, 12, spread=0.05)
    found = cluster(vectors)
    assert adjusted_rand_score(labels, found.labels) == 1.0
    assert len(found.centres) == groups
    assert found.silhouette > 0.5


def test_the_largest_group_comes_first_and_its_middle_first_in_it() -> None:
    vectors, _ = bundles(3, 8)
    many = np.concatenate([vectors[:8], vectors[8:], vectors[8:16]])
    found = cluster(many)
    sizes = np.bincount(found.labels).tolist()
    assert sizes == sorted(sizes, reverse=True)
    members = found.members(0, many)
    cosines = many[members] @ found.centres[0]
    assert cosines.tolist() == sorted(cosines.tolist(), reverse=True)


def test_few_vectors_are_grouped_by_nearness() -> None:
    vectors, _ = bundles(3, 3, spread=0.01)
    assert len(vectors) < FEWEST
    assert cluster(vectors).labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert cluster(vectors[:1]).labels.tolist() == [0]


def test_copies_of_one_vector_are_one_group() -> None:
    vectors = np.repeat(np.eye(4, dtype=np.float32)[:1], 40, axis=0)
    assert len(cluster(vectors).centres) == 1


def test_the_silhouette_is_the_one_of_scikit_learn() -> None:
    vectors, labels = bundles(4, 10, spread=0.3)
    ours = silhouette(vectors @ vectors.T, np.array(labels))
    assert ours == pytest.approx(silhouette_score(vectors, labels, metric="cosine"), abs=1e-5)
    assert silhouette(vectors @ vectors.T, np.zeros(40, np.int64)) == 0.0


@settings(max_examples=25)
@given(st.integers(1, 60), st.integers(2, 70), st.integers(0, 5))
def test_every_vector_is_in_one_group_and_twice_the_same(many: int, k: int, seed: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(many, 8))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    labels = k_means(vectors, k)
    assert labels.shape == (many,)
    assert labels.max() < k
    assert np.array_equal(labels, k_means(vectors, k))
    found = cluster(vectors)
    assert sorted(set(found.labels.tolist())) == list(range(len(found.centres)))


def test_a_group_is_called_by_words_that_the_others_do_not_use() -> None:
    texts = [
        "the server loads bread",
        "server bread and yeast",
        "the server sails",
        "a server with a sail and a rudder",
    ]
    bread, sails = topic_names(texts, [0, 0, 1, 1])
    assert bread.startswith("bread")
    assert "sail" in sails
    assert "server" not in bread.split(", ")[0]


def test_words_that_say_nothing_name_nothing() -> None:
    assert topic_names(["12 34", "the a you"], [0, 0]) == [NAMELESS]
    assert topic_names([], []) == []


def test_a_word_and_its_plural_are_named_once() -> None:
    assert topic_names(["plugin plugins plugin plugins loader"], [0]) == ["plugin, loader"]
