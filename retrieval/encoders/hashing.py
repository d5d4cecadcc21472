"""An encoder without a model: spelling instead of meaning. For machines that have no model, and for quick tests."""

from __future__ import annotations

import hashlib
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from retrieval.encoders.base import Fingerprint, TextKind
from storage.records import Matrix

_WORD = re.compile(r"\w+")
_GRAM_WEIGHT = 0.25  # more helps misspelt and foreign questions, and hurts plain ones
_LONGEST_GRAMMED_WORD = 40
_NO_FEATURE = 1e-4


class HashingEncoder:
    """Signed feature hashing (Weinberger et al. 2009) of words and of the character 3- to 5-grams inside them.

    A word's features are added with 1 + ln(count), so that repeating a word counts for less each time. A text without
    any word (emoji, punctuation) is taken as one word.
    """

    max_tokens = 256

    def __init__(self, dimensions: int = 384) -> None:
        self.tokenizer = WordTokenizer()
        self.fingerprint = Fingerprint("hashing", "words and 3-5-grams", "1", "sum", dimensions)

    def encode(self, texts: Sequence[str], kind: TextKind) -> Matrix:
        """See Encoder. Questions and documents are treated alike; longer texts than ``max_tokens`` do no harm."""
        matrix = np.zeros((len(texts), self.fingerprint.dimensions), dtype=np.float32)
        matrix[:, 0] = _NO_FEATURE  # features may cancel, or lie beyond where vectors are cut: zeros have no direction
        for row, text in zip(matrix, texts, strict=True):
            for word, count in Counter(self.tokenizer.pieces(text) or [text]).items():
                buckets, weights = _hashed(word, len(row))
                np.add.at(row, buckets, (1 + math.log(count)) * weights)
        return matrix


@lru_cache(maxsize=1 << 16)
def _hashed(word: str, dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    """The buckets of a word's features and what goes into each. The sign makes collisions cancel on average."""
    features = [(f"={word}", 1.0), *((gram, _GRAM_WEIGHT) for gram in _grams(word))]
    hashes = [
        int.from_bytes(hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).digest()) for name, _ in features
    ]
    signed = [weight if code & 1 else -weight for code, (_, weight) in zip(hashes, features, strict=True)]
    return np.array([(code >> 1) % dimensions for code in hashes]), np.array(signed, dtype=np.float32)


def _grams(word: str) -> Iterator[str]:
    marked = f"<{word[:_LONGEST_GRAMMED_WORD]}>"
    for size in (3, 4, 5):
        for start in range(len(marked) - size + 1):
            yield marked[start : start + size]


class WordTokenizer:
    """Words as tokens, in lower case: what HashingEncoder counts. It adds no special tokens and loses nothing."""

    name = "words"
    digest = hashlib.sha256(b"words 1").hexdigest()
    special_tokens = 0
    estimate = False

    def ids(self, text: str) -> list[int]:
        """See Tokenizer; the ids are checksums of the words."""
        return [zlib.crc32(word.encode("utf-8", "replace")) for word in self.pieces(text)]

    def count(self, text: str) -> int:
        """See Tokenizer."""
        return len(self.pieces(text))

    def pieces(self, text: str) -> list[str]:
        """See Tokenizer."""
        return _WORD.findall(text.lower())

    def unknown(self, text: str) -> list[str]:
        """See Tokenizer: nothing is unknown to a hash."""
        return []
