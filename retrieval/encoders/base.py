"""What every encoder offers, and the fingerprint that keeps vectors of different origin apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal, Protocol

from retrieval.tokens import Tokenizer
from storage.errors import KnowbotError
from storage.records import Matrix

TextKind = Literal["query", "document"]


class EncoderUnavailableError(KnowbotError):
    """The encoder that was asked for cannot be loaded on this machine."""


@dataclass(frozen=True)
class Fingerprint:
    """Everything that decides what a vector means. Two vectors may be compared only if this is equal.

    ``revision`` is a commit or the sha256 of the weights. Runtime and arithmetic type stay out: they move a vector by
    less than the retrieval can see.
    """

    encoder: str
    model: str
    revision: str
    pooling: str
    dimensions: int
    normalised: bool = True
    query_prompt: str = ""
    document_prompt: str = ""
    quantisation: str = "f32"

    @property
    def digest(self) -> str:
        """The first 16 hex digits of the sha256 over all fields."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    def truncated(self, dimensions: int) -> Fingerprint:
        """The fingerprint of the same vectors cut to their first ``dimensions`` components (Matryoshka)."""
        return replace(self, dimensions=dimensions)


class Encoder(Protocol):
    """Turns text into vectors. Implementations normalise nothing and cache nothing: ``retrieval/embed.py`` does."""

    @property
    def fingerprint(self) -> Fingerprint:
        """What the vectors of this encoder mean."""
        ...

    @property
    def max_tokens(self) -> int:
        """The longest input, in tokens of ``tokenizer``, special tokens included."""
        ...

    @property
    def tokenizer(self) -> Tokenizer:
        """Counts exactly what the encoder will count."""
        ...

    def encode(self, texts: Sequence[str], kind: TextKind) -> Matrix:
        """Encodes each text within ``max_tokens``; returns float32 of shape (len(texts), dimensions), in order."""
        ...
