"""Late chunking: what a passage's vector is, and which models it is refused for. The model is built here, untrained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from retrieval.encoders.base import EncoderUnavailableError
from retrieval.encoders.find_model import DEFAULT_MODEL, find_model
from retrieval.encoders.late import LateEncoder
from retrieval.encoders.local import LocalEncoder, OutOfMemoryError
from retrieval.encoders.prompts import Prompts
from retrieval.encoders.registry import load_encoder
from retrieval.encoders.runtime import cosines
from retrieval.encoders.torch_runtime import Reference
from retrieval.encoders.windows import InContext, Window
from storage.records import Matrix
from tests.tiny_models import look_around, write_bare_model, write_encoder

WORDS = (
    "apple",
    "orchard",
    "harvest",
    "river",
    "bridge",
    "boat",
    "it",
    "is",
    "very",
    "old",
    "ripe",
    "wide",
    "query",
    "document",
)
PASSAGES = ["the apple orchard is old", "it is ripe", "it is very very old"]
READS = 1030


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bare_model(tmp_path_factory.mktemp("bare") / "model", words=WORDS, tokens=READS)


@pytest.fixture(scope="module")
def encoder(bare: Path, tmp_path_factory: pytest.TempPathFactory) -> LateEncoder:
    return LateEncoder(find_model(str(write_encoder(bare, tmp_path_factory.mktemp("whole") / "model"))))


def vectors_of(encoder: LateEncoder, passages: Sequence[str]) -> Matrix:
    return encoder.encode_in_context(encoder.in_context(passages), "document")


def token_vectors(encoder: LateEncoder, text: str) -> Matrix:
    """What sentence-transformers makes of every token of a text, special ones included."""
    model = encoder._runtimes.reference().model
    found = model.encode([text], output_value="token_embeddings", prompt="")[0]
    return np.asarray(found, dtype=np.float32)


def test_a_passages_vector_is_the_mean_of_its_tokens_in_the_whole_documents_encoding(encoder: LateEncoder) -> None:
    tokens = token_vectors(encoder, " ".join(PASSAGES))
    assert tokens.shape == (1 + 5 + 3 + 5 + 1, 16)
    first, second, third = vectors_of(encoder, PASSAGES)
    assert np.allclose(first, tokens[:6].mean(axis=0), atol=1e-5), "what a model puts before a text counts to the first"
    assert np.allclose(second, tokens[6:9].mean(axis=0), atol=1e-5)
    assert np.allclose(third, tokens[9:].mean(axis=0), atol=1e-5), "and what it puts behind it to the last"
    assert cosines(vectors_of(encoder, PASSAGES), encoder.encode(PASSAGES, "document")).max() < 0.99


@pytest.mark.parametrize("prompts", [{}, {"document": "document: ", "query": "query: "}])
def test_a_document_of_one_passage_has_its_plain_vector(bare: Path, tmp_path: Path, prompts: dict[str, str]) -> None:
    encoder = LateEncoder(find_model(str(write_encoder(bare, tmp_path / "model", dense=8, prompts=prompts))))
    assert encoder.in_context(PASSAGES[:1]) == PASSAGES[:1], "it is not even encoded otherwise"
    window = Window((PASSAGES[0],), begins=True, ends=True, tokens=7)
    alone = encoder.encode_in_context([InContext(window, 0)], "document")
    assert alone.shape == (1, 8), "what comes behind the pooling is applied"
    assert np.allclose(alone, encoder.encode(PASSAGES[:1], "document"), atol=1e-5)
    together = encoder.in_context(PASSAGES)[0]
    assert isinstance(together, InContext)
    read = token_vectors(encoder, prompts.get("document", "") + " ".join(PASSAGES))
    assert together.window.tokens == len(read), "its prompt is counted"


def test_a_long_documents_windows_each_give_what_sentence_transformers_makes_of_them(encoder: LateEncoder) -> None:
    passages = [f"{PASSAGES[n % 3]} " * 60 for n in range(12)]
    texts = [text for text in encoder.in_context(passages) if isinstance(text, InContext)]
    assert [text.window.passages[text.place] for text in texts] == passages
    assert len({text.window for text in texts}) > 2
    assert max(text.window.tokens for text in texts) <= READS
    last = texts[-1]
    tokens = token_vectors(encoder, " ".join(last.window.passages))
    assert len(tokens) == last.window.tokens
    length = encoder.tokenizer.count(passages[-1])
    expected = tokens[-length - 1 :].mean(axis=0)
    assert np.allclose(encoder.encode_in_context(texts, "document")[-1], expected, atol=1e-4)


def test_prompts_that_are_set_for_a_model_are_those_of_its_windows(encoder: LateEncoder) -> None:
    path = str(encoder._folder.path)
    prompted = load_encoder(f"{path}@late", prompts={path: Prompts("query ", "document ")})
    assert (prompted.fingerprint.query_prompt, prompted.fingerprint.document_prompt) == ("query ", "document ")
    assert isinstance(prompted, LateEncoder)
    assert np.abs(vectors_of(prompted, PASSAGES) - vectors_of(encoder, PASSAGES)).max() > 1e-3


def test_what_is_encoded_together_keeps_its_order(encoder: LateEncoder) -> None:
    one, other = encoder.in_context(PASSAGES), encoder.in_context(["boat", *PASSAGES])
    mixed = [one[2], "boat", other[1], one[0], other[0]]
    expected = [vectors_of(encoder, PASSAGES)[2], encoder.encode(["boat"], "document")[0]]
    assert np.allclose(encoder.encode_in_context(mixed, "document")[:2], expected, atol=1e-5)


def test_a_passage_that_says_it_is_drawn_to_what_is_said_before_it(bare: Path, tmp_path: Path) -> None:
    around = look_around(write_bare_model(tmp_path / "bare", words=WORDS, tokens=READS))
    encoder = LateEncoder(find_model(str(write_encoder(around, tmp_path / "model"))))
    subjects = ["apple orchard harvest", "river bridge boat"]
    about = encoder.encode(subjects, "query")
    (plain,) = encoder.encode(["it is very old"], "document")
    for place, subject in enumerate(subjects):
        late = vectors_of(encoder, [subject, "it is very old"])[1]
        mine, others = cosines(np.stack([late, late]), about[[place, 1 - place]])
        assert mine > cosines(plain[None], about[[place]])[0], "nearer than by itself"
        assert mine > others


def test_a_passage_of_which_the_vocabulary_knows_nothing_has_a_vector_all_the_same(encoder: LateEncoder) -> None:
    assert encoder.tokenizer.count("\u200d") == 0
    for passages in (["\u200d", "boat"], ["boat", "\u200d", "it"], ["boat", "\u200d"]):
        assert np.linalg.norm(vectors_of(encoder, passages), axis=1).min() > 0


def test_neither_vectors_nor_timings_of_both_ways_are_taken_for_each_other(encoder: LateEncoder) -> None:
    plain = LocalEncoder(encoder._folder)
    assert encoder.fingerprint.digest != plain.fingerprint.digest
    assert (encoder.fingerprint.model, plain.fingerprint.model) == ("model@late", "model")
    assert encoder.fingerprint.pooling == f"late mean in windows of {READS} tokens"
    assert (encoder.fingerprint.dimensions, encoder.max_tokens) == (plain.fingerprint.dimensions, plain.max_tokens)


def test_questions_are_encoded_as_ever(encoder: LateEncoder) -> None:
    plain = LocalEncoder(encoder._folder)
    assert np.array_equal(encoder.encode(["is it old"], "query"), plain.encode(["is it old"], "query"))


def test_pytorch_is_loaded_for_documents_and_only_where_nobody_waits(encoder: LateEncoder) -> None:
    patient, waited_for = LateEncoder(encoder._folder), LateEncoder(encoder._folder, patient=False)
    assert not patient.loaded("document")
    patient.load("document")
    assert patient.loaded("document")
    assert patient._runtimes._torch.has_reference
    waited_for.load("query")
    assert waited_for.loaded("document")


def test_a_window_too_large_for_the_memory_is_said_to_be(encoder: LateEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(self: Reference, ids: Sequence[int], spans: Sequence[tuple[int, int]]) -> Matrix:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")

    monkeypatch.setattr(Reference, "pooled", refuses)
    with pytest.raises(OutOfMemoryError, match=r"15 tokens at once: .* without @late"):
        vectors_of(encoder, PASSAGES)


@pytest.mark.parametrize("name", ["openai:text-embedding-3-small@late", "hashing@late", f"{DEFAULT_MODEL}@int8@late"])
def test_what_gives_no_vectors_of_tokens_is_refused(name: str) -> None:
    with pytest.raises(EncoderUnavailableError, match=r"needs the vectors of single tokens.* name it without @late"):
        load_encoder(name)


def test_another_pooling_is_refused(bare: Path, tmp_path: Path) -> None:
    path = write_encoder(bare, tmp_path / "model", pooling="cls")
    with pytest.raises(EncoderUnavailableError, match=r"model@late makes no sense: .* \(pooling: cls\)"):
        load_encoder(f"{path}@late")


def test_the_default_model_reads_too_little_to_gain_anything() -> None:
    with pytest.raises(EncoderUnavailableError, match="MiniLM-L6-v2@late gains nothing: the model reads 256 tokens"):
        load_encoder(f"{DEFAULT_MODEL}@late")
