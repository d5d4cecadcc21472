"""Which runtime encodes: the compiled model at once, or PyTorch where there is enough to do to be worth its loading."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from retrieval.encoders.base import EncoderUnavailableError, TextKind
from retrieval.encoders.compiled import Compiled, CompiledModels
from retrieval.encoders.export import compile_model
from retrieval.encoders.model_folder import ModelFolder
from retrieval.encoders.pace import BF16, COMPILED, F32, Pace, PaceFile
from retrieval.encoders.runtime import Runtime
from retrieval.encoders.torch_runtime import Reference, TorchRuntimes, has_graphics_card

logger = logging.getLogger(__name__)

WORTH_MEASURING = 20_000
"""Tokens of documents after which it is worth knowing which runtime is fastest."""

_WORTH_A_BATCH = 128
_LIKE = 0.85


class Runtimes:
    """The runtimes of one model in one process. Questions take the quickest to start, documents the best for many."""

    def __init__(self, folder: ModelFolder, models: Path | None, patient: bool = True) -> None:
        """``models`` is the folder of compiled models; without it there are none. Where somebody waits for answers
        (not ``patient``) nothing is compiled and PyTorch is only loaded where there is nothing else."""
        self._folder = folder
        self._models = CompiledModels(models, folder) if models else None
        self._paces = PaceFile(models, folder) if models else None
        self._patient = patient
        self._compiled: Compiled | None = None
        self._torch = TorchRuntimes(folder)
        self._pace: Pace | None = None
        self._looked, self._settled = False, False
        self._tokens = 0
        self._lock = threading.RLock()

    def loaded(self, kind: TextKind) -> bool:
        """Whether ``load`` has nothing left to do."""
        if kind == "document" and self._patient:
            return self._settled
        return self._compiled is not None or self._torch.has_reference

    def load(self, kind: TextKind, many: bool = False) -> None:
        """Makes ready for texts of a kind. Before the first documents a model is compiled that is not yet; ``many``
        loads what is best for them at once, instead of when it has become worth while."""
        with self._lock:
            self._open()
            if kind == "document" and self._patient:
                self._settle()
            if many and self._patient:
                self._named(self._choice(everything=True))
            else:
                self._quickest()

    def quickest(self) -> Runtime:
        """For a few texts that somebody waits for. Raises EncoderUnavailableError for int8 that is not compiled."""
        with self._lock:
            self._open()
            return self._quickest()

    def best(self, tokens: int) -> Runtime:
        """For documents of so many more tokens. Which one it is depends on tokens alone, never on a clock."""
        with self._lock:
            self.load("document")
            if not self._patient:
                return self._quickest()
            self._tokens += tokens
            return self._named(self._choice(everything=self._torch.is_loaded))

    def reference(self) -> Reference:
        """sentence-transformers itself, for what nothing faster computes. Questions do not wait for it to be loaded."""
        return self._torch.reference()

    def _open(self) -> None:
        """Looks for the compiled model, once."""
        if self._models and not self._looked:
            self._compiled = self._models.open()
            self._looked = True

    def _settle(self) -> None:
        if self._settled:
            return
        if self._models and self._models.manifest() is None:
            compile_model(self._models, self._torch.reference())
            self._compiled = self._models.open()
        self._pace = self._paces.read() if self._paces else None
        self._settled = True

    def _choice(self, everything: bool) -> str:
        """``everything``: as if PyTorch were loaded already, or were going to be in any case."""
        if self._folder.quantisation != "f32":
            return COMPILED
        if self._paces and self._pace is None and (everything or self._tokens > WORTH_MEASURING):
            self._pace = self._measured(self._paces)
        if self._pace is None:
            return COMPILED if self._compiled else F32
        if self._compiled and not everything and self._pace.gained(self._tokens) < self._pace.loading:
            return COMPILED
        return self._pace.best

    def _measured(self, paces: PaceFile) -> Pace:
        """On a graphics card there is nothing to choose."""
        reference, runtimes = self._torch.reference(), dict[str, Runtime]()
        if self._compiled:
            runtimes[COMPILED] = self._compiled
        runtimes[F32] = reference
        if not has_graphics_card():
            runtimes[BF16] = self._torch.half_precision()
        return paces.measure(runtimes, reference, self._torch.loading)

    def _named(self, choice: str) -> Runtime:
        if choice == COMPILED:
            return self._quickest()
        return self._torch.half_precision() if choice == BF16 else self._torch.reference()

    def _quickest(self) -> Runtime:
        if self._compiled:
            return self._compiled
        if self._folder.quantisation != "f32":
            raise EncoderUnavailableError(
                f"{self._folder.name} in {self._folder.quantisation} is not compiled on this machine: "
                "pip install 'knowbot[fast]', then run `knowbot reindex`"
            )
        return self._torch.reference()


def batches(lengths: Sequence[int], most_tokens: int) -> list[list[int]]:
    """The places of texts of like length, longest first, so many together as fill ``most_tokens``, padding included.

    A batch that is large enough to be worth while takes no text much shorter than its longest.
    """
    found: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        batch = found[-1] if found else []
        if not batch or not _fits(lengths[place], len(batch), lengths[batch[0]], most_tokens):
            batch = []
            found.append(batch)
        batch.append(place)
    return found


def _fits(length: int, texts: int, longest: int, most_tokens: int) -> bool:
    if texts * longest >= _WORTH_A_BATCH and length < _LIKE * longest:
        return False
    return (texts + 1) * longest <= most_tokens
