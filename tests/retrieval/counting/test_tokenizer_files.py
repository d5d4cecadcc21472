"""Tokenizers that come as files: counted whole, read as they are, refused by name where they are none."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as LibraryTokenizer
from tokenizers import decoders, models, pre_tokenizers, processors, trainers

from retrieval.counting.tokenizer_files import HuggingFaceTokenizer, SentencePieceTokenizer, UnknownTokenizerError
from retrieval.counting.tokens import Tokenizer, tokenizer_for

FRUIT = ["apples and pears are fruit", "a pear is no apple", "fruit flies like a ripe pear", "two apples, one pear"]
SURROGATE = st.text(st.characters(categories=["Cs"]), max_size=2)


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


@pytest.fixture(scope="module")
def byte_level(tmp_path_factory: pytest.TempPathFactory) -> HuggingFaceTokenizer:
    """A byte-level BPE of a few fruits, named by its folder."""
    library = LibraryTokenizer(models.BPE())
    library.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    library.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=280, initial_alphabet=alphabet, show_progress=False)
    library.train_from_iterator(FRUIT, trainer)
    path = tmp_path_factory.mktemp("orchard") / "tokenizer.json"
    library.save(str(path))
    return HuggingFaceTokenizer(path)


def sentence_piece(folder: Path, byte_fallback: bool) -> SentencePieceTokenizer:
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(FRUIT),
        model_writer=model,
        vocab_size=300 if byte_fallback else 40,
        hard_vocab_limit=False,
        model_type="unigram",
        byte_fallback=byte_fallback,
        minloglevel=3,
    )
    path = folder / "fruit.model"
    path.write_bytes(model.getvalue())
    found = tokenizer_for(str(path))
    assert isinstance(found, SentencePieceTokenizer)
    return found


@pytest.fixture(scope="module")
def with_bytes(tmp_path_factory: pytest.TempPathFactory) -> SentencePieceTokenizer:
    return sentence_piece(tmp_path_factory.mktemp("bytes"), byte_fallback=True)


@pytest.fixture(scope="module")
def without_bytes(tmp_path_factory: pytest.TempPathFactory) -> SentencePieceTokenizer:
    return sentence_piece(tmp_path_factory.mktemp("letters"), byte_fallback=False)


def joined(pieces: list[str]) -> str:
    r"""The text that pieces stand for, where half a character is written as ``\xf0``."""
    written = "".join(pieces).encode()
    return re.sub(rb"\\x([0-9a-f]{2})", lambda byte: bytes([int(byte[1], 16)]), written).decode()


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


def test_half_a_surrogate_pair_does_no_harm(
    word_piece: HuggingFaceTokenizer, with_bytes: SentencePieceTokenizer
) -> None:
    assert word_piece.count("apple \ud83c") == 2
    assert word_piece.ids("apple \ud83c") == [3, 0]
    assert with_bytes.ids("pear \ud83c") == with_bytes.ids("pear ?")


def test_bytes_are_read_as_the_characters_they_make(byte_level: HuggingFaceTokenizer) -> None:
    assert byte_level.name.startswith("orchard")
    assert byte_level.pieces("🍐") == ["\\xf0", "\\x9f", "\\x8d", "\\x90"]
    assert byte_level.unknown("🍐") == []


@given(st.text(st.characters(exclude_characters="\\", exclude_categories=["Cs"])))
def test_byte_level_pieces_joined_are_the_text(byte_level: HuggingFaceTokenizer, text: str) -> None:
    assert joined(byte_level.pieces(text)) == text


@given(st.one_of(st.text(), SURROGATE))
def test_ids_pieces_and_count_agree_in_every_kind_of_file(
    word_piece: HuggingFaceTokenizer,
    byte_level: HuggingFaceTokenizer,
    with_bytes: SentencePieceTokenizer,
    without_bytes: SentencePieceTokenizer,
    text: str,
) -> None:
    each: list[Tokenizer] = [word_piece, byte_level, with_bytes, without_bytes]
    for tokenizer in each:
        assert len(tokenizer.pieces(text)) == len(tokenizer.ids(text)) == tokenizer.count(text)
        assert len(tokenizer.unknown(text)) <= tokenizer.count(text)


def test_a_sentence_piece_model_falls_back_to_bytes_or_names_what_is_lost(
    with_bytes: SentencePieceTokenizer, without_bytes: SentencePieceTokenizer
) -> None:
    assert with_bytes.name == "fruit"
    assert with_bytes.pieces("🍐")[-4:] == ["\\xf0", "\\x9f", "\\x8d", "\\x90"]
    assert (with_bytes.unknown("a 🍐"), without_bytes.unknown("a 🍐")) == ([], ["🍐"])


@given(st.lists(st.sampled_from(["apples", "pear", "fruit", "🍐", "Quitte", "梨"]), min_size=1))
def test_sentence_piece_with_bytes_gives_words_back(with_bytes: SentencePieceTokenizer, words: list[str]) -> None:
    text = " ".join(words)
    assert joined(with_bytes.pieces(text)).replace("▁", " ").strip() == text


@pytest.mark.parametrize("content", ["", "not json", "[]", "{}", '{"model": {"vocab": {}}}'])
@pytest.mark.parametrize("name", ["tokenizer.json", "spiece.model"])
def test_a_file_that_is_no_tokenizer_is_refused_by_name(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(UnknownTokenizerError, match=re.escape(name)):
        tokenizer_for(str(path))


@pytest.mark.parametrize("make", [HuggingFaceTokenizer, SentencePieceTokenizer])
def test_a_missing_file_is_refused_by_name(make: Callable[[Path], Tokenizer]) -> None:
    with pytest.raises(UnknownTokenizerError, match="nowhere"):
        make(Path("nowhere"))
