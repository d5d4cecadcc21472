"""Late chunking: a document is encoded whole, and each passage's vector is the mean of its tokens' vectors in that.

Günther et al. 2024, "Late Chunking: Contextual Chunk Embeddings Using Long-Context Embedding Models" (arXiv
2409.04701). A passage that says "it" is near to what it speaks of, as far as the model has learnt to look that far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import numpy as np

from retrieval.encoders.base import EncoderUnavailableError, Fingerprint, TextKind
from retrieval.encoders.local import LocalEncoder, OutOfMemoryError, is_out_of_memory
from retrieval.encoders.model_folder import ModelFolder
from retrieval.encoders.windows import InContext, Text, Window, in_context
from storage.records import Matrix

SUFFIX = "@late"
"""Stands behind the name of a model that documents are encoded with in this way."""

LEAST_TOKENS = 1024
"""Two of the longest passages: an encoder that reads less has no room for what is around one."""

MOST_TOKENS = 8192
"""A longer window was measured by nobody, and its attention takes memory and time by the square."""


class LateEncoder(LocalEncoder):
    """A local model with mean pooling and a long context. Questions and headings are encoded by themselves, as ever.

    The model's first special tokens, and its prompt, count to the document's first passage and the last ones to its
    last, so that a document of one passage has its plain vector.
    """

    def __init__(self, folder: ModelFolder, models: Path | None = None, patient: bool = True) -> None:
        """See LocalEncoder; raises EncoderUnavailableError for a model that gains nothing by it."""
        _refuse_pointless(folder)
        super().__init__(folder, models, patient)
        self._patient, self._has_reference = patient, False
        self._window = min(folder.max_tokens, MOST_TOKENS)

    @property
    def fingerprint(self) -> Fingerprint:
        """See Encoder. The vectors of one model have two meanings, and its ledger two speeds."""
        plain = self._folder.fingerprint
        return replace(plain, model=plain.model + SUFFIX, pooling=f"late mean in windows of {self._window} tokens")

    def in_context(self, passages: Sequence[str]) -> list[Text]:
        """See ContextualEncoder."""
        count, special = self.tokenizer.count, self.tokenizer.special_tokens
        prompt = count(self._folder.prompt("document"))
        return in_context(passages, list(map(count, passages)), self._window - special, special + prompt)

    def encode_in_context(self, texts: Sequence[Text], kind: TextKind) -> Matrix:
        """See ContextualEncoder. Raises OutOfMemoryError."""
        vectors = np.empty((len(texts), self.fingerprint.dimensions), dtype=np.float32)
        alone = {place: text for place, text in enumerate(texts) if isinstance(text, str)}
        vectors[list(alone)] = self.encode(list(alone.values()), kind)
        around = [(text, place) for place, text in enumerate(texts) if isinstance(text, InContext)]
        for window, members in groupby(around, lambda member: member[0].window):
            rows = self._encoded(window)
            for text, place in members:
                vectors[place] = rows[text.place]
        return vectors

    def loaded(self, kind: TextKind) -> bool:
        """See Loadable."""
        return super().loaded(kind) and (kind == "query" or not self._patient or self._has_reference)

    def load(self, kind: TextKind, many: bool = False) -> None:
        """See Loadable. Where somebody waits, PyTorch is not loaded for a document that may have one passage only."""
        super().load(kind)
        if kind == "document" and self._patient:
            self._runtimes.reference()
            self._has_reference = True

    def _encoded(self, window: Window) -> Matrix:
        """A row for each passage of the window."""
        tokenizer, prompt = self._folder.tokenizer, self._folder.prompt("document")
        before, behind = tokenizer.around
        ids, ends = list(before), []
        for place, passage in enumerate(window.passages):
            ids += tokenizer.ids(passage if place else prompt + passage)
            ends.append(len(ids))
        starts = [0 if window.begins else len(before), *ends[:-1]]
        ids += behind
        ends[-1] = len(ids) if window.ends else ends[-1]
        try:
            return self._runtimes.reference().pooled(ids, list(zip(starts, ends, strict=True)))
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            raise OutOfMemoryError(
                f"There is not enough memory for {self._folder.name} to encode {len(ids)} tokens at once: end other "
                f"programs, raise worker_memory_mb, or encode by passages, without {SUFFIX}."
            ) from error


def _refuse_pointless(folder: ModelFolder) -> None:
    if folder.fingerprint.pooling != "mean":
        raise EncoderUnavailableError(
            f"{folder.name}{SUFFIX} makes no sense: the vector of a text is not the mean of its tokens' vectors there "
            f"(pooling: {folder.fingerprint.pooling}); name it without {SUFFIX}, or a model with mean pooling."
        )
    if folder.max_tokens < LEAST_TOKENS:
        raise EncoderUnavailableError(
            f"{folder.name}{SUFFIX} gains nothing: the model reads {folder.max_tokens} tokens at once, hardly more "
            f"than one passage has; name it without {SUFFIX}, or a model that reads at least {LEAST_TOKENS}."
        )
