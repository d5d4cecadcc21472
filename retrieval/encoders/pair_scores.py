"""Models that read a question together with a passage, or token by token beside it: what a re-ranker scores with."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from retrieval.costs.metering import RERANK, Account, Call, Meter, loading
from retrieval.costs.pricing import PricedModel, TokenUse
from retrieval.encoders.base import EncoderUnavailableError
from retrieval.encoders.find_model import find_folder
from storage.errors import KnowbotError

if TYPE_CHECKING:
    from torch.nn import Module

Score = Callable[[str, Sequence[str], str], Sequence[float]]
"""How well each passage answers a question that is asked in a space ("" for a trial): any scale, larger is better.
Raises whatever its model does.
"""

Kind = Literal["CrossEncoder", "MultiVectorEncoder"]

_BATCH = 8
_CLASSIFIER = "ForSequenceClassification"
_REMEDY = "choose a cross-encoder with one score a pair, or a multi-vector encoder (ColBERT)"


class RerankerUnavailableError(KnowbotError):
    """There is no re-ranker of that name, or it is none."""


class PairScore:
    """A sentence-transformers CrossEncoder or MultiVectorEncoder by its folder or its name on the hub.

    Loaded when first used. Threads take turns. A passage beyond the model's length is read as far as that goes. Every
    call is counted when it is done, whether somebody still waits for it or not.
    """

    def __init__(self, name: str, meter: Meter) -> None:
        self._name, self._meter = name, meter
        self._shown = Path(name).resolve().name if Path(name).is_dir() else name
        self._model: _Model | None = None
        self._turn = threading.Lock()

    def __call__(self, question: str, passages: Sequence[str], space: str) -> Sequence[float]:
        """See Score. Raises RerankerUnavailableError."""
        with self._turn:
            if self._model is None:
                with loading(self._meter, self._shown):
                    self._model = _loaded(self._name)
            before, started = self._model.tokens.read, time.perf_counter()
            scores = self._model.score(question, passages)
            call = Call(TokenUse(self._model.tokens.read - before), len(passages), 0, time.perf_counter() - started)
        Account(self._meter, PricedModel(self._shown), RERANK, space).note(call)
        return scores


class _Tokens:
    """How many tokens a model has read: after it cut what is too long, without what fills up a batch."""

    def __init__(self, model: Module) -> None:
        self.read = 0
        next(model.children()).register_forward_pre_hook(self._add)

    def _add(self, _: Module, inputs: tuple[dict[str, Any], ...]) -> None:
        self.read += int(inputs[0]["attention_mask"].sum())


@dataclass(frozen=True)
class _Model:
    score: Callable[[str, Sequence[str]], Sequence[float]]
    tokens: _Tokens


def kind_of_model(folder: Path) -> Kind:
    """What a folder holds by its own files; raises RerankerUnavailableError for anything else.

    sentence-transformers would load any model as either, and make up the missing layer by chance.
    """
    stated = _read(folder / "config_sentence_transformers.json").get("model_type")
    if stated in ("CrossEncoder", "MultiVectorEncoder"):
        return "CrossEncoder" if stated == "CrossEncoder" else "MultiVectorEncoder"
    architectures = _read(folder / "config.json").get("architectures") or []
    if stated is None and any(str(each).endswith(_CLASSIFIER) for each in architectures):
        return "CrossEncoder"
    raise RerankerUnavailableError(f"{folder.name} is no re-ranker: {_REMEDY}")


def max_sim(question: np.ndarray[Any, Any], passages: Sequence[np.ndarray[Any, Any]]) -> list[float]:
    """Late interaction (Khattab and Zaharia 2020, "ColBERT"): each token of the question finds its nearest.

    All of shape (tokens, dimensions). The best products are added up; a passage without a token scores 0.
    """
    return [float((question @ each.T).max(axis=1).sum()) if len(each) else 0.0 for each in passages]


def _loaded(name: str) -> _Model:
    try:
        folder = find_folder(name)
    except EncoderUnavailableError as error:
        raise RerankerUnavailableError(
            f"there is no model {name} here, nor on a hub that answers: {_REMEDY}"
        ) from error
    return _cross_encoder(folder) if kind_of_model(folder) == "CrossEncoder" else _multi_vector_encoder(folder)


def _cross_encoder(folder: Path) -> _Model:
    # PyTorch takes seconds to import, and only who has a re-ranker needs it here.
    from sentence_transformers import CrossEncoder  # noqa: PLC0415

    model = CrossEncoder(str(folder), device="cpu", local_files_only=True)
    if model.num_labels != 1:
        raise RerankerUnavailableError(f"{folder.name} gives {model.num_labels} scores a pair: {_REMEDY}")

    def score(question: str, passages: Sequence[str]) -> list[float]:
        pairs = [(question, passage) for passage in passages]
        scores = model.predict(pairs, batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True)
        return [float(each) for each in np.asarray(scores)]

    return _Model(score, _Tokens(model))


def _multi_vector_encoder(folder: Path) -> _Model:
    from sentence_transformers import MultiVectorEncoder  # noqa: PLC0415 - see above

    model = MultiVectorEncoder(str(folder), device="cpu", local_files_only=True)

    def score(question: str, passages: Sequence[str]) -> list[float]:
        asked = model.encode_query([question], show_progress_bar=False, convert_to_numpy=True)
        read = model.encode_document(list(passages), batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True)
        return max_sim(np.asarray(asked[0]), [np.asarray(each) for each in read])

    return _Model(score, _Tokens(model))


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
