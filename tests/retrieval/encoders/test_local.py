"""The real model: its vectors, its counting, its limits."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.encoders import local
from retrieval.encoders.base import TextKind
from retrieval.encoders.find_model import DEFAULT_MODEL, find_model
from retrieval.encoders.local import LocalEncoder, OutOfMemoryError, TextTooLongError
from retrieval.encoders.runtime import Runtime, Tokenised
from retrieval.encoders.runtimes import batches
from retrieval.encoders.torch_runtime import Reference
from storage.records import Matrix

FRUIT = ["An apple a day.", "Pears are ripe in autumn.", "My bicycle has a flat tyre.", "apple"]


@pytest.fixture(scope="module", params=["reference", "compiled"])
def encoder(request: pytest.FixtureRequest, models: Path) -> LocalEncoder:
    """The same model by either way: through sentence-transformers, and compiled."""
    if request.param == "reference":
        return LocalEncoder(find_model(DEFAULT_MODEL))
    encoder = LocalEncoder(find_model(DEFAULT_MODEL), models)
    encoder.load("document")
    return encoder


class CountingRuntime:
    """Stands in for a model: a text's vector is its length; remembers what it was asked."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def encode(self, batch: Sequence[Tokenised]) -> Matrix:
        self.batches.append([each.text for each in batch])
        return np.array([[len(each.text)] * 384 for each in batch], dtype=np.float32)


def with_runtime(monkeypatch: pytest.MonkeyPatch, runtime: Runtime) -> LocalEncoder:
    encoder = LocalEncoder(find_model(DEFAULT_MODEL))
    monkeypatch.setattr(encoder._runtimes, "best", lambda tokens: runtime)
    monkeypatch.setattr(encoder._runtimes, "quickest", lambda: runtime)
    return encoder


def with_counting_runtime(monkeypatch: pytest.MonkeyPatch) -> tuple[LocalEncoder, CountingRuntime]:
    runtime = CountingRuntime()
    return with_runtime(monkeypatch, runtime), runtime


def test_batches_are_sorted_by_length_and_results_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "BATCH_TOKENS", 14)
    encoder, runtime = with_counting_runtime(monkeypatch)
    texts = ["a", "a b c d", "a b", "a b c", "a b c d e"]
    vectors = encoder.encode(texts, "document")
    assert runtime.batches == [["a b c d e", "a b c d"], ["a b c", "a b"], ["a"]]
    assert vectors[:, 0].tolist() == [len(text) for text in texts]
    assert vectors.dtype == np.float32


@given(st.lists(st.integers(2, 300)), st.integers(1, 2000))
def test_every_text_is_in_one_batch_and_no_batch_of_several_is_over_its_budget(lengths: list[int], most: int) -> None:
    found = batches(lengths, most)
    assert sorted(place for batch in found for place in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= most for batch in found)


@given(st.lists(st.integers(2, 300), min_size=1))
def test_padding_takes_at_most_a_fifth_of_a_batch_that_is_worth_while(lengths: list[int]) -> None:
    for batch in batches(lengths, 2000):
        longest = lengths[batch[0]]
        behind = [lengths[place] for place in batch[-(-128 // longest) :]]
        assert all(length >= 0.8 * longest for length in behind)


def test_nothing_to_encode_has_a_shape_and_loads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, runtime = with_counting_runtime(monkeypatch)
    assert encoder.encode([], "query").shape == (0, 384)
    assert runtime.batches == []


def test_a_text_at_the_limit_is_encoded_and_one_over_it_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, runtime = with_counting_runtime(monkeypatch)
    encoder.encode(["word " * 254], "document")
    with pytest.raises(TextTooLongError, match="257 tokens is longer than the 256"):
        encoder.encode(["short", "word " * 255], "document")
    assert len(runtime.batches) == 1


@pytest.mark.parametrize("kind", ["query", "document"])
def test_a_model_without_prompts_is_given_none(monkeypatch: pytest.MonkeyPatch, kind: TextKind) -> None:
    encoder, runtime = with_counting_runtime(monkeypatch)
    encoder.encode(["a"], kind)
    assert runtime.batches == [["a"]]


@pytest.mark.model
def test_meaning_decides_which_vectors_are_close(encoder: LocalEncoder) -> None:
    apple, pear, bicycle, fruit = encoder.encode(FRUIT, "document")
    assert np.allclose(np.linalg.norm([apple, pear, bicycle, fruit], axis=1), 1, atol=1e-5)
    assert fruit @ apple > fruit @ pear > fruit @ bicycle


@pytest.mark.model
def test_neighbours_in_the_batch_change_nothing(encoder: LocalEncoder) -> None:
    # As questions: documents may be encoded by a runtime with matrix products in bfloat16, a hair less exactly.
    together = encoder.encode([*FRUIT, "word " * 200], "query")[:4]
    alone = np.concatenate([encoder.encode([text], "query") for text in FRUIT])
    assert np.abs(together - alone).max() < 1e-5


@pytest.mark.model
def test_nothing_within_the_limit_is_cut(encoder: LocalEncoder) -> None:
    whole, changed = encoder.encode(["word " * 253 + "lamp", "word " * 253 + "parrot"], "document")
    assert not np.allclose(whole, changed, atol=1e-4)


@pytest.mark.model
def test_files_and_counts_agree_with_the_model() -> None:
    folder = find_model(DEFAULT_MODEL)
    model = Reference(folder).model
    assert model.get_embedding_dimension() == folder.fingerprint.dimensions
    assert model.max_seq_length == folder.max_tokens
    for text in ["", *FRUIT, "naïve 🦜 漢字 ünïcödé", "x" * 150, "[CLS] [UNK] ##ing", "a\nb\tc\u200d"]:
        (read,) = folder.tokenised([text], "query")
        assert read.ids == model.tokenizer(text)["input_ids"]
        assert len(read.ids) == folder.tokenizer.count(text) + folder.tokenizer.special_tokens


@pytest.mark.model
def test_threads_share_one_model(encoder: LocalEncoder) -> None:
    expected = encoder.encode(FRUIT, "query")
    results: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: results.append(encoder.encode(FRUIT, "query"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.allclose(result, expected, atol=1e-6) for result in results)
    assert len(results) == 4


class SmallMemoryRuntime(CountingRuntime):
    """Has room for so many texts at once, and says so as PyTorch does, or as Python does."""

    def __init__(self, room: int, error: Exception) -> None:
        super().__init__()
        self.room, self.error = room, error

    def encode(self, batch: Sequence[Tokenised]) -> Matrix:
        vectors = super().encode(batch)
        if len(batch) > self.room:
            raise self.error
        return vectors


PYTORCH = RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory: you tried to")


@pytest.mark.parametrize("error", [PYTORCH, MemoryError()])
def test_a_batch_that_does_not_fit_into_the_memory_is_halved_until_it_does(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    runtime = SmallMemoryRuntime(3, error)
    texts = [f"a {number}" for number in range(20)]
    vectors = with_runtime(monkeypatch, runtime).encode(texts, "document")
    assert vectors[:, 0].tolist() == [len(text) for text in texts]
    assert {len(batch) for batch in runtime.batches} == {20, 10, 5, 3, 2}


def test_a_single_text_that_does_not_fit_fails_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = with_runtime(monkeypatch, SmallMemoryRuntime(0, PYTORCH))
    with pytest.raises(OutOfMemoryError, match="even one passage: end other programs"):
        encoder.encode(["a", "b"], "document")


def test_another_error_of_the_model_is_no_lack_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = SmallMemoryRuntime(0, RuntimeError("shapes do not match"))
    with pytest.raises(RuntimeError, match="shapes do not match"):
        with_runtime(monkeypatch, runtime).encode(["a", "b"], "document")
    assert len(runtime.batches) == 1
