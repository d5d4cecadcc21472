"""The compiled encoder: a model exported once, computed by ONNX Runtime without PyTorch.

``models/<digest>.json`` in the data folder names ``<digest>-<crc32>.onnx`` and says how it was made and how well it
agrees with sentence-transformers; ``<digest>`` is the fingerprint's. The manifest is replaced last, so that it always
names a whole file. It also keeps sentence-transformers' vectors of the probe texts: on another processor, or with
another version of ONNX Runtime, the file has to agree with them once more before it is believed.
"""

from __future__ import annotations

import importlib.util
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.encoders.model_folder import ModelFolder
from retrieval.encoders.runtime import AGREEMENT, Tokenised, cosines, padded, probe_texts, processor, threads
from storage.index.whole_files import crc32_of, replacing
from storage.records import Matrix

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

logger = logging.getLogger(__name__)

RECIPE = 3
"""Moves with the way in which models are exported, so that an older file is made anew."""

_SPINNING_US = "20"

LOSSY_AGREEMENT = 0.95
"""The same bound for a quantised model: it has vectors of its own, but it has to be the same model."""


class UnusableModelError(Exception):
    """A compiled file that cannot be believed, with the reason; it never leaves the encoders."""


@dataclass(frozen=True)
class CompiledModel:
    """What the manifest says. ``checked_on`` names processors and versions of ONNX Runtime that it agreed on.

    Without a ``file`` the model could not be compiled, for the ``reason`` given; another version of the exporter may.
    ``cosine_least`` and ``cosine_mean`` are to sentence-transformers' vectors, over the probe texts.
    """

    recipe: int
    exporter: str
    file: str = ""
    crc32: int = 0
    cosine_least: float = 0.0
    cosine_mean: float = 0.0
    reason: str = ""
    checked_on: tuple[str, ...] = ()
    probe: tuple[tuple[float, ...], ...] = ()


class Compiled:
    """A session over a compiled file. Threads may share it."""

    def __init__(self, path: Path, folder: ModelFolder) -> None:
        """Raises whatever ONNX Runtime raises where the file is none."""
        self._session = _session(path)
        self._inputs = {each.name for each in self._session.get_inputs()}
        self._pad_id = folder.pad_id

    def encode(self, batch: Sequence[Tokenised]) -> Matrix:
        """See Runtime."""
        ids, mask = padded(batch, self._pad_id)
        arrays = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (vectors,) = self._session.run(None, {name: arrays[name] for name in self._inputs})
        return np.asarray(vectors, dtype=np.float32)


class CompiledModels:
    """The compiled form of one model in a folder that all processes share. ``folder.quantisation`` is part of it."""

    def __init__(self, where: Path, folder: ModelFolder) -> None:
        self.where, self.folder = where, folder
        self._manifest = where / f"{folder.fingerprint.digest}.json"

    def manifest(self) -> CompiledModel | None:
        """What was compiled, or why it could not be; None where that is for this version to find out."""
        try:
            fields: dict[str, Any] = json.loads(self._manifest.read_text("utf-8"))
            found = CompiledModel(**{key: _frozen(value) for key, value in fields.items()})
        except (OSError, ValueError, TypeError):
            return None
        if found.recipe != RECIPE or (found.reason and found.exporter != exporter()):
            return None
        return found

    def open(self) -> Compiled | None:
        """The compiled model where it is there, whole, and agrees with sentence-transformers on this machine."""
        manifest = self.manifest()
        if manifest is None or not manifest.file:
            return None
        try:
            return self._opened(manifest)
        except UnusableModelError as reason:
            logger.warning(
                "the compiled form of %s is not used because %s; it is made anew with the next documents",
                self.folder.name,
                reason,
            )
            return None

    def write(self, manifest: CompiledModel) -> None:
        """Makes ``manifest`` the one that counts."""
        with replacing(self._manifest) as aside:
            aside.write_text(json.dumps(asdict(manifest)), "utf-8")

    def forget(self) -> None:
        """Has the model compiled anew."""
        self._manifest.unlink(missing_ok=True)

    def agreement(self, runtime: Compiled, reference: Matrix) -> Matrix:
        """The cosines of the probe texts' vectors to sentence-transformers' own."""
        return cosines(runtime.encode(self.folder.tokenised(probe_texts(), "document")), reference)

    @property
    def least_agreement(self) -> float:
        """The cosine that every probe text has to reach."""
        return AGREEMENT if self.folder.quantisation == "f32" else LOSSY_AGREEMENT

    def _opened(self, manifest: CompiledModel) -> Compiled:
        path = self.where / manifest.file
        if not can_run():
            raise UnusableModelError("ONNX Runtime is not installed (pip install 'knowbot[fast]')")
        try:
            whole = crc32_of(path) == manifest.crc32
        except OSError as error:
            raise UnusableModelError(f"{path} cannot be read ({error.strerror})") from error
        if not whole:
            self.forget()
            raise UnusableModelError(f"{path} is damaged")
        try:
            opened = Compiled(path, self.folder)
            self._check_here(opened, manifest)
        except UnusableModelError:
            raise
        except Exception as error:
            raise UnusableModelError(f"ONNX Runtime refuses {path} ({type(error).__name__}: {error})") from error
        return opened

    def _check_here(self, opened: Compiled, manifest: CompiledModel) -> None:
        here = this_machine()
        if here in manifest.checked_on:
            return
        least = float(self.agreement(opened, np.array(manifest.probe, dtype=np.float32)).min())
        if least < self.least_agreement:
            raise UnusableModelError(f"its vectors differ on this machine (cosine {least:.5f})")
        self.write(replace(manifest, checked_on=(*manifest.checked_on, here)))


def this_machine() -> str:
    """What a compiled model's vectors may depend on."""
    return f"{processor()}, onnxruntime {version('onnxruntime') if can_run() else 'missing'}"


def exporter() -> str:
    """The versions that decide what an export comes to; empty where the extra is not installed."""
    return ", ".join(f"{name} {version(name)}" for name in ("torch", "onnx", "onnxscript")) if can_export() else ""


def can_run() -> bool:
    """True where ONNX Runtime is installed."""
    return importlib.util.find_spec("onnxruntime") is not None


def can_export() -> bool:
    """True where the extra ``fast`` is installed."""
    return can_run() and all(importlib.util.find_spec(name) for name in ("onnx", "onnxscript"))


def _session(path: Path) -> InferenceSession:
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads(), 1
    # Between two products a thread keeps its processor for a moment, which gains a fifth. If it kept it until the next
    # product comes, as it would by default, a question beside a busy neighbour would take twice as long.
    options.add_session_config_entry("session.intra_op.spin_duration_us", _SPINNING_US)
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _frozen(value: Any) -> Any:  # noqa: ANN401 - what JSON can say
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
