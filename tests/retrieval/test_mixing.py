"""Vectors and passages of different origin never meet: each attempt is refused by a sentence that names both sides."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from retrieval import chunk
from retrieval.encoders.base import EncoderUnavailableError, Fingerprint
from retrieval.encoders.hashing import HashingEncoder
from retrieval.encoders.registry import load_encoder
from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from retrieval.space import ChunkingMismatchError, FingerprintMismatchError
from retrieval.types import Question
from storage.vectors import WrongDimensionsError

SPACE = "default"
QUESTION = Question("when do the boats leave")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "boats.md").write_text("# Boats\n\nThe boats leave at noon.\n", encoding="utf-8")
    (folder / "fares.md").write_text("# Fares\n\nA fare is four euros.\n", encoding="utf-8")
    return folder


@pytest.fixture
def data_dir(tmp_path: Path, folder: Path) -> Path:
    with opened(tmp_path / "data") as engine:
        engine.library.ingest(folder, SPACE)
    return tmp_path / "data"


def opened(data_dir: Path) -> Engine:
    return Engine(data_dir, RetrievalSettings(encoder="hashing"), clock=lambda: 1_000.0)


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, object], None]:
    """Has the encoder of the same name be another one from now on."""

    def change(field: str, value: object) -> None:
        def other(encoder: HashingEncoder, dimensions: int = 384) -> None:
            original(encoder, dimensions)
            encoder.fingerprint = Fingerprint(**{**asdict(encoder.fingerprint), field: value})

        original = HashingEncoder.__init__
        monkeypatch.setattr(HashingEncoder, "__init__", other)

    return change


@pytest.mark.parametrize(
    ("field", "value", "both"),
    [
        ("model", "another model", "model 'words and 3-5-grams' there, 'another model' here"),
        ("revision", "2", "revision '1' there, '2' here"),
        ("pooling", "mean", "pooling 'sum' there, 'mean' here"),
        ("query_prompt", "query: ", "query_prompt '' there, 'query: ' here"),
        ("document_prompt", "passage: ", "document_prompt '' there, 'passage: ' here"),
        ("normalised", False, "normalised True there, False here"),
        ("quantisation", "i8", "quantisation 'f32' there, 'i8' here"),
    ],
)
def test_another_encoder_under_the_same_name_is_refused_for_reading_and_writing(
    data_dir: Path, folder: Path, changed: Callable[[str, object], None], field: str, value: object, both: str
) -> None:
    changed(field, value)
    with opened(data_dir) as engine:
        for attempt in (lambda: engine.answers.answer(QUESTION), lambda: engine.library.ingest(folder, SPACE)):
            with pytest.raises(FingerprintMismatchError) as refused:
                attempt()
            assert both in str(refused.value)
            assert "`knowbot reindex --encoder hashing --space default`" in str(refused.value)
        engine.library.reindex(SPACE, "hashing", None)
        assert engine.answers.answer(QUESTION).sources
        assert engine.upkeep.problems() == []


def test_every_field_of_a_fingerprint_tells_vectors_apart() -> None:
    one = Fingerprint("encoder", "model", "1", "mean", 8)
    others = [
        replace(one, encoder="x"),
        replace(one, model="x"),
        replace(one, revision="x"),
        replace(one, pooling="x"),
        replace(one, dimensions=9),
        replace(one, normalised=False),
        replace(one, query_prompt="x"),
        replace(one, document_prompt="x"),
        replace(one, quantisation="x"),
    ]
    assert len({each.digest for each in [one, *others]}) == len(others) + 1 == len(Fingerprint.__dataclass_fields__) + 1


def test_other_dimensions_are_refused_where_they_are_stored(data_dir: Path) -> None:
    with opened(data_dir) as engine:
        row = (1, "title", "hash", np.ones(8, dtype=np.float32))
        with pytest.raises(WrongDimensionsError, match="384 dimensions and was given one of 8: run knowbot reindex"):
            engine.stores.vectors.put(1, [row])  # type: ignore[list-item]


def test_passages_of_another_chunker_are_read_and_not_added_to_until_they_are_cut_anew(
    data_dir: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunk, "CHUNKER_VERSION", chunk.CHUNKER_VERSION + 1)
    (folder / "new.md").write_text("# New\n\nSomething new.\n", encoding="utf-8")
    with opened(data_dir) as engine:
        assert engine.answers.answer(QUESTION).sources
        with pytest.raises(ChunkingMismatchError, match=r"chunker 1 there, 2 here.*`knowbot reindex --space default`"):
            engine.library.ingest(folder, SPACE)
        assert engine.stores.documents.get(SPACE, "new.md") is None
        engine.library.reindex(SPACE, "hashing", None)
        engine.library.ingest(folder, SPACE)
        assert engine.stores.documents.get(SPACE, "new.md") is not None
        assert engine.upkeep.problems() == []


def test_a_refresh_after_an_upgrade_cuts_anew_by_itself(
    data_dir: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunk, "CHUNKER_VERSION", chunk.CHUNKER_VERSION + 1)
    (folder / "new.md").write_text("# New\n\nSomething new.\n", encoding="utf-8")
    with opened(data_dir) as engine:
        report = engine.refresher.refresh(SPACE)
        assert (report.rebuilt, report.problems) == ((SPACE,), ())
        assert engine.stores.documents.get(SPACE, "new.md") is not None


def test_an_index_file_from_elsewhere_is_not_believed_and_named(data_dir: Path, tmp_path: Path, folder: Path) -> None:
    with opened(tmp_path / "other") as other:
        other.library.ingest(folder / "fares.md", SPACE)
        other.library.reindex(SPACE, "hashing:64", None)
        other.spaces.active(SPACE).index.save(afresh=True)
    with opened(data_dir) as engine:
        before = engine.answers.answer(QUESTION).candidates
    shutil.rmtree(data_dir / "index")
    (data_dir / "index").mkdir()
    for file in (tmp_path / "other" / "index").glob("2[.-]*"):
        shutil.copy(file, data_dir / "index" / f"1{file.name[1:]}")
    manifest = data_dir / "index" / "1.json"
    assert json.loads(manifest.read_text("utf-8"))["manifest"]["identity"]["dimensions"] == 64
    with opened(data_dir) as engine:
        assert engine.answers.answer(QUESTION).candidates == before
        (problem,) = engine.upkeep.verify(SPACE)
        assert "dimensions=64" in problem
        assert "dimensions=384" in problem
        assert "`knowbot doctor --fix`" in problem
        engine.upkeep.mend()
        assert engine.upkeep.verify(SPACE) == []


def test_a_reranker_given_as_an_encoder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(
        json.dumps({"architectures": ["BertForSequenceClassification"], "model_type": "bert"}), encoding="utf-8"
    )
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(EncoderUnavailableError, match="sentence-transformers"):
        load_encoder(str(tmp_path))
