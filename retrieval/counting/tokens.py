"""Counting tokens as a model counts them. Nothing here loads a model; without a vocabulary a count is an estimate."""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import tiktoken

from retrieval.counting.tokenizer_files import HuggingFaceTokenizer, SentencePieceTokenizer, UnknownTokenizerError
from retrieval.counting.vocabulary import SAME_VOCABULARY, VOCABULARIES, VocabularyUnavailableError, load_encoding

__all__ = [
    "EstimateTokenizer",
    "TiktokenTokenizer",
    "TokenReport",
    "Tokenizer",
    "UnknownTokenizerError",
    "analyse",
    "tokenizer_for",
]

# tiktoken's regular expression overflows its stack (a panic, not an exception) somewhere past 100,000 blanks in a row.
_ENDLESS_BLANK = re.compile(r"(\s{20000})")


class Tokenizer(Protocol):
    """Counts and shows the tokens of one model. Instances may be shared between threads."""

    @property
    def name(self) -> str:
        """What people call it, as in ``o200k_base``."""
        ...

    @property
    def digest(self) -> str:
        """sha256, in hex, of what decides the counts: the vocabulary file, or name and version."""
        ...

    @property
    def special_tokens(self) -> int:
        """How many tokens the model adds around one text."""
        ...

    @property
    def estimate(self) -> bool:
        """Whether the counts are a rule of thumb, for want of the vocabulary."""
        ...

    def ids(self, text: str) -> list[int]:
        """The token ids of ``text``, without special tokens; empty where only an estimate is possible."""
        ...

    def count(self, text: str) -> int:
        """How many tokens ``text`` has, without special tokens."""
        ...

    def pieces(self, text: str) -> list[str]:
        """What each token reads as, one for each of ``ids``."""
        ...

    def unknown(self, text: str) -> list[str]:
        """The stretches of ``text`` that the vocabulary cannot express, in order; the model never sees them."""
        ...


@dataclass(frozen=True)
class TokenReport:
    """What ``knowbot tokens`` shows. ``chars_per_token`` has two decimals and is 0.0 where there are no tokens."""

    name: str
    token_count: int
    char_count: int
    chars_per_token: float
    tokens: tuple[str, ...]
    token_ids: tuple[int, ...]
    estimate: bool


def analyse(text: str, tokenizer: Tokenizer) -> TokenReport:
    """Counts ``text`` and shows its tokens."""
    count = tokenizer.count(text)
    return TokenReport(
        name=tokenizer.name,
        token_count=count,
        char_count=len(text),
        chars_per_token=round(len(text) / count, 2) if count else 0.0,
        tokens=tuple(tokenizer.pieces(text)),
        token_ids=tuple(tokenizer.ids(text)),
        estimate=tokenizer.estimate,
    )


def tokenizer_for(name: str, folder: Path | None = None) -> Tokenizer:
    """The tokenizer that ``name`` stands for.

    An encoding (``o200k_base``), an OpenAI model (``gpt-5``), the path of a tokenizer.json or of a SentencePiece
    .model, or ``estimate``. ``folder`` keeps the vocabularies of encodings (default: the user's cache). An encoding
    whose vocabulary cannot be had is answered by an estimate under its name. Raises UnknownTokenizerError for any
    other name, and for a file that is no tokenizer.
    """
    if name == "estimate":
        return EstimateTokenizer()
    path = Path(name)
    if path.suffix == ".json":
        return HuggingFaceTokenizer(path)
    if path.suffix == ".model":
        return SentencePieceTokenizer(path)
    return _tokenizer_of_encoding(name if name in VOCABULARIES else _encoding_of_model(name), folder)


@lru_cache(maxsize=8)
def _tokenizer_of_encoding(encoding: str, folder: Path | None) -> Tokenizer:
    try:
        return TiktokenTokenizer(load_encoding(encoding, folder))
    except VocabularyUnavailableError:
        return EstimateTokenizer(encoding)


def _encoding_of_model(name: str) -> str:
    try:
        encoding = tiktoken.encoding_name_for_model(name)
    except KeyError:
        encoding = name
    encoding = SAME_VOCABULARY.get(encoding, encoding)
    if encoding not in VOCABULARIES:
        available = ", ".join(sorted(VOCABULARIES))
        raise UnknownTokenizerError(
            f"There is no tokenizer called {name!r}; use one of {available}, the name of an OpenAI model, "
            "the path of a tokenizer.json or of a SentencePiece .model, or 'estimate'."
        )
    return encoding


class TiktokenTokenizer:
    """OpenAI's byte-level BPE: it expresses everything, and counts ``<|endoftext|>`` as the text that it is."""

    special_tokens = 0
    estimate = False

    def __init__(self, encoding: tiktoken.Encoding) -> None:
        self._encoding = encoding
        self.name = encoding.name
        self.digest = VOCABULARIES[encoding.name].sha256

    def ids(self, text: str) -> list[int]:
        """See Tokenizer. The boundary between two blanks may count one too many where 20,000 stand in a row."""
        parts = _ENDLESS_BLANK.split(text)
        return list(itertools.chain.from_iterable(self._encoding.encode(p, disallowed_special=()) for p in parts))

    def count(self, text: str) -> int:
        """See Tokenizer."""
        return len(self.ids(text))

    def pieces(self, text: str) -> list[str]:
        r"""See Tokenizer. A token may be half a character; its bytes are then written as ``\xf0\x9f``."""
        decode = self._encoding.decode_single_token_bytes
        return [decode(token).decode("utf-8", "backslashreplace") for token in self.ids(text)]

    def unknown(self, text: str) -> list[str]:
        """See Tokenizer: nothing is unknown to bytes."""
        return []


class EstimateTokenizer:
    """A rule of thumb for want of a vocabulary: 4/3 tokens a word or one for four bytes, whichever is more."""

    special_tokens = 0
    estimate = True

    def __init__(self, name: str = "estimate") -> None:
        self.name = name
        self.digest = hashlib.sha256(b"estimate 1").hexdigest()

    def ids(self, text: str) -> list[int]:
        """See Tokenizer."""
        return []

    def count(self, text: str) -> int:
        """See Tokenizer."""
        return math.ceil(max(len(text.split()) * 4 / 3, len(text.encode("utf-8", "replace")) / 4))

    def pieces(self, text: str) -> list[str]:
        """See Tokenizer."""
        return []

    def unknown(self, text: str) -> list[str]:
        """See Tokenizer: without a vocabulary nobody can tell."""
        return []
