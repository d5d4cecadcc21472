"""Counting tokens, with and without a vocabulary."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as LibraryTokenizer
from tokenizers import models, pre_tokenizers, processors

from retrieval.tokens import (
    EstimateTokenizer,
    HuggingFaceTokenizer,
    UnknownTokenizerError,
    analyse,
    tokenizer_for,
)


@pytest.fixture(scope="module")
def word_piece(tmp_path_factory: pytest.TempPathFactory) -> HuggingFaceTokenizer:
    """Knows apples and pears, letter endings, and truncates to four tokens as shipped."""
    vocabulary = {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "apple": 3, "pear": 4, "##s": 5}
    library = LibraryTokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    library.pre_tokenizer = pre_tokenizers.Whitespace()
    library.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    library.enable_truncation(4)
    library.enable_padding(length=4)
    path = tmp_path_factory.mktemp("fruit") / "tokenizer.json"
    library.save(str(path))
    return HuggingFaceTokenizer(path, "fruit")


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
    monkeypatch.setattr("retrieval.vocabulary._copies", lambda vocabulary: iter(()))
    tokenizer = tokenizer_for("p50k_base", tmp_path)
    assert tokenizer.estimate
    assert tokenizer.name == "p50k_base"


@pytest.mark.parametrize(("text", "count"), [("", 0), ("one two three", 4), ("abcdefghijklmnop", 4), ("ä", 2)])
def test_the_estimate_takes_words_or_bytes_whichever_is_more(text: str, count: int) -> None:
    tokenizer = EstimateTokenizer()
    assert tokenizer.count(text) == count
    assert (tokenizer.ids(text), tokenizer.pieces(text), tokenizer.unknown(text)) == ([], [], [])


def test_an_unknown_name_is_answered_with_what_there_is() -> None:
    with pytest.raises(UnknownTokenizerError, match=r"'llama-9'.*o200k_base.*tokenizer\.json"):
        tokenizer_for("llama-9")


def test_a_tokenizer_file_counts_beyond_its_own_truncation(word_piece: HuggingFaceTokenizer) -> None:
    assert word_piece.count("apple pears " * 10) == 30
    assert word_piece.count("apple") == 1
    assert word_piece.special_tokens == 2


def test_a_tokenizer_file_shows_continued_words_with_their_mark(word_piece: HuggingFaceTokenizer) -> None:
    assert word_piece.pieces("apple pears") == ["apple", "pear", "##s"]
    assert word_piece.ids("apple pears") == [3, 4, 5]


def test_words_outside_the_vocabulary_are_named_as_lost(word_piece: HuggingFaceTokenizer) -> None:
    assert word_piece.unknown("apple Quince pear 🍐") == ["Quince", "🍐"]
    assert word_piece.unknown("apple pears") == []


def test_half_a_surrogate_pair_does_no_harm(word_piece: HuggingFaceTokenizer) -> None:
    assert word_piece.count("apple \ud83c") == 2
    assert word_piece.ids("apple \ud83c") == [3, 0]


@pytest.mark.parametrize("content", ["", "not json", "[]", "{}", '{"model": {"vocab": {}}}'])
def test_a_file_that_is_no_tokenizer_is_refused_by_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(content)
    with pytest.raises(UnknownTokenizerError, match=r"tokenizer\.json"):
        tokenizer_for(str(path))


def test_a_missing_tokenizer_file_is_refused_by_name() -> None:
    with pytest.raises(UnknownTokenizerError, match="nowhere"):
        tokenizer_for("nowhere/tokenizer.json")


def test_counting_never_loads_torch() -> None:
    code = "import retrieval.tokens, sys; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0
