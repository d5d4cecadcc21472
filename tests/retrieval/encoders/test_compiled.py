"""A compiled model computes what sentence-transformers does, or is not used."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession

from retrieval.encoders import compiled, torch_runtime
from retrieval.encoders.base import EncoderUnavailableError
from retrieval.encoders.compiled import RECIPE, CompiledModel, CompiledModels, exporter
from retrieval.encoders.export import quantised
from retrieval.encoders.find_model import DEFAULT_MODEL, find_model
from retrieval.encoders.local import LocalEncoder
from retrieval.encoders.pace import BF16, COMPILED, F32, Pace, PaceFile
from retrieval.encoders.registry import load_encoder
from retrieval.encoders.runtime import AGREEMENT, Runtime, Tokenised, cosines
from retrieval.encoders.runtimes import Runtimes
from storage.records import Matrix
from tests.command_line import ROOT

TEXTS = ["How do I reset my password?", "word " * 254, "", "naïve 🦜 漢字", "Pears are ripe in autumn. " * 12]


class NamedRuntime:
    """Knows its name; every vector is the same."""

    def __init__(self, name: str) -> None:
        self.name = name

    def encode(self, batch: Sequence[Tokenised]) -> Matrix:
        return np.ones((len(batch), 384), dtype=np.float32)


def name_of(runtime: Runtime) -> str:
    assert isinstance(runtime, NamedRuntime)
    return runtime.name


@pytest.fixture
def compiled_models(models: Path, tmp_path: Path) -> CompiledModels:
    """A copy of the compiled default model, to be spoilt."""
    LocalEncoder(find_model(DEFAULT_MODEL), models).load("document")
    shutil.copytree(models, tmp_path / "models")
    return CompiledModels(tmp_path / "models", find_model(DEFAULT_MODEL))


@pytest.mark.model
def test_the_compiled_model_agrees_with_sentence_transformers_at_every_length_and_batch(models: Path) -> None:
    folder = find_model(DEFAULT_MODEL)
    fast = LocalEncoder(folder, models)
    fast.load("document")
    assert isinstance(fast._runtimes.quickest(), compiled.Compiled)
    expected = LocalEncoder(folder).encode(TEXTS, "query")
    assert cosines(fast.encode(TEXTS, "query"), expected).min() >= AGREEMENT
    alone = np.concatenate([fast.encode([text], "query") for text in TEXTS])
    assert np.abs(alone - expected).max() < 1e-5


@pytest.mark.model
def test_a_compiled_model_encodes_without_pytorch(models: Path) -> None:
    LocalEncoder(find_model(DEFAULT_MODEL), models).load("document")
    script = (
        "import sys; from pathlib import Path; from retrieval.encoders.registry import *; "
        "encoder = load_encoder(DEFAULT_ENCODER, Path(sys.argv[1])); encoder.encode(['a question'], 'query'); "
        "print([name for name in ('torch', 'sentence_transformers', 'transformers') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(models)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.model
def test_a_damaged_file_is_not_used_and_is_made_anew_with_the_next_documents(
    compiled_models: CompiledModels, caplog: pytest.LogCaptureFixture
) -> None:
    manifest = compiled_models.manifest()
    assert manifest is not None
    path = compiled_models.where / manifest.file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert compiled_models.open() is None
    assert "is damaged" in caplog.text
    assert compiled_models.manifest() is None


@pytest.mark.model
def test_on_another_machine_the_file_has_to_agree_once_more(
    compiled_models: CompiledModels, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(compiled, "this_machine", lambda: "another processor")
    assert compiled_models.open() is not None
    manifest = compiled_models.manifest()
    assert manifest is not None
    assert "another processor" in manifest.checked_on
    monkeypatch.setattr(compiled, "this_machine", lambda: "a third one")
    turned = tuple(tuple(-value for value in row) for row in manifest.probe)
    compiled_models.write(CompiledModel(RECIPE, exporter(), manifest.file, manifest.crc32, probe=turned))
    assert compiled_models.open() is None
    assert "its vectors differ on this machine" in caplog.text


def test_what_could_not_be_compiled_is_not_tried_again_before_a_version_changes(tmp_path: Path) -> None:
    models = CompiledModels(tmp_path, find_model(DEFAULT_MODEL))
    models.write(CompiledModel(RECIPE, exporter(), reason="an operator is missing"))
    assert models.manifest() is not None
    assert models.open() is None
    models.write(CompiledModel(RECIPE, "torch 1.0", reason="an operator is missing"))
    assert models.manifest() is None


def test_a_manifest_of_another_recipe_or_none_at_all_is_passed_over(tmp_path: Path) -> None:
    models = CompiledModels(tmp_path, find_model(DEFAULT_MODEL))
    models.write(CompiledModel(RECIPE + 1, exporter(), "model.onnx"))
    assert models.manifest() is None
    next(tmp_path.glob("*.json")).write_text("{ half", encoding="utf-8")
    assert models.manifest() is None


def test_without_onnx_runtime_a_compiled_model_is_left_alone_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    models = CompiledModels(tmp_path, find_model(DEFAULT_MODEL))
    models.write(CompiledModel(RECIPE, exporter(), "model.onnx"))
    monkeypatch.setattr(compiled, "can_run", lambda: False)
    assert models.open() is None
    (record,) = caplog.records
    assert "pip install 'knowbot[fast]'" in record.getMessage()


def test_int8_has_a_fingerprint_of_its_own_and_says_what_it_needs(tmp_path: Path) -> None:
    whole, small = load_encoder(DEFAULT_MODEL, tmp_path), load_encoder(f"{DEFAULT_MODEL}@int8", tmp_path)
    assert small.fingerprint.quantisation == "int8"
    assert small.fingerprint.digest != whole.fingerprint.digest
    assert isinstance(small, LocalEncoder)
    with pytest.raises(EncoderUnavailableError, match="int8 is not compiled on this machine"):
        small.encode(["a question"], "query")


def test_a_quantised_model_with_attention_as_one_operator_can_be_opened(tmp_path: Path) -> None:
    weight = numpy_helper.from_array(np.eye(8, dtype=np.float32), "weight")
    nodes = [
        helper.make_node("MatMul", ["tokens", "weight"], ["values"]),
        helper.make_node("Attention", ["values"] * 3, ["vectors"], q_num_heads=2, kv_num_heads=2),
    ]
    shaped = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, 8]) for name in ("tokens", "vectors")]
    graph = helper.make_graph(nodes, "attention", shaped[:1], shaped[1:], [weight])
    whole = tmp_path / "model.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 23)], ir_version=10), whole)
    tokens = np.linspace(-1.0, 1.0, 24, dtype=np.float32).reshape(1, 3, 8)
    expected, found = (InferenceSession(path).run(None, {"tokens": tokens})[0] for path in (whole, quantised(whole)))
    assert np.allclose(found, expected, atol=0.02)


@pytest.mark.parametrize(
    ("rates", "best"),
    [
        ({COMPILED: 100.0, F32: 110.0, BF16: 200.0}, BF16),
        ({COMPILED: 100.0, F32: 110.0}, COMPILED),
        ({COMPILED: 100.0, F32: 130.0, BF16: 140.0}, F32),
        ({F32: 100.0, BF16: 60.0}, F32),
    ],
    ids=["bf16", "compiled", "f32", "f32-alone"],
)
def test_a_runtime_is_preferred_to_a_simpler_one_only_where_it_is_clearly_faster(
    rates: dict[str, float], best: str
) -> None:
    assert Pace("here", rates, 8.0).best == best


def test_pytorch_is_loaded_once_the_documents_have_made_it_worth_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = find_model(DEFAULT_MODEL)
    chooser = Runtimes(folder, tmp_path)
    compiled_runtime, half = NamedRuntime("compiled"), NamedRuntime("bf16")
    CompiledModels(tmp_path, folder).write(CompiledModel(RECIPE, exporter(), "model.onnx"))
    monkeypatch.setattr(CompiledModels, "open", lambda self: compiled_runtime)
    monkeypatch.setattr(PaceFile, "read", lambda self: Pace("here", {COMPILED: 1000.0, BF16: 2000.0}, 8.0))
    monkeypatch.setattr(torch_runtime, "HalfPrecision", lambda folder: half)
    assert [name_of(chooser.best(4000)) for _ in range(5)] == ["compiled"] * 3 + ["bf16"] * 2
    assert name_of(chooser.quickest()) == "compiled"
    impatient = Runtimes(folder, tmp_path, patient=False)
    assert [name_of(impatient.best(100_000)) for _ in range(2)] == ["compiled"] * 2


def test_a_pace_holds_for_the_machine_that_it_was_measured_on(tmp_path: Path) -> None:
    folder = find_model(DEFAULT_MODEL)
    paces, one, other = PaceFile(tmp_path, folder), NamedRuntime("one"), NamedRuntime("other")
    measured = paces.measure({F32: one, BF16: other}, one, 1.0)
    assert paces.read() == measured
    kept = next(tmp_path.glob("*.pace.json"))
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "machine": "elsewhere"}), encoding="utf-8")
    assert paces.read() is None


def test_a_runtime_that_disagrees_is_not_timed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    class Strange(NamedRuntime):
        def encode(self, batch: Sequence[Tokenised]) -> Matrix:
            return np.tile([1.0, -1.0], (len(batch), 192)).astype(np.float32)

    reference = NamedRuntime("reference")
    pace = PaceFile(tmp_path, find_model(DEFAULT_MODEL)).measure({F32: reference, BF16: Strange("x")}, reference, 1.0)
    assert list(pace.rates) == [F32]
