"""Vectors by PyTorch: sentence-transformers in float32, which is the reference, and in bfloat16."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.encoders.model_folder import ModelFolder
from retrieval.encoders.runtime import Tokenised, padded
from storage.records import Matrix

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


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


class HalfPrecision:
    """The same modules in bfloat16, two to three times as fast where the processor computes with it."""

    def __init__(self, folder: ModelFolder) -> None:
        import torch  # noqa: PLC0415

        self._pad_id = folder.pad_id
        self._model = _loaded(folder, dtype=torch.bfloat16)
        self._inputs = self._model.tokenizer.model_input_names

    def encode(self, batch: Sequence[Tokenised]) -> Matrix:
        """See Runtime."""
        import torch  # noqa: PLC0415

        ids, mask = padded(batch, self._pad_id)
        arrays = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        features = {name: torch.from_numpy(array) for name, array in arrays.items() if name in self._inputs}
        with torch.inference_mode():
            vectors = self._model(features)["sentence_embedding"]
        return np.asarray(vectors.float().cpu().numpy(), dtype=np.float32)


def has_graphics_card() -> bool:
    """True where PyTorch computes on something faster than the processor."""
    import torch  # noqa: PLC0415

    return torch.cuda.is_available()


def _loaded(folder: ModelFolder, **options: Any) -> SentenceTransformer:  # noqa: ANN401 - the library's own
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from transformers.utils import logging  # noqa: PLC0415

    # Half a second of it would land in the middle of a command's output.
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    device = "cuda" if has_graphics_card() and not options else "cpu"
    return SentenceTransformer(str(folder.path), device=device, local_files_only=True, model_kwargs=options).eval()
