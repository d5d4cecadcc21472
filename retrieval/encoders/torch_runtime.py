"""Vectors by PyTorch: sentence-transformers in float32, which is the reference, and with products in bfloat16."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrieval.encoders.model_folder import ModelFolder
from retrieval.encoders.runtime import Tokenised, padded
from storage.records import Matrix

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor
    from torch.nn import Module


class Reference:
    """sentence-transformers as everybody uses it: what the vectors of a model are. Threads take turns."""

    def __init__(self, folder: ModelFolder) -> None:
        """Six seconds and half a gigabyte: only who has to pays for them."""
        self.model = _loaded(folder)
        self._turn = threading.Lock()

    def encode(self, batch: Sequence[Tokenised]) -> Matrix:
        """See Runtime."""
        # Without a prompt, which the texts carry; None would mean the model's default one.
        with self._turn:
            vectors = self.model.encode(
                [each.text for each in batch],
                prompt="",
                batch_size=len(batch),
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return np.asarray(vectors, dtype=np.float32)

    def pooled(self, ids: Sequence[int], spans: Sequence[tuple[int, int]]) -> Matrix:
        """Stretches of one text, each pooled by itself from what the model makes of the tokens of all of it.

        ``spans`` are places in ``ids``; of one without a token it is the token that follows. float32 of shape
        (len(spans), dimensions), in order.
        """
        import torch  # noqa: PLC0415

        modules = list(self.model.children())
        pooling = [type(module).__name__ for module in modules].index("Pooling")
        row = np.array([ids])
        with self._turn, torch.inference_mode():
            read = _run(modules[:pooling], _features(self.model, row, np.ones_like(row)))
            tokens, mask = read["token_embeddings"], read["attention_mask"]
            vectors = []
            for start, end in spans:
                part = slice(min(start, len(ids) - 1), max(end, start + 1))
                found = _run(modules[pooling:], {"token_embeddings": tokens[:, part], "attention_mask": mask[:, part]})
                vectors.append(found["sentence_embedding"][0])
            return np.asarray(torch.stack(vectors).cpu().numpy(), dtype=np.float32)


class HalfPrecision:
    """The same modules with every matrix product in bfloat16, where a processor is three times as fast at it.

    What lies between the products stays in float32: the whole model in bfloat16 is no faster, and off by twice as much.
    """

    def __init__(self, folder: ModelFolder) -> None:
        self._pad_id = folder.pad_id
        self._model = _loaded(folder)
        _halve(self._model)

    def encode(self, batch: Sequence[Tokenised]) -> Matrix:
        """See Runtime."""
        import torch  # noqa: PLC0415

        ids, mask = padded(batch, self._pad_id)
        with torch.inference_mode():
            vectors = self._model(_features(self._model, ids, mask))["sentence_embedding"]
        return np.asarray(vectors.cpu().numpy(), dtype=np.float32)


class TorchRuntimes:
    """Both of one model, each loaded when it is first asked for. ``loading`` is how many seconds the reference took.

    Threads may share it; while one loads, those that need what is there already do not wait.
    """

    def __init__(self, folder: ModelFolder) -> None:
        self._folder = folder
        self._reference: Reference | None = None
        self._half: HalfPrecision | None = None
        self.loading = 0.0
        self._turn = threading.RLock()

    @property
    def has_reference(self) -> bool:
        """Whether the reference is loaded."""
        return self._reference is not None

    @property
    def is_loaded(self) -> bool:
        """Whether PyTorch is there already, with either of the two."""
        return self._reference is not None or self._half is not None

    def reference(self) -> Reference:
        """In float32; see Reference."""
        with self._turn:
            if self._reference is None:
                started = time.perf_counter()
                self._reference = Reference(self._folder)
                self.loading = time.perf_counter() - started
            return self._reference

    def half_precision(self) -> HalfPrecision:
        """With products in bfloat16; see HalfPrecision."""
        with self._turn:
            if self._half is None:
                self._half = HalfPrecision(self._folder)
            return self._half


def has_graphics_card() -> bool:
    """True where PyTorch computes on something faster than the processor."""
    import torch  # noqa: PLC0415

    return torch.cuda.is_available()


def _features(model: SentenceTransformer, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> dict[str, Tensor]:
    """What the model takes, where it computes."""
    import torch  # noqa: PLC0415

    arrays = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    names = model.tokenizer.model_input_names
    return {name: torch.from_numpy(array).to(model.device) for name, array in arrays.items() if name in names}


def _run(modules: Sequence[Module], features: dict[str, Any]) -> dict[str, Any]:
    for module in modules:
        features = module(features)
    return features


def _halve(module: Module) -> None:
    """Replaces the linear layers in ``module``, at any depth."""
    import torch  # noqa: PLC0415

    class HalfLinear(torch.nn.Module):
        """Takes and gives float32."""

        def __init__(self, whole: torch.nn.Linear) -> None:
            super().__init__()
            self.weight = whole.weight.detach().bfloat16()
            self.bias = None if whole.bias is None else whole.bias.detach().bfloat16()

        def forward(self, values: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.linear(values.bfloat16(), self.weight, self.bias).float()

    for name, child in module.named_children():
        if isinstance(child, torch.nn.Linear):
            setattr(module, name, HalfLinear(child))
        else:
            _halve(child)


def _loaded(folder: ModelFolder) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from transformers.utils import logging  # noqa: PLC0415

    # Half a second of it would land in the middle of a command's output.
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    device = "cuda" if has_graphics_card() else "cpu"
    return SentenceTransformer(str(folder.path), device=device, local_files_only=True).eval()
