"""What stands before a text: the model's own prompt, or the operator's, and never a vector of other words."""

from __future__ import annotations

import json
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrieval.api.access import ApiAccess
from retrieval.costs.metering import Meter
from retrieval.counting.tokens import EstimateTokenizer
from retrieval.embed import Embedder, Purpose
from retrieval.encoders.base import EncoderUnavailableError
from retrieval.encoders.find_model import DEFAULT_MODEL, find_model
from retrieval.encoders.openai import MAX_TOKENS, ApiModel, OpenAIEncoder
from retrieval.encoders.prompts import Prompts, as_settings, trained_with
from retrieval.encoders.registry import load_encoder, model_of
from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from retrieval.space import LONGEST_PASSAGE, chunker_for
from storage.stores import open_stores
from tests.embeddings_api import EmbeddingsApi
from tests.fakes import LetterEncoder, WordTokenizer

E5 = Prompts("query: ", "passage: ")


@pytest.fixture
def e5(tmp_path: Path) -> Path:
    """A copy of the default model's small files, under a name that speaks of another family."""
    folder, own = tmp_path / "e5-tiny", find_model(DEFAULT_MODEL).path
    shutil.copytree(own, folder, ignore=shutil.ignore_patterns("*.safetensors", "*.bin", "*.onnx"))
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def test_the_operators_prompts_come_before_the_folders_own(e5: Path) -> None:
    settings = json.loads((e5 / "config_sentence_transformers.json").read_text("utf-8"))
    own = json.dumps(settings | {"prompts": {"query": "find: ", "document": "text: "}})
    (e5 / "config_sentence_transformers.json").write_text(own, encoding="utf-8")
    given = [Prompts(), Prompts(query="query: "), Prompts("", "")]
    loaded = [load_encoder(str(e5), prompts={str(e5): each}).fingerprint for each in given]
    found = [(each.query_prompt, each.document_prompt) for each in loaded]
    assert found == [("find: ", "text: "), ("query: ", "text: "), ("", "")]
    assert len({each.digest for each in loaded}) == 3


def test_a_quantised_model_has_the_prompts_of_the_whole_one() -> None:
    assert model_of(f"{DEFAULT_MODEL}@int8") == DEFAULT_MODEL
    found = load_encoder(f"{DEFAULT_MODEL}@int8", prompts={DEFAULT_MODEL: E5}).fingerprint
    assert (found.query_prompt, found.quantisation) == ("query: ", "int8")


def test_passages_leave_room_for_the_longest_prompt(e5: Path) -> None:
    plain, prompted = load_encoder(str(e5)), load_encoder(str(e5), prompts={str(e5): Prompts("q: " * 20, "p: ")})
    assert prompted.max_tokens == plain.max_tokens - 40
    with pytest.raises(EncoderUnavailableError, match=r"leave 0 tokens for a text: shorten them in \[prompts\]"):
        load_encoder(str(e5), prompts={str(e5): Prompts("so " * 400)})


def test_a_passage_of_a_model_that_reads_much_is_short_with_its_prompt_too(tmp_path: Path) -> None:
    encoder = LetterEncoder(max_tokens=8192)
    encoder.fingerprint = replace(encoder.fingerprint, document_prompt="to be found: ")
    with open_stores(tmp_path) as stores:
        chunker = chunker_for(Embedder(encoder, stores.embedding_cache, Meter.of(stores, lambda: 0.0)))
    assert chunker.spec["max_tokens"] == LONGEST_PASSAGE - 3


def test_an_api_is_sent_the_prompt_with_every_piece_and_counts_it(tmp_path: Path) -> None:
    with EmbeddingsApi(48) as api, open_stores(tmp_path) as stores:
        encoder = OpenAIEncoder(ApiModel.named("words@48"), ApiAccess(api.url), prompts=E5)
        counted = EstimateTokenizer().count
        assert encoder.max_tokens == MAX_TOKENS - counted("passage: ")
        encoder.max_tokens = 40  # as if the model read no more
        embedder = Embedder(encoder, stores.embedding_cache, Meter.of(stores, lambda: 0.0))
        embedder.embed(["one"], Purpose("ask", "default", "query"))
        embedder.embed(["a text that is longer than the model reads"], Purpose("ingest", "default", "document"))
        first, *parts = api.texts
    assert first == "query: one"
    assert len(parts) > 1
    assert all(part.startswith("passage: ") for part in parts)
    assert embedder.tokens(["one"], "query") == counted("query: one") > counted("one")


def test_a_question_does_not_get_the_vector_of_a_passage_of_the_same_words(tmp_path: Path) -> None:
    encoder = LetterEncoder()
    encoder.fingerprint = replace(encoder.fingerprint, query_prompt="query: ", document_prompt="passage: ")
    with open_stores(tmp_path) as stores:
        embedder = Embedder(encoder, stores.embedding_cache, Meter.of(stores, lambda: 0.0))
        embedder.embed(["pears"], Purpose("ingest", "default", "document", keep="reference"))
        assert embedder.missing(["pears"], "query")
        assert not embedder.missing(["pears"], "document")
        asked = embedder.embed(["pears"], Purpose("ask", "default", "query", keep="query"))
        assert np.array_equal(asked, embedder.embed(["pears"], Purpose("ask", "default", "query")))
    assert encoder.kinds == ["document", "query"]
    assert WordTokenizer().count("query: pears") == 2


@pytest.mark.parametrize(
    ("name", "query", "document"),
    [
        ("intfloat/multilingual-e5-small", "query: ", "passage: "),
        ("/srv/models/E5_base_v2", "query: ", "passage: "),
        ("intfloat/multilingual-e5-large-instruct", "Instruct: ", ""),
        ("BAAI/bge-small-en-v1.5", "Represent ", ""),
        ("BAAI/bge-large-zh", "为", ""),
    ],
)
def test_families_that_were_trained_with_prompts_are_known(name: str, query: str, document: str) -> None:
    found = trained_with([name])
    assert found
    assert (found.query or "").startswith(query)
    assert found.document == document
    lines = as_settings(name, found).replace(" with query", "\nquery").replace(" and document", "\ndocument")
    assert tomllib.loads(lines) == {"prompts": {name: {"query": found.query, "document": document}}}


@pytest.mark.parametrize("name", [DEFAULT_MODEL, "BAAI/bge-m3", "nomic-embed-text", "models/base500"])
def test_other_models_are_not_taken_for_them(name: str) -> None:
    assert trained_with([name]) is None


def test_doctor_says_what_a_model_lacks_until_a_setting_decides(e5: Path, tmp_path: Path) -> None:
    named = json.dumps(json.loads((e5 / "config.json").read_text("utf-8")) | {"_name_or_path": "intfloat/e5-small-v2"})
    (e5 / "config.json").write_text(named, encoding="utf-8")
    folder = e5.rename(tmp_path / "our-model")
    with Engine(tmp_path / "data", RetrievalSettings(encoder=str(folder))) as engine:
        engine.spaces.active_or_new("default")
        said = engine.spaces.unprompted("default")
    assert f'write [prompts."{folder}"] with query = "query: " and document = "passage: " into knowbot.toml' in said
    assert f"`knowbot reindex --encoder {folder} --space default`" in said
    decided = RetrievalSettings(encoder=str(folder), prompts={str(folder): Prompts("", "")})
    with Engine(tmp_path / "data", decided) as engine:
        assert engine.spaces.unprompted("default") == ""
