"""Compiling a model: sentence-transformers' modules exported to ONNX, checked against themselves, and published.

``torch.onnx.export(dynamo=True)`` with a dynamic batch and length. The example inputs are three different tensors with
real padding: given one tensor three times, the exporter takes them for one input, and the vectors are silently wrong.
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from retrieval.encoders.compiled import (
    RECIPE,
    Compiled,
    CompiledModel,
    CompiledModels,
    UnusableModelError,
    can_export,
    exporter,
    this_machine,
)
from retrieval.encoders.runtime import probe_texts
from retrieval.encoders.torch_runtime import Reference
from storage.errors import KnowbotError
from storage.index.whole_files import crc32_of, replacing

logger = logging.getLogger(__name__)

_PATIENCE = 300.0
_EXAMPLES = ["a short one", "one with rather more words in it than the others have", "hm, three"]
_SIZES = {"batch": 4096, "length": 512}
_OPERATORS = 23
"""The first version of ONNX with attention as one operator."""

_QUANTISED = ["MatMul", "Gather"]
"""What becomes int8: products and the table of tokens. Attention would be taken for an older operator of that name."""


def compile_model(models: CompiledModels, reference: Reference) -> None:
    """Exports, checks and publishes; takes some ten seconds. Whatever goes wrong is logged, and written down so that
    it is not tried again before a version changes. Of several processes one works and the others wait for it."""
    if not can_export():
        return
    try:
        models.where.mkdir(parents=True, exist_ok=True)
        with FileLock(models.where / "compiling.lock", timeout=_PATIENCE):
            if models.manifest() is None:
                models.write(_compiled(models, reference))
    except (OSError, MemoryError, Timeout, KnowbotError) as error:
        logger.warning("%s could not be compiled (%s) and stays as slow as it is", models.folder.name, error)


def _compiled(models: CompiledModels, reference: Reference) -> CompiledModel:
    failed = CompiledModel(RECIPE, exporter())
    try:
        with tempfile.TemporaryDirectory(dir=models.where) as folder:
            path = Path(folder) / "model.onnx"
            with _quiet():
                _export(reference, path, models.folder.context)
                made = quantised(path) if models.folder.quantisation == "int8" else path
            return _checked(models, made, reference)
    except (OSError, MemoryError):
        raise  # there may be room tomorrow
    except Exception as error:  # noqa: BLE001 - an exporter may say anything; without it all works as before
        reason = str(error) if isinstance(error, UnusableModelError) else f"{type(error).__name__}: {error}"
        logger.warning("%s is not compiled (%s) and encodes through PyTorch", models.folder.name, reason[:300])
        return replace(failed, reason=reason[:300])


def _checked(models: CompiledModels, made: Path, reference: Reference) -> CompiledModel:
    """The published file and what it is worth; raises UnusableModelError where it disagrees."""
    vectors = reference.encode(models.folder.tokenised(probe_texts(), "document"))
    agreement = models.agreement(Compiled(made, models.folder), vectors)
    least, mean = float(agreement.min()), float(agreement.mean())
    if least < models.least_agreement:
        raise UnusableModelError(f"its vectors differ from sentence-transformers', cosine {least:.5f}")
    crc32 = crc32_of(made)
    name = f"{models.folder.fingerprint.digest}-{crc32:08x}.onnx"
    with replacing(models.where / name) as aside:
        made.replace(aside)
    if models.folder.quantisation == "f32":
        logger.info("%s is compiled: cosine to sentence-transformers %.6f at least", models.folder.name, least)
    else:  # whoever chose it shall know what it costs
        logger.warning(
            "%s in %s is quicker and a little less exact: cosine to the original %.3f on average, %.3f at least",
            models.folder.name,
            models.folder.quantisation,
            mean,
            least,
        )
    probe = tuple(tuple(row) for row in vectors.tolist())
    return CompiledModel(RECIPE, exporter(), name, crc32, least, mean, "", (this_machine(),), probe)


def _export(reference: Reference, path: Path, context: int) -> None:
    import torch  # noqa: PLC0415

    from retrieval.encoders.packing import pack_products  # noqa: PLC0415 - needs onnx, an extra

    class SentenceVectors(torch.nn.Module):
        """All modules of the model, from named inputs to the sentence's vector."""

        def __init__(self) -> None:
            super().__init__()
            self.model = reference.model

        def forward(self, *inputs: Any) -> Any:  # noqa: ANN401 - tensors, of a library imported here
            return self.model(dict(zip(names, inputs, strict=True)))["sentence_embedding"]

    tokenizer = reference.model.tokenizer
    examples = tokenizer(_EXAMPLES, padding=True, return_tensors="pt")
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in tokenizer.model_input_names]
    batch = torch.export.Dim("batch", min=1, max=_SIZES["batch"])
    length = torch.export.Dim("length", min=2, max=min(context, _SIZES["length"]))
    with torch.inference_mode():
        program = torch.onnx.export(
            SentenceVectors().eval(),
            tuple(examples[name] for name in names),
            dynamo=True,
            dynamic_shapes={"inputs": tuple({0: batch, 1: length} for _ in names)},
            input_names=names,
            output_names=["vectors"],
            opset_version=_OPERATORS,
            verbose=False,
        )
    assert program is not None
    program.save(str(path), external_data=False)
    pack_products(path)


def quantised(path: Path) -> Path:
    """The int8 form of the model at ``path``, in a file beside it."""
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    small = path.with_name("int8.onnx")
    quantize_dynamic(path, small, op_types_to_quantize=_QUANTISED, per_channel=True, weight_type=QuantType.QInt8)
    return small


@contextmanager
def _quiet() -> Iterator[None]:
    """The exporter warns of libraries that nobody needs; whether its work is right is checked afterwards."""
    loud = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript", "onnx_ir", "root")]
    levels = [each.level for each in loud]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for each in loud:
                each.setLevel(logging.ERROR)
            yield
        finally:
            for each, level in zip(loud, levels, strict=True):
                each.setLevel(level)
