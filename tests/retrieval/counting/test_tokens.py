"""Counting tokens, with and without a vocabulary."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from retrieval.counting.tokenizer_files import UnknownTokenizerError
from retrieval.counting.tokens import EstimateTokenizer, Tokenizer, analyse, tokenizer_for


@pytest.fixture(scope="module")
def cl100k() -> Tokenizer:
    """Loaded before the first example is timed."""
    return tokenizer_for("cl100k_base")


def joined_bytes(pieces: list[str]) -> bytes:
    r"""The bytes that pieces stand for, where half a character is written as ``\xf0``."""
    return re.sub(rb"\\x([0-9a-f]{2})", lambda byte: bytes([int(byte[1], 16)]), "".join(pieces).encode())


def test_a_model_name_finds_its_encoding() -> None:
    assert tokenizer_for("gpt-5").name == "o200k_base"
    assert tokenizer_for("text-embedding-3-small").name == "cl100k_base"


def test_known_texts_have_known_token_ids() -> None:
    assert tokenizer_for("cl100k_base").ids("hello world") == [15339, 1917]
    assert tokenizer_for("o200k_base").ids("hello world") == [24912, 2375]


def test_a_report_shows_tokens_beside_their_ids() -> None:
    report = analyse("hello world", tokenizer_for("cl100k_base"))
    assert report.tokens == ("hello", " world")
    assert (report.token_count, report.char_count, report.chars_per_token) == (2, 11, 5.5)
    assert not report.estimate


def test_an_empty_text_has_no_tokens_and_no_ratio() -> None:
    report = analyse("", tokenizer_for("cl100k_base"))
    assert (report.token_count, report.chars_per_token, report.tokens) == (0, 0.0, ())


def test_what_looks_like_a_special_token_is_counted_as_text() -> None:
    tokenizer = tokenizer_for("cl100k_base")
    assert tokenizer.count("<|endoftext|>") > 1
    assert "".join(tokenizer.pieces("<|endoftext|>")) == "<|endoftext|>"


def test_half_a_character_is_shown_as_its_bytes() -> None:
    assert tokenizer_for("cl100k_base").pieces("🦜") == ["\\xf0\\x9f", "\\xa6", "\\x9c"]


@given(st.text())
def test_pieces_stand_beside_ids_and_nothing_is_unknown_to_bytes(text: str) -> None:
    tokenizer = tokenizer_for("o200k_base")
    assert len(tokenizer.pieces(text)) == len(tokenizer.ids(text)) == tokenizer.count(text)
    assert tokenizer.unknown(text) == []


def test_endless_blanks_are_counted_instead_of_crashing() -> None:
    assert 0 < tokenizer_for("o200k_base").count(" " * 500_000) < 500_000


def test_an_encoding_without_a_vocabulary_is_answered_by_an_estimate(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("retrieval.counting.vocabulary._copies", lambda vocabulary: iter(()))
    tokenizer = tokenizer_for("p50k_base", tmp_path)
    assert tokenizer.estimate
    assert tokenizer.name == "p50k_base"


def test_every_name_of_tiktoken_is_answered_offline_and_labelled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("retrieval.counting.vocabulary._downloaded", lambda url: iter(()))
    estimates = {name: tokenizer_for(name, tmp_path).estimate for name in tiktoken.list_encoding_names()}
    assert {name for name, estimate in estimates.items() if not estimate} == {
        "cl100k_base", "o200k_base", "o200k_harmony",
    }  # fmt: skip


def test_gpt2_is_counted_by_the_vocabulary_that_splits_alike() -> None:
    assert tokenizer_for("gpt2").name == "r50k_base"


@given(st.text(st.characters(exclude_characters="\\", exclude_categories=["Cs"])))
def test_the_bytes_of_all_tokens_joined_are_the_text(cl100k: Tokenizer, text: str) -> None:
    assert joined_bytes(cl100k.pieces(text)).decode() == text


@pytest.mark.parametrize(("text", "count"), [("", 0), ("one two three", 4), ("abcdefghijklmnop", 4), ("ä", 2)])
def test_the_estimate_takes_words_or_bytes_whichever_is_more(text: str, count: int) -> None:
    tokenizer = EstimateTokenizer()
    assert tokenizer.count(text) == count
    assert (tokenizer.ids(text), tokenizer.pieces(text), tokenizer.unknown(text)) == ([], [], [])


def test_an_unknown_name_is_answered_with_what_there_is() -> None:
    with pytest.raises(UnknownTokenizerError, match=r"'llama-9'.*o200k_base.*tokenizer\.json"):
        tokenizer_for("llama-9")


def test_counting_never_loads_torch() -> None:
    code = "import retrieval.counting.tokens, sys; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode == 0
