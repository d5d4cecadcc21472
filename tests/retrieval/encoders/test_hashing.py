"""The encoder without a model: what is spelt alike lies close together."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.encoders import DEFAULT_ENCODER, load_encoder
from retrieval.encoders.base import Encoder, EncoderUnavailableError
from retrieval.encoders.hashing import HashingEncoder, WordTokenizer

ENCODER = HashingEncoder(256)


def cosine(one: str, other: str) -> float:
    first, second = ENCODER.encode([one, other], "document")
    return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))


def test_vectors_have_a_row_for_each_text_and_the_right_type() -> None:
    vectors = ENCODER.encode(["apple", "pear", "bicycle"], "query")
    assert vectors.shape == (3, 256)
    assert vectors.dtype == np.float32
    assert ENCODER.encode([], "query").shape == (0, 256)


def test_questions_and_documents_are_encoded_alike() -> None:
    assert np.array_equal(ENCODER.encode(["apple"], "query"), ENCODER.encode(["apple"], "document"))


def test_shared_words_bring_texts_together() -> None:
    assert cosine("how to light the lamp", "light a lamp") > cosine("how to light the lamp", "ride a bicycle")


def test_shared_beginnings_bring_words_together() -> None:
    assert cosine("configuration", "configure") > cosine("configuration", "lamp") + 0.1


def test_repeating_a_word_counts_for_less_each_time() -> None:
    once, twice, often = np.linalg.norm(ENCODER.encode(["oil", "oil oil", "oil " * 100], "query"), axis=1)
    assert once < twice < 2 * once
    assert often < 7 * once


@pytest.mark.parametrize("text", ["", "?! …", "🦜"])
def test_a_text_without_words_has_a_direction_all_the_same(text: str) -> None:
    assert ENCODER.encode([text], "query").any()


def test_vectors_are_the_same_in_every_process() -> None:
    code = "from retrieval.encoders.hashing import *; print(HashingEncoder(8).encode(['red lamp'], 'query').tolist())"
    root = Path(__file__).parents[3]
    runs = [subprocess.check_output([sys.executable, "-c", code], cwd=root) for _ in range(2)]
    assert runs[0] == runs[1]


@given(st.lists(st.text(), max_size=5))
def test_any_text_has_a_finite_vector(texts: list[str]) -> None:
    vectors = ENCODER.encode(texts, "document")
    assert vectors.shape == (len(texts), 256)
    assert np.isfinite(vectors).all()


def test_words_are_its_tokens() -> None:
    tokenizer = WordTokenizer()
    assert tokenizer.pieces("Light the LAMP_2, now!") == ["light", "the", "lamp_2", "now"]
    assert tokenizer.count("Light the lamp") == len(tokenizer.ids("Light the lamp")) == 3
    assert tokenizer.unknown("🦜") == []


def test_encoders_are_loaded_by_name() -> None:
    assert load_encoder("hashing").fingerprint.dimensions == 384
    assert load_encoder("hashing:64").fingerprint.dimensions == 64
    assert load_encoder("hashing:64").fingerprint != load_encoder("hashing").fingerprint
    assert DEFAULT_ENCODER == "sentence-transformers/all-MiniLM-L6-v2"


@pytest.mark.parametrize("name", ["hashing:many", "hashing:1", "hashing:99999", "hashing:-3"])
def test_a_number_of_dimensions_that_makes_no_sense_is_refused(name: str) -> None:
    with pytest.raises(EncoderUnavailableError, match=name):
        load_encoder(name)


def test_it_is_an_encoder() -> None:
    encoder: Encoder = ENCODER
    assert encoder.max_tokens == 256
