"""The local encoder: a sentence-transformers model on this machine."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.counting.tokens import Tokenizer
from retrieval.encoders.base import Fingerprint, TextKind
from retrieval.encoders.model_folder import ModelFolder
from retrieval.encoders.runtime import Tokenised
from retrieval.encoders.runtimes import Runtimes, batches
from storage.errors import KnowbotError
from storage.records import Matrix

logger = logging.getLogger(__name__)

BATCH_TOKENS = 2048
"""Tokens of a batch, padding included: more gain nothing on a processor, and whoever asks meanwhile waits longer."""

# PyTorch has a class for a graphics card's memory only; on a processor it is a RuntimeError that says so.
_OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory", "std::bad_alloc")


class TextTooLongError(KnowbotError):
    """A text is longer than the encoder reads; it would have been cut without a word."""


class OutOfMemoryError(KnowbotError):
    """A single text takes more memory than there is."""


class LocalEncoder:
    """A sentence-transformers model. Counting and the fingerprint need its small files only; the rest waits for encode.

    May be shared between threads.
    """

    def __init__(self, folder: ModelFolder, models: Path | None = None, patient: bool = True) -> None:
        """``models`` and ``patient`` as ``Runtimes`` takes them."""
        self._folder = folder
        self._runtimes = Runtimes(folder, models, patient)

    @property
    def names(self) -> tuple[str, ...]:
        """See ModelFolder."""
        return self._folder.names

    @property
    def fingerprint(self) -> Fingerprint:
        """See Encoder."""
        return self._folder.fingerprint

    @property
    def max_tokens(self) -> int:
        """See Encoder."""
        return self._folder.max_tokens

    @property
    def tokenizer(self) -> Tokenizer:
        """See Encoder."""
        return self._folder.tokenizer

    def encode(self, texts: Sequence[str], kind: TextKind) -> Matrix:
        """See Encoder. Raises TextTooLongError, before any work, for a text over ``max_tokens``."""
        vectors = np.empty((len(texts), self.fingerprint.dimensions), dtype=np.float32)
        tokenised = self._folder.tokenised(texts, kind)
        self._refuse_too_long(tokenised, kind)
        # Texts of like length share a batch: it is padded to its longest.
        for batch in batches([len(each.ids) for each in tokenised], BATCH_TOKENS):
            vectors[batch] = self._encode_what_fits([tokenised[place] for place in batch], kind)
        return vectors

    def loaded(self, kind: TextKind) -> bool:
        """See Loadable."""
        return self._runtimes.loaded(kind)

    def load(self, kind: TextKind, many: bool = False) -> None:
        """See Loadable."""
        self._runtimes.load(kind, many)

    def _refuse_too_long(self, tokenised: Sequence[Tokenised], kind: TextKind) -> None:
        prompt = self.tokenizer.count(self._folder.prompt(kind))
        longest = max((len(each.ids) for each in tokenised), default=0) - prompt
        if longest > self.max_tokens:
            raise TextTooLongError(
                f"A text of {longest} tokens is longer than the {self.max_tokens} that {self._folder.name} reads: "
                "split it first."
            )

    def _encode_what_fits(self, batch: list[Tokenised], kind: TextKind) -> Matrix:
        """Halves a batch that takes more memory than there is, down to one text; raises OutOfMemoryError then."""
        try:
            tokens = sum(len(each.ids) for each in batch)
            runtime = self._runtimes.best(tokens) if kind == "document" else self._runtimes.quickest()
            return runtime.encode(batch)
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            if len(batch) == 1:
                raise OutOfMemoryError(
                    f"There is not enough memory for {self._folder.name} to encode even one passage: end other "
                    "programs, raise worker_memory_mb, or choose a smaller encoder."
                ) from error
        middle = len(batch) // 2
        logger.warning("%d texts at once took more memory than there is: half of them are tried", len(batch))
        return np.vstack([self._encode_what_fits(part, kind) for part in (batch[:middle], batch[middle:])])


def is_out_of_memory(error: Exception) -> bool:
    """True where an allocation failed."""
    return isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in _OUT_OF_MEMORY)
