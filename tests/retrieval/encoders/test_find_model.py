"""A model is found on this machine, or refused within seconds; its small files tell all but the vectors."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError

from retrieval.encoders import find_model as finding
from retrieval.encoders.base import EncoderUnavailableError
from retrieval.encoders.find_model import DEFAULT_MODEL, PACKAGED_SHA256, find_model
from retrieval.encoders.model_folder import ModelFolder

PACKAGED = find_model(DEFAULT_MODEL)


def write(folder: Path, name: str, content: object) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small model as today's sentence-transformers saves it: two prompts, a dense layer, the last token pooled."""
    modules = ["base.modules.transformer.Transformer", "sentence_transformer.modules.pooling.Pooling"]
    modules += ["base.modules.dense.Dense"]
    paths = ["", "1_Pooling", "2_Dense"]
    described = [{"path": p, "type": f"sentence_transformers.{m}"} for p, m in zip(paths, modules, strict=True)]
    write(tmp_path, "modules.json", described)
    write(tmp_path, "1_Pooling/config.json", {"embedding_dimension": 8, "pooling_mode": "lasttoken"})
    write(tmp_path, "2_Dense/config.json", {"in_features": 8, "out_features": 4})
    write(tmp_path, "sentence_bert_config.json", {"max_seq_length": 64})
    prompts = {"model_type": "SentenceTransformer", "prompts": {"query": "find: ", "passage": ""}}
    write(tmp_path, "config_sentence_transformers.json", prompts)
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    shutil.copy(PACKAGED.path / "tokenizer.json", tmp_path)
    return tmp_path


def test_the_default_model_is_found_as_a_package_and_described_without_torch() -> None:
    code = (
        "import sys; from retrieval.encoders import *; e = load_encoder(DEFAULT_ENCODER); "
        "print(e.fingerprint.digest, e.max_tokens, e.tokenizer.count('two words')); sys.exit('torch' in sys.modules)"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split()[1:] == ["256", "2"]


def test_the_default_models_fingerprint_tells_what_its_vectors_mean() -> None:
    fingerprint = PACKAGED.fingerprint
    assert (fingerprint.model, fingerprint.revision) == (DEFAULT_MODEL, PACKAGED_SHA256)
    assert (fingerprint.pooling, fingerprint.dimensions) == ("mean", 384)
    assert (fingerprint.query_prompt, fingerprint.document_prompt) == ("", "")


def test_a_local_folder_is_described_by_its_files(folder: Path) -> None:
    found = find_model(str(folder))
    assert (found.fingerprint.pooling, found.fingerprint.dimensions) == ("lasttoken", 4)
    assert (found.prompt("query"), found.prompt("document")) == ("find: ", "")
    assert found.tokenizer.special_tokens == 2


def test_prompts_take_their_room_from_the_context(folder: Path) -> None:
    assert find_model(str(folder)).max_tokens == 64 - 2


def test_other_weights_have_another_fingerprint(folder: Path) -> None:
    before = find_model(str(folder)).fingerprint
    (folder / "model.safetensors").write_bytes(b"other weights")
    after = find_model(str(folder)).fingerprint
    assert before.digest != after.digest


@pytest.mark.parametrize(
    ("settings", "pooling", "dimensions"),
    [
        ({"word_embedding_dimension": 8, "pooling_mode_cls_token": True}, "cls", 8),
        (
            {"word_embedding_dimension": 8, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": True},
            "cls+mean",
            16,
        ),
        ({"embedding_dimension": 8, "pooling_mode": ["max", "mean"]}, "max+mean", 16),
        ({"embedding_dimension": 8}, "mean", 8),
    ],
)
def test_pooling_is_read_old_and_new(folder: Path, settings: dict[str, Any], pooling: str, dimensions: int) -> None:
    write(folder, "modules.json", json.loads((folder / "modules.json").read_text())[:2])
    write(folder, "1_Pooling/config.json", settings)
    fingerprint = ModelFolder("m", folder).fingerprint
    assert (fingerprint.pooling, fingerprint.dimensions) == (pooling, dimensions)


def test_the_context_of_a_model_that_names_none_is_that_of_its_tokenizer_or_positions(folder: Path) -> None:
    write(folder, "sentence_bert_config.json", {})
    write(folder, "config_sentence_transformers.json", {})
    write(folder, "tokenizer_config.json", {"model_max_length": 10**30})
    write(folder, "config.json", {"max_position_embeddings": 128})
    assert ModelFolder("m", folder).max_tokens == 128


def test_a_reranker_is_refused(folder: Path) -> None:
    write(folder, "config_sentence_transformers.json", {"model_type": "CrossEncoder"})
    with pytest.raises(EncoderUnavailableError, match="re-ranker"):
        find_model(str(folder))


def test_a_bare_language_model_is_refused(folder: Path) -> None:
    (folder / "modules.json").unlink()
    with pytest.raises(EncoderUnavailableError, match="not a text encoder"):
        find_model(str(folder))


def test_a_damaged_description_is_refused_by_name(folder: Path) -> None:
    (folder / "modules.json").write_text("{")
    with pytest.raises(EncoderUnavailableError, match=r"modules\.json"):
        find_model(str(folder))


def test_the_hubs_cache_comes_before_the_package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda *_, **options: str(folder))
    assert find_model(DEFAULT_MODEL).path == folder


def test_an_interrupted_download_is_passed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "model.safetensors").unlink()
    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda *_, **options: str(folder))
    assert find_model(DEFAULT_MODEL).path == PACKAGED.path


def test_a_package_with_other_weights_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "PACKAGED_SHA256", "0" * 64)
    with pytest.raises(EncoderUnavailableError, match="not the official model"):
        find_model(DEFAULT_MODEL)


def test_what_is_not_cached_is_downloaded_if_the_hub_answers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def download(name: str, local_files_only: bool = False, **options: object) -> str:
        if local_files_only:
            raise LocalEntryNotFoundError(name)
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", lambda *_, **options: None)
    assert find_model("some/model").path == folder


def test_a_hub_that_never_answers_is_given_up_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        api = huggingface_hub.HfApi(endpoint=address)
        monkeypatch.setattr(finding, "_PROBE_SECONDS", 0.1)
        monkeypatch.setattr(huggingface_hub, "HfApi", lambda: api)
        before = time.monotonic()
        with pytest.raises(EncoderUnavailableError, match=r"some/model.*knowbot\[offline\]"):
            find_model("some/model")
        assert time.monotonic() - before < 5


@pytest.mark.parametrize("name", ["no such folder/model", "../up", ""])
def test_a_name_that_cannot_be_one_is_refused(name: str) -> None:
    with pytest.raises(EncoderUnavailableError, match="no encoder called"):
        finding._cached(name)
