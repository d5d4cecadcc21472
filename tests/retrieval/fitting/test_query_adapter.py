"""The map of question vectors: it learns what a corpus calls things, stays away where it does not help, is stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.engine import Engine
from retrieval.fitting import adapt
from retrieval.fitting.adapt import adapter_for
from retrieval.fitting.fit import FIT, Fit, keep_fit, kept_fit, kept_ranking
from retrieval.fitting.pseudo_questions import PseudoQuestion
from retrieval.fitting.query_adapter import FEWEST_QUESTIONS, Examples, QueryAdapter, fit_adapter
from retrieval.fuse import FusionWeights
from retrieval.search import Ranking
from retrieval.settings import RetrievalSettings
from storage.records import Matrix

DIMENSIONS = 16
PASSAGES = 60


def unit(vectors: NDArray[np.float64]) -> Matrix:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def examples(turn: float, count: int = 300, noise: float = 0.2) -> Examples:
    """Questions beside their passages, all pushed into one direction by ``turn`` as a foreign wording would."""
    draw = np.random.default_rng(3)
    passages = unit(draw.normal(size=(PASSAGES, DIMENSIONS)))
    own = np.arange(count) % PASSAGES
    bias = turn * np.roll(passages[own], 1, axis=1)
    questions = unit(passages[own] + bias + noise * draw.normal(size=(count, DIMENSIONS)))
    return Examples(questions, own, passages, np.arange(PASSAGES))


def mean_cosine(questions: Matrix, given: Examples) -> float:
    return float((questions * given.passages[given.own]).sum(axis=1).mean())


def test_questions_come_nearer_to_their_passages() -> None:
    given = examples(turn=1.5)
    adapter = fit_adapter(given)
    assert adapter is not None
    assert mean_cosine(adapter.adapted(given.questions), given) > mean_cosine(given.questions, given)


def test_adapted_questions_are_unit_vectors_alone_and_together() -> None:
    given = examples(turn=1.5)
    adapter = fit_adapter(given)
    assert adapter is not None
    together = adapter.adapted(given.questions)
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    assert np.allclose(adapter.adapted(given.questions[7]), together[7], atol=1e-6)


def test_the_same_examples_give_the_same_map() -> None:
    assert fit_adapter(examples(turn=1.5)) == fit_adapter(examples(turn=1.5))


def test_there_is_none_where_held_out_questions_gain_nothing() -> None:
    """Every question is its passage already."""
    assert fit_adapter(examples(turn=0.0, noise=0.0)) is None


def test_there_is_none_on_too_few_questions() -> None:
    assert fit_adapter(examples(turn=1.5, count=FEWEST_QUESTIONS - 1)) is None


def test_another_passage_of_the_same_document_is_neither_right_nor_wrong() -> None:
    """With all passages in one document nothing is told from anything, and the map could only stay as it is."""
    given = examples(turn=1.5)
    assert fit_adapter(Examples(given.questions, given.own, given.passages, np.zeros(PASSAGES, dtype=np.int64))) is None


def test_without_an_adapter_vectors_are_taken_as_they_are() -> None:
    vector = examples(turn=0.0).questions[0]
    assert Ranking(FusionWeights()).adapted(vector) is vector


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number}.md").write_text(f"# Part {number}\n\nPart {number} is made of oak.\n", encoding="utf-8")
    engine = Engine(tmp_path / "data", RetrievalSettings(encoder="hashing:16"), lambda: 1.0)
    engine.library.ingest(folder, "here")
    return engine


def test_a_fit_is_kept_with_its_adapter_and_goes_back_with_it(engine: Engine) -> None:
    with engine:
        stores, generation = engine.stores, engine.spaces.present("here")
        before = kept_fit(stores, generation)
        adapter = QueryAdapter("some", np.eye(16, dtype=np.float32)[::-1].copy())
        keep_fit(stores, "here", Fit(generation.id, 40, before.confidence, None, adapter), "somebody", 2.0)
        kept = kept_ranking(stores, generation).adapter
        assert kept == adapter
        assert np.array_equal(kept.matrix, adapter.matrix)
        stores.tunables.undo("here", FIT, 3.0)
        assert kept_fit(stores, generation) == before


def test_an_adapter_goes_with_its_generation(engine: Engine) -> None:
    with engine:
        generation = engine.spaces.present("here")
        engine.stores.query_adapters.put(generation.id, "some", np.eye(16, dtype=np.float32))
        engine.stores.db.execute("DELETE FROM generation WHERE id = ?", (generation.id,))
        with pytest.raises(KeyError):
            engine.stores.query_adapters.get(generation.id, "some")


def test_a_small_corpus_has_no_adapter(engine: Engine) -> None:
    with engine:
        space = engine.spaces.active("here")
        assert adapter_for(engine.stores, space, engine.stores.chunks.of_space(space.generation)) is None


def test_half_of_the_turn_lies_half_way() -> None:
    adapter = QueryAdapter.of(np.eye(4, dtype=np.float32)[::-1].copy())
    assert adapter.by(1.0) is adapter
    assert np.allclose(adapter.by(0.5).matrix, (np.eye(4) + np.eye(4)[::-1]) / 2)
    assert np.array_equal(adapter.by(0.0).matrix, np.eye(4))
    assert adapter.by(0.5).digest != adapter.digest


@pytest.mark.parametrize(("questions", "share"), [(10, 0.25), (40, 1.0)])
def test_what_few_questions_teach_of_a_large_corpus_turns_it_little(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, questions: int, share: float
) -> None:
    turned = QueryAdapter.of(np.eye(16, dtype=np.float32)[::-1].copy())
    monkeypatch.setattr(adapt, "FEWEST_QUESTIONS", 5)
    monkeypatch.setattr(adapt, "fit_adapter", lambda _: turned)
    with engine:
        space = engine.spaces.active("here")
        chunks = engine.stores.chunks.of_space(space.generation)
        asked = [PseudoQuestion(chunk.text, chunk.document_id, chunk.id) for chunk in chunks[:questions]]
        monkeypatch.setattr(adapt, "whole_questions", lambda _: asked)
        assert adapter_for(engine.stores, space, chunks) == turned.by(share)
