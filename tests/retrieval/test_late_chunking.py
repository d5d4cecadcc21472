"""Late chunking from documents to answers: what is encoded anew when, what is kept, and what a dry run promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from retrieval.embed import Purpose
from retrieval.engine import Engine
from retrieval.planning.plan import plan_reindex
from retrieval.settings import RetrievalSettings
from retrieval.types import Question
from storage.records import DEFAULT_SPACE as HERE
from storage.records import Matrix
from tests.tiny_models import write_bare_model, write_encoder

WORDS = (
    "apple",
    "orchard",
    "harvest",
    "river",
    "bridge",
    "boat",
    "it",
    "is",
    "very",
    "old",
    "ripe",
    "wide",
    "pear",
    "and",
)
PAGES = {
    "fruit.md": "# Fruit\n\n## Apple\n\nThe apple orchard is old.\n\n## Harvest\n\nIt is ripe and old.\n",
    "water.md": "# Fruit\n\n## Apple\n\nThe river bridge is old.\n\n## Harvest\n\nIt is ripe and old.\n",
    "one.md": "The boat is wide.\n",
    "long.md": "".join(f"## Harvest {n}\n\n{'It is very old and ripe. ' * (20 + n)}\n\n" for n in range(20)),
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("late")
    return write_encoder(write_bare_model(folder / "bare", words=WORDS, tokens=1030), folder / "tiny")


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def engine(tmp_path: Path, model: Path) -> Iterator[Engine]:
    # Not patient: nothing is compiled, which would take ten seconds.
    with Engine(tmp_path / "data", RetrievalSettings(f"{model}@late", patient=False), lambda: 1000.0) as opened:
        yield opened


def vectors(engine: Engine, location: str) -> Matrix:
    """Those of a document's passages, in order."""
    space, document = engine.spaces.active(HERE), engine.stores.documents.get(HERE, location)
    assert document is not None
    chunks = engine.stores.chunks.of_document(document.id, space.generation.chunking_id)
    owned, rows = engine.stores.vectors.of_chunks(space.generation.id, [chunk.id for chunk in chunks])
    by_chunk = {chunk: row for (chunk, kind), row in zip(owned, rows, strict=True) if kind == "passage"}
    return np.stack([by_chunk[chunk.id] for chunk in chunks])


def encoded(engine: Engine, operation: str) -> tuple[int, int]:
    """Texts and tokens that the ledger has of an operation."""
    lines = [line for line in engine.stores.ledger.by_day_and_model(0.0) if line.operation == operation]
    return sum(line.texts for line in lines), sum(line.prompt_tokens for line in lines)


def test_the_same_passage_has_another_vector_in_another_document_and_none_of_them_is_its_own(
    engine: Engine, pages: Path
) -> None:
    engine.library.ingest(pages, HERE)
    fruit, water = vectors(engine, "fruit.md")[1], vectors(engine, "water.md")[1]
    text = "Fruit > Harvest\nIt is ripe and old."
    (alone,) = engine.spaces.active(HERE).embedder.embed([text], Purpose("ask", HERE, "query"))
    assert max(fruit @ water, fruit @ alone, water @ alone) < 0.999
    assert engine.answers.answer(Question("is the harvest ripe")).candidates


def test_a_changed_document_is_encoded_anew_around_its_change_and_no_other_one(engine: Engine, pages: Path) -> None:
    engine.library.ingest(pages, HERE)
    before = {name: vectors(engine, name) for name in PAGES}
    counted = encoded(engine, "ingest")[0]
    (pages / "fruit.md").write_text(PAGES["fruit.md"].replace("apple orchard", "pear orchard"))
    (pages / "long.md").write_text(PAGES["long.md"] + "## Boat\n\nThe boat is wide.\n")
    (estimate,) = engine.library.plan(pages, HERE).estimates
    engine.library.ingest(pages, HERE)
    assert np.abs(vectors(engine, "fruit.md")[1] - before["fruit.md"][1]).max() > 1e-3, "its other passage is as it was"
    assert np.array_equal(vectors(engine, "water.md"), before["water.md"])
    assert np.array_equal(vectors(engine, "long.md")[:5], before["long.md"][:5])
    anew = encoded(engine, "ingest")[0] - counted
    assert 2 < anew < 15, "both passages of one document, and the last window of the other"
    assert estimate.texts == anew


def test_a_dry_run_counts_what_windows_overlap_by_and_encodes_nothing(engine: Engine, pages: Path, model: Path) -> None:
    planned = engine.library.plan(pages, HERE)
    engine.library.ingest(pages, HERE)
    assert (planned.estimates[0].texts, planned.estimates[0].tokens) == encoded(engine, "ingest")
    assert planned.estimates[0].tokens > planned.tokens, "more than the passages have"
    assert planned.estimates[0].seconds is not None


def test_a_reindex_switches_it_on_and_off_and_shares_no_vector(engine: Engine, pages: Path, model: Path) -> None:
    engine.library.ingest(pages, HERE)
    late = vectors(engine, "fruit.md")
    passages = engine.stores.generations.counts(engine.spaces.active(HERE).generation.id).passages
    assert engine.library.reindex(HERE, str(model), None, accept_lower=True).encoded == passages
    plain = vectors(engine, "fruit.md")
    assert np.abs(late - plain).max() > 1e-3
    planned = plan_reindex(engine.stores, engine.spaces, HERE, f"{model}@late", None).estimate
    assert planned.texts == 0, "the former index is kept"
    engine.stores.generations.drop(engine.stores.generations.former(HERE).id)
    planned = plan_reindex(engine.stores, engine.spaces, HERE, f"{model}@late", None).estimate
    before = encoded(engine, "reindex")
    engine.library.reindex(HERE, f"{model}@late", None, accept_lower=True)
    after = encoded(engine, "reindex")
    assert (planned.texts, planned.tokens) == (after[0] - before[0], after[1] - before[1])
    assert np.allclose(vectors(engine, "fruit.md"), late, atol=1e-6)
    assert engine.upkeep.problems() == []


def test_a_vector_that_was_lost_is_made_again_out_of_the_whole_document(engine: Engine, pages: Path) -> None:
    engine.library.ingest(pages, HERE)
    before = vectors(engine, "long.md")
    long = engine.stores.documents.get(HERE, "long.md")
    assert long is not None
    engine.stores.db.execute(
        "DELETE FROM vector WHERE chunk_id IN (SELECT id FROM chunk WHERE document_id = ? AND ordinal = 15)", (long.id,)
    )
    assert any("1 passages of space" in problem for problem in engine.upkeep.problems())
    engine.upkeep.mend()
    assert engine.upkeep.problems() == []
    assert np.allclose(vectors(engine, "long.md"), before, atol=1e-6)


def test_another_process_finds_the_same_encoder_and_adds_to_the_index(
    engine: Engine, pages: Path, tmp_path: Path
) -> None:
    engine.library.ingest(pages, HERE)
    (pages / "new.md").write_text("# Boat\n\n## Bridge\n\nA wide bridge.\n\n## Boat\n\nIt is old.\n")
    with Engine(tmp_path / "data", RetrievalSettings("hashing", patient=False)) as other:
        assert not other.refresher.refresh().failed
        assert len(vectors(other, "new.md")) == 2
