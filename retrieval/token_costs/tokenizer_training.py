"""Tokenizers trained on the operator's own texts, to be compared with those that models bring.

BPE and Unigram work on bytes (GPT-2's alphabet): they express everything and give every text back. WordPiece works on
characters, as BERT's does: what it never saw becomes [UNK], and blanks are not kept.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import tokenizers
from tokenizers import decoders, models, normalizers, pre_tokenizers, trainers

from retrieval.counting.tokenizer_files import HuggingFaceTokenizer
from storage.errors import KnowbotError
from storage.stores import Stores

Kind = Literal["bpe", "wordpiece", "unigram"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Digits = Literal[1, 3]
DIGITS: tuple[Digits, ...] = get_args(Digits)
"""How many digits of a number may be one token. WordPiece has no such border: with 3 it joins what it has learnt to."""

SMALLEST_VOCABULARY, LARGEST_VOCABULARY = 300, 200_000
"""Below the smallest there is hardly room for more than the 256 bytes."""

FEWEST_CHARACTERS = 20_000
"""Less than about ten pages says nothing about how a community writes."""

_HELD_OUT = 10  # every tenth paragraph, on average
_UNKNOWN = "[UNK]"
# No token reaches over the border of these. GPT-2's own borders cut Hindi at every vowel sign, which is no letter.
_WORDS = r" ?[\p{L}\p{M}]+|%s| ?[^\s\p{L}\p{M}\p{N}]+|\s+(?!\S)|\s+"
# A digit alone is the same token wherever it stands, so it takes no blank with it.
_NUMBERS: dict[Digits, str] = {1: r"\p{N}", 3: r" ?\p{N}{1,3}"}
_MOST_LETTERS = 1000  # as BERT's own; of a WordPiece vocabulary they fill half at most


class TooLittleTextError(KnowbotError):
    """The texts are too short to learn a vocabulary from."""


class VocabularySizeError(KnowbotError):
    """No vocabulary of that size can be made, at all or from these texts."""


@dataclass(frozen=True)
class Trained:
    """A new tokenizer, where it is kept, how many characters it learnt from, and a text that it never saw."""

    tokenizer: HuggingFaceTokenizer
    path: Path
    characters: int
    held_out: str


def trained_folder(data_dir: Path) -> Path:
    """Where a data folder keeps its own tokenizers, each under its short name with the suffix ``.json``."""
    return data_dir / "tokenizers"


def texts_of(stores: Stores, space: str) -> Iterable[str]:
    """The documents of a space, one at a time."""
    for summary in stores.documents.list(space):
        document = stores.documents.get(space, summary.location)
        if document is not None:
            yield document.text


def short_name(kind: Kind, size: int, digits: Digits) -> str:
    """What a trained tokenizer is called where nobody names it."""
    return f"{kind}-{size}" + (f"-digits{digits}" if digits == 1 else "")


def train(texts: Iterable[str], kind: Kind, size: int, path: Path, digits: Digits = 3) -> Trained:
    """Trains a tokenizer of ``size`` tokens on about nine tenths of the different paragraphs, and writes ``path``.

    Of a number ``digits`` are one token at most. Which tenth is held out depends on the paragraphs alone, so that
    trainings can be compared. Raises VocabularySizeError and TooLittleTextError; nothing is written then.
    """
    if not SMALLEST_VOCABULARY <= size <= LARGEST_VOCABULARY:
        raise VocabularySizeError(
            f"A vocabulary of {size} tokens cannot be trained; "
            f"choose one from {SMALLEST_VOCABULARY} to {LARGEST_VOCABULARY}."
        )
    seen, held_out = _split(texts)
    characters = sum(map(len, seen))
    if characters < FEWEST_CHARACTERS:
        raise TooLittleTextError(
            f"There are {characters} characters of different paragraphs to learn from, and a tokenizer needs "
            f"{FEWEST_CHARACTERS}; ingest more documents first."
        )
    tokenizer, trainer = _MAKERS[kind](size, digits)
    tokenizer.train_from_iterator(seen, trainer)
    if tokenizer.get_vocab_size() < size:
        raise VocabularySizeError(
            f"{characters} characters hold no more than {tokenizer.get_vocab_size()} tokens for {kind}; "
            "ask for a smaller vocabulary, or ingest more documents."
        )
    _write_aside(path, tokenizer.to_str(pretty=True))
    return Trained(HuggingFaceTokenizer(path, path.stem), path, characters, "\n\n".join(held_out))


def _split(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Different paragraphs to learn from, and those held out; what stands twice is on one side only."""
    paragraphs = dict.fromkeys(part for text in texts for part in re.split(r"\n\n+", text) if part.strip())
    seen: list[str] = []
    held_out: list[str] = []
    for paragraph in paragraphs:
        digest = hashlib.sha256(paragraph.encode("utf-8", "replace")).digest()
        (seen if digest[0] % _HELD_OUT else held_out).append(paragraph)
    return seen, held_out


def _bpe(size: int, digits: Digits) -> tuple[tokenizers.Tokenizer, trainers.Trainer]:
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, min_frequency=2, show_progress=False)
    return _byte_level(models.BPE(), digits), trainer


def _unigram(size: int, digits: Digits) -> tuple[tokenizers.Tokenizer, trainers.Trainer]:
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.UnigramTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    return _byte_level(models.Unigram(), digits), trainer


def _byte_level(model: models.Model, digits: Digits) -> tokenizers.Tokenizer:
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(tokenizers.Regex(_WORDS % _NUMBERS[digits]), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _word_piece(size: int, digits: Digits) -> tuple[tokenizers.Tokenizer, trainers.Trainer]:
    tokenizer = tokenizers.Tokenizer(models.WordPiece(unk_token=_UNKNOWN))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    borders = pre_tokenizers.BertPreTokenizer()
    alone = pre_tokenizers.Split(tokenizers.Regex(_NUMBERS[1]), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([borders, alone]) if digits == 1 else borders
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size,
        min_frequency=2,
        special_tokens=[_UNKNOWN],
        limit_alphabet=min(_MOST_LETTERS, size // 4),  # each stands there twice, at a word's start and inside
        show_progress=False,
    )
    return tokenizer, trainer


_MAKERS = {"bpe": _bpe, "wordpiece": _word_piece, "unigram": _unigram}


def _write_aside(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(f".{os.getpid()}")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
