"""The local encoder: a sentence-transformers model on this machine."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from retrieval.encoders.base import Fingerprint, TextKind
from retrieval.encoders.find_model import DEFAULT_MODEL, find_model
from retrieval.tokens import Tokenizer
from storage.errors import KnowbotError
from storage.records import Matrix

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

logger = logging.getLogger(__name__)

BATCH_SIZE = 32

# PyTorch has a class for a graphics card's memory only; on a processor it is a RuntimeError that says so.
_OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory", "std::bad_alloc")


class TextTooLongError(KnowbotError):
    """A text is longer than the encoder reads; it would have been cut without a word."""


class OutOfMemoryError(KnowbotError):
    """A single text takes more memory than there is."""


class LocalEncoder:
    """A sentence-transformers model. Counting and the fingerprint need its small files only; torch waits for encode.

    May be shared between threads: they take turns.
    """

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
        """Finds the model, a folder or a name on the hub. Raises EncoderUnavailableError, within seconds."""
        self._folder = find_model(name)
        self._model: SentenceTransformer | None = None
        self._turn = threading.Lock()

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
        lengths = [self._length(text) for text in texts]
        vectors = np.empty((len(texts), self.fingerprint.dimensions), dtype=np.float32)
        # Texts of like length share a batch: it is padded to its longest.
        order = sorted(range(len(texts)), key=lengths.__getitem__, reverse=True)
        for start in range(0, len(order), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            vectors[batch] = self._encode_what_fits([texts[index] for index in batch], kind)
        return vectors

    @property
    def loaded(self) -> bool:
        """See Loadable."""
        return self._model is not None

    def load(self) -> None:
        """See Loadable."""
        with self._turn:
            self._model = self._model or self._loaded()

    def _length(self, text: str) -> int:
        length = self.tokenizer.count(text) + self.tokenizer.special_tokens
        if length > self.max_tokens:
            raise TextTooLongError(
                f"A text of {length} tokens is longer than the {self.max_tokens} that {self._folder.name} reads: "
                "split it first."
            )
        return length

    def _encode_what_fits(self, texts: list[str], kind: TextKind) -> Matrix:
        """Halves a batch that takes more memory than there is, down to one text; raises OutOfMemoryError then."""
        try:
            return self._encode_batch(texts, kind)
        except (MemoryError, RuntimeError) as error:
            if not _is_out_of_memory(error):
                raise
            if len(texts) == 1:
                raise OutOfMemoryError(
                    f"There is not enough memory for {self._folder.name} to encode even one passage: end other "
                    "programs, raise worker_memory_mb, or choose a smaller encoder."
                ) from error
        middle = len(texts) // 2
        logger.warning("%d texts at once took more memory than there is: half of them are tried", len(texts))
        return np.vstack([self._encode_what_fits(part, kind) for part in (texts[:middle], texts[middle:])])

    def _encode_batch(self, texts: list[str], kind: TextKind) -> Matrix:
        with self._turn:
            self._model = self._model or self._loaded()
            vectors = self._model.encode(
                texts,
                prompt=self._folder.prompt(kind),  # "" too: None would mean the model's default prompt
                batch_size=BATCH_SIZE,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return np.asarray(vectors, dtype=np.float32)

    def _loaded(self) -> SentenceTransformer:
        # Six seconds and half a gigabyte: only who encodes pays for them.
        import torch  # noqa: PLC0415
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415
        from transformers.utils import logging  # noqa: PLC0415

        # Half a second of it would land in the middle of a command's output.
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]

        device = "cuda" if torch.cuda.is_available() else "cpu"
        return SentenceTransformer(str(self._folder.path), device=device, local_files_only=True)


def _is_out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in _OUT_OF_MEMORY)
