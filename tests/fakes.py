"""Stand-ins for a model and its tokenizer, small enough to compute by hand, and builders for what flows between steps.

Nothing else is faked: tests use real SQLite and the real index.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from string import ascii_lowercase

import numpy as np

from retrieval.encoders.base import Fingerprint, TextKind
from retrieval.types import Candidate
from storage.records import PUBLIC, Chunk, Matrix


class WordTokenizer:
    """A token is what stands between blanks; two special tokens surround a text. ``calls`` counts the countings."""

    name = "between blanks"
    digest = hashlib.sha256(b"between blanks 1").hexdigest()
    special_tokens = 2
    estimate = False

    def __init__(self) -> None:
        self.calls = 0

    def ids(self, text: str) -> list[int]:
        """Checksums of the words."""
        return [zlib.crc32(word.encode("utf-8", "replace")) for word in self.pieces(text)]

    def count(self, text: str) -> int:
        """How many words ``text`` has."""
        self.calls += 1
        return len(self.pieces(text))

    def pieces(self, text: str) -> list[str]:
        """The words."""
        return text.split()

    def unknown(self, text: str) -> list[str]:
        """Nothing: every word is a token."""
        return []


class RecordingEncoder:
    """Encodes by ``vector_of``; ``encoded`` lists every text in order, ``kinds`` the kind of every call.

    As a model does, it refuses texts of more than ``max_tokens``.
    """

    def __init__(
        self, name: str, dimensions: int, vector_of: Callable[[str], Sequence[float]], max_tokens: int = 64
    ) -> None:
        self.fingerprint = Fingerprint(name, name, "1", "sum", dimensions)
        self.tokenizer = WordTokenizer()
        self.max_tokens = max_tokens
        self.encoded: list[str] = []
        self.kinds: list[TextKind] = []
        self._vector_of = vector_of

    def encode(self, texts: Sequence[str], kind: TextKind) -> Matrix:
        """See Encoder."""
        for text in texts:
            if len(text.split()) + self.tokenizer.special_tokens > self.max_tokens:
                raise ValueError(f"longer than {self.max_tokens} tokens: {text[:40]!r}...")
        self.encoded += texts
        self.kinds.append(kind)
        rows = [self._vector_of(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.fingerprint.dimensions)


class LetterEncoder(RecordingEncoder):
    """How often each letter from a to z occurs, in either case; a text without any has the zero vector."""

    def __init__(self, max_tokens: int = 64) -> None:
        super().__init__("letters", 26, lambda text: [text.lower().count(each) for each in ascii_lowercase], max_tokens)


class TableEncoder(RecordingEncoder):
    """Vectors as they stand in a table; a text that is not in it is a KeyError."""

    def __init__(self, table: Mapping[str, Sequence[float]], max_tokens: int = 64) -> None:
        super().__init__("table", len(next(iter(table.values()))), table.__getitem__, max_tokens)


def a_chunk(text: str, document_id: int = 1, heading: str = "", number: int = 1) -> Chunk:
    """A public passage ``number`` of the document ``<document_id>.md``."""
    title, location = f"Document {document_id}", f"{document_id}.md"
    place = f"{location}#{number}"
    return Chunk(number, document_id, 0, heading, text, "", place, 0, len(text), 1, "", title, location, PUBLIC)


def a_candidate(chunk: Chunk, fused: float) -> Candidate:
    """``chunk`` as a search would return it, with no leg's score but the fused one."""
    return Candidate(chunk, vector=0.0, title=0.0, lexical=0.0, fused=fused)
