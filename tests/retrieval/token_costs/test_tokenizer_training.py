"""Vocabularies learnt from texts: as large as asked for, kept in a file, honest about what they lose."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.counting.tokenizer_files import HuggingFaceTokenizer
from retrieval.token_costs.tokenizer_training import (
    FEWEST_CHARACTERS,
    KINDS,
    Kind,
    TooLittleTextError,
    Trained,
    VocabularySizeError,
    texts_of,
    train,
)
from storage.records import DocumentDraft
from storage.stores import open_stores

SYLLABLES = [
    "ba",
    "che",
    "di",
    "fo",
    "gu",
    "hal",
    "jin",
    "kor",
    "lum",
    "mer",
    "nat",
    "pos",
    "quin",
    "ro",
    "sten",
    "tav",
]


def paragraphs(count: int) -> list[str]:
    """Sentences in a language of few syllables, no two alike."""
    chosen = random.Random(7)
    words = ["".join(chosen.choices(SYLLABLES, k=3)) for _ in range(300)]
    return [" ".join([*chosen.choices(words, k=20), str(number)]) for number in range(count)]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[Kind, Trained]:
    folder = tmp_path_factory.mktemp("tokenizers")
    text = "\n\n".join(paragraphs(400))
    return {kind: train([text], kind, 320, folder / f"{kind}-320.json") for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_a_trained_tokenizer_is_kept_under_its_name_and_loads_again(trained: dict[Kind, Trained], kind: Kind) -> None:
    made = trained[kind]
    again = HuggingFaceTokenizer(made.path)
    assert again.name == made.tokenizer.name == f"{kind}-320"
    assert again.ids("korlum mer") == made.tokenizer.ids("korlum mer")
    assert again.count(made.held_out) < len(made.held_out) / 2


@pytest.mark.parametrize("kind", ["bpe", "unigram"])
def test_bytes_give_every_text_back(trained: dict[Kind, Trained], kind: Kind) -> None:
    tokenizer = trained[kind].tokenizer

    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def check(text: str) -> None:
        assert tokenizer._tokenizer.decode(tokenizer.ids(text), skip_special_tokens=False) == text
        assert tokenizer.unknown(text) == []

    check()


def test_word_piece_says_what_it_loses(trained: dict[Kind, Trained]) -> None:
    assert trained["wordpiece"].tokenizer.unknown("quinro 🍐 梨") == ["🍐", "梨"]
    assert trained["wordpiece"].tokenizer.unknown("bachedi sten") == []


def test_a_digit_may_be_a_token_of_its_own_the_same_wherever_it_stands(tmp_path: Path) -> None:
    years = [f"{part} in {1900 + number % 130}" for number, part in enumerate(paragraphs(400))]
    for kind in KINDS:
        tokenizer = train(years, kind, 320, tmp_path / f"{kind}.json", digits=1).tokenizer
        pieces = tokenizer.pieces("in 1987, 19 and 7")
        assert [piece for piece in pieces if any(map(str.isdigit, piece))] == [*"1987197"]
    joined = train(years, "bpe", 320, tmp_path / "joined.json").tokenizer.pieces("in 1987")
    assert any(len(piece.strip()) > 1 and piece.strip().isdigit() for piece in joined)


def test_the_held_out_part_depends_on_the_paragraphs_alone(tmp_path: Path) -> None:
    parts = paragraphs(400)
    one = train(["\n\n".join(parts)], "bpe", 300, tmp_path / "one.json")
    other = train([*reversed(parts), *parts], "bpe", 300, tmp_path / "other.json")
    assert set(one.held_out.split("\n\n")) == set(other.held_out.split("\n\n"))
    assert one.characters == other.characters
    assert len("".join(parts)) * 0.05 < len(one.held_out) < len("".join(parts)) * 0.2


def test_too_little_text_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    repeated = ["the same paragraph again and again"] * FEWEST_CHARACTERS
    with pytest.raises(TooLittleTextError, match=f"{FEWEST_CHARACTERS}"):
        train(repeated, "bpe", 300, tmp_path / "bpe.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_vocabulary_larger_than_the_texts_allow_is_refused_with_what_they_do(tmp_path: Path, kind: Kind) -> None:
    with pytest.raises(VocabularySizeError, match=r"no more than \d+ tokens"):
        train(paragraphs(400), kind, 50_000, tmp_path / "large.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [-1, 256, 200_001])
def test_a_size_out_of_range_is_refused(tmp_path: Path, size: int) -> None:
    with pytest.raises(VocabularySizeError, match="300 to 200000"):
        train(paragraphs(400), "bpe", size, tmp_path / "bpe.json")


def test_only_the_documents_of_the_space_are_learnt_from(tmp_path: Path) -> None:
    with open_stores(tmp_path) as stores:
        stores.documents.put("orchard", DocumentDraft("a.md", "A", "apples", "markdown", "1"), 0.0)
        stores.documents.put("kitchen", DocumentDraft("b.md", "B", "knives", "markdown", "2"), 0.0)
        assert list(texts_of(stores, "orchard")) == ["apples"]
