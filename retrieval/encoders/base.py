"""What every encoder offers, and the fingerprint that keeps vectors of different origin apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Literal, Protocol, runtime_checkable

from retrieval.costs.metering import Account
from retrieval.costs.pricing import PricedModel
from retrieval.counting.tokens import Tokenizer
from retrieval.encoders.windows import Text
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

    @cached_property
    def digest(self) -> str:
        """The first 16 hex digits of the sha256 over all fields."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    def prompt(self, kind: TextKind) -> str:
        """What is put before every text of this kind."""
        return self.query_prompt if kind == "query" else self.document_prompt

    def known_as(self, kind: TextKind) -> str:
        """The digest under which the vector of a text is looked for: a passage's is no question's of the same words
        where they have different prompts."""
        return self.digest if kind == "document" else self._of_questions.digest

    @cached_property
    def _of_questions(self) -> Fingerprint:
        return replace(self, document_prompt=self.query_prompt)

    def truncated(self, dimensions: int) -> Fingerprint:
        """The fingerprint of the same vectors cut to their first ``dimensions`` components (Matryoshka)."""
        return replace(self, dimensions=dimensions)


class Model(Protocol):
    """What every encoder says of itself, wherever it runs."""

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


class Encoder(Model, Protocol):
    """Turns text into vectors. Implementations normalise nothing and cache nothing: ``retrieval/embed.py`` does."""

    def encode(self, texts: Sequence[str], kind: TextKind) -> Matrix:
        """Encodes each text within ``max_tokens``; returns float32 of shape (len(texts), dimensions), in order."""
        ...


@runtime_checkable
class ContextualEncoder(Encoder, Protocol):
    """An encoder for which the vector of a passage depends on the document around it."""

    def in_context(self, passages: Sequence[str]) -> list[Text]:
        """What to encode of all passages of one document, in order."""
        ...

    def encode_in_context(self, texts: Sequence[Text], kind: TextKind) -> Matrix:
        """As ``encode``, also for passages in context: those of one window together, where they are neighbours."""
        ...


@runtime_checkable
class Loadable(Protocol):
    """An encoder whose model takes a while to be loaded."""

    def loaded(self, kind: TextKind) -> bool:
        """Whether texts of this kind can be encoded without loading anything."""
        ...

    def load(self, kind: TextKind, many: bool = False) -> None:
        """Loads what texts of this kind need, if that was not done yet; ``many`` says that a great many will come."""
        ...


@runtime_checkable
class PaidEncoder(Model, Protocol):
    """An encoder behind an API: every request is paid for, and counted by the account that it is made on.

    Texts over ``max_tokens`` are split and their vectors averaged.
    """

    @property
    def priced_as(self) -> PricedModel:
        """What a price list knows it by."""
        ...

    @property
    def batch_texts(self) -> int:
        """How many texts are worth handing over at once."""
        ...

    @property
    def in_flight(self) -> int:
        """How many requests run side by side."""
        ...

    def encode_paid(self, texts: Sequence[str], kind: TextKind, dimensions: int, account: Account) -> Matrix:
        """Returns float32 of shape (len(texts), at least ``dimensions``), in order.

        Raises BudgetExhaustedError before a request that ``account`` does not cover, ApiUnavailableError and
        ApiRefusedError.
        """
        ...


AnyEncoder = Encoder | PaidEncoder
