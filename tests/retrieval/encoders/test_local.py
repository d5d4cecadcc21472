"""The real model: its vectors, its counting, its limits."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest

from retrieval.encoders import local
from retrieval.encoders.base import TextKind
from retrieval.encoders.local import LocalEncoder, OutOfMemoryError, TextTooLongError

FRUIT = ["An apple a day.", "Pears are ripe in autumn.", "My bicycle has a flat tyre.", "apple"]


@pytest.fixture(scope="module")
def encoder() -> LocalEncoder:
    return LocalEncoder()


class CountingModel:
    """Stands in for the loaded model: a text's vector is its length; remembers what it was asked."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.prompts: set[str] = set()

    def encode(self, texts: Sequence[str], prompt: str, **options: object) -> np.ndarray:
        self.batches.append(list(texts))
        self.prompts.add(prompt)
        return np.array([[len(text)] * 384 for text in texts], dtype=np.float64)


def with_counting_model(monkeypatch: pytest.MonkeyPatch) -> tuple[LocalEncoder, CountingModel]:
    encoder, model = LocalEncoder(), CountingModel()
    monkeypatch.setattr(encoder, "_loaded", lambda: model)
    return encoder, model


def test_batches_are_sorted_by_length_and_results_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "BATCH_SIZE", 2)
    encoder, model = with_counting_model(monkeypatch)
    texts = ["a", "a b c d", "a b", "a b c", "a b c d e"]
    vectors = encoder.encode(texts, "document")
    assert model.batches == [["a b c d e", "a b c d"], ["a b c", "a b"], ["a"]]
    assert vectors[:, 0].tolist() == [len(text) for text in texts]
    assert vectors.dtype == np.float32


def test_nothing_to_encode_has_a_shape_and_loads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, model = with_counting_model(monkeypatch)
    assert encoder.encode([], "query").shape == (0, 384)
    assert model.batches == []


def test_a_text_at_the_limit_is_encoded_and_one_over_it_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, model = with_counting_model(monkeypatch)
    encoder.encode(["word " * 254], "document")
    with pytest.raises(TextTooLongError, match="257 tokens is longer than the 256"):
        encoder.encode(["short", "word " * 255], "document")
    assert len(model.batches) == 1


@pytest.mark.parametrize("kind", ["query", "document"])
def test_a_model_without_prompts_is_given_none(monkeypatch: pytest.MonkeyPatch, kind: TextKind) -> None:
    encoder, model = with_counting_model(monkeypatch)
    encoder.encode(["a"], kind)
    assert model.prompts == {""}


@pytest.mark.model
def test_meaning_decides_which_vectors_are_close(encoder: LocalEncoder) -> None:
    apple, pear, bicycle, fruit = encoder.encode(FRUIT, "document")
    assert np.allclose(np.linalg.norm([apple, pear, bicycle, fruit], axis=1), 1, atol=1e-5)
    assert fruit @ apple > fruit @ pear > fruit @ bicycle


@pytest.mark.model
def test_neighbours_in_the_batch_change_nothing(encoder: LocalEncoder) -> None:
    together = encoder.encode([*FRUIT, "word " * 200], "document")[:4]
    alone = np.concatenate([encoder.encode([text], "document") for text in FRUIT])
    assert np.abs(together - alone).max() < 1e-5


@pytest.mark.model
@pytest.mark.parametrize("text", ["", *FRUIT, "naïve 🦜 漢字 ünïcödé", "x" * 150, "[CLS] [UNK] ##ing", "a\nb\tc\u200d"])
def test_counting_agrees_with_the_model(encoder: LocalEncoder, text: str) -> None:
    encoder.encode(["load"], "query")
    assert encoder._model is not None
    counted = encoder.tokenizer.count(text) + encoder.tokenizer.special_tokens
    assert counted == len(encoder._model.tokenizer(text)["input_ids"])


@pytest.mark.model
def test_nothing_within_the_limit_is_cut(encoder: LocalEncoder) -> None:
    whole, changed = encoder.encode(["word " * 253 + "lamp", "word " * 253 + "parrot"], "document")
    assert not np.allclose(whole, changed, atol=1e-4)


@pytest.mark.model
def test_the_model_agrees_with_what_its_files_say(encoder: LocalEncoder) -> None:
    encoder.encode(["load"], "query")
    assert encoder._model is not None
    assert encoder._model.get_embedding_dimension() == encoder.fingerprint.dimensions
    assert encoder._model.max_seq_length == encoder.max_tokens


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


class SmallMemoryModel(CountingModel):
    """Has room for so many texts at once, and says so as PyTorch does, or as Python does."""

    def __init__(self, room: int, error: Exception) -> None:
        super().__init__()
        self.room, self.error = room, error

    def encode(self, texts: Sequence[str], prompt: str, **options: object) -> np.ndarray:
        vectors = super().encode(texts, prompt, **options)
        if len(texts) > self.room:
            raise self.error
        return vectors


PYTORCH = RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory: you tried to")


@pytest.mark.parametrize("error", [PYTORCH, MemoryError()])
def test_a_batch_that_does_not_fit_into_the_memory_is_halved_until_it_does(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    encoder, model = LocalEncoder(), SmallMemoryModel(3, error)
    monkeypatch.setattr(encoder, "_loaded", lambda: model)
    texts = ["a " * length for length in range(1, 21)]
    assert encoder.encode(texts, "document")[:, 0].tolist() == [len(text) for text in texts]
    assert {len(batch) for batch in model.batches} == {20, 10, 5, 3, 2}


def test_a_single_text_that_does_not_fit_fails_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = LocalEncoder()
    monkeypatch.setattr(encoder, "_loaded", lambda: SmallMemoryModel(0, PYTORCH))
    with pytest.raises(OutOfMemoryError, match="even one passage: end other programs"):
        encoder.encode(["a", "b"], "document")


def test_another_error_of_the_model_is_no_lack_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, model = LocalEncoder(), SmallMemoryModel(0, RuntimeError("shapes do not match"))
    monkeypatch.setattr(encoder, "_loaded", lambda: model)
    with pytest.raises(RuntimeError, match="shapes do not match"):
        encoder.encode(["a", "b"], "document")
    assert len(model.batches) == 1
