"""Dry runs: what they promise is what the real run encodes and spends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.costs.pricing import PricedModel, Rates, TokenUse
from retrieval.engine import Engine
from retrieval.planning.plan import plan_reindex
from retrieval.settings import RetrievalSettings
from storage.ledger import LedgerEntry
from tests.embeddings_api import EmbeddingsApi

PAGES = {
    "a.md": "# How do I reset it?\n\nHold the red button for ten seconds.\n\n# Colours\n\nIt is red or blue.\n",
    "b.md": "# Warranty\n\nTwo years from the day it was bought.\n",
    "same.md": "# Warranty\n\nTwo years from the day it was bought.\n",
}
CALL = LedgerEntry(0.0, "ingest", "default", "", texts=50, prompt_tokens=1000, cached_texts=0, latency=2.0)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "data", RetrievalSettings("hashing:64"), lambda: 1e6) as engine:
        yield engine


def encoded(engine: Engine, operation: str) -> tuple[int, int]:
    """Texts and tokens that the ledger has of an operation."""
    lines = [line for line in engine.stores.ledger.by_day_and_model(0.0) if line.operation == operation]
    return sum(line.texts for line in lines), sum(line.prompt_tokens for line in lines)


def test_texts_and_tokens_of_an_ingest_are_exact_and_nothing_is_stored(local: Engine, pages: Path) -> None:
    planned = local.library.plan(pages, "default")
    assert local.stores.documents.counts("default").documents == 0
    (estimate,) = planned.estimates
    done = local.library.ingest(pages, "default")
    assert (planned.chunks, planned.tokens) == (done.chunks, done.tokens)
    assert (estimate.texts, estimate.tokens) == encoded(local, "ingest")
    assert estimate.texts == 5 - 1  # four chunks, of which two are alike, and one heading that asks
    assert estimate.known_texts == 1


def test_what_has_its_vector_is_not_counted_again(local: Engine, pages: Path) -> None:
    local.library.ingest(pages, "default")
    (pages / "b.md").write_text(PAGES["a.md"] + "\n# New\n\nIt floats.\n")
    (estimate,) = local.library.plan(pages, "default").estimates
    before = encoded(local, "ingest")
    local.library.ingest(pages, "default")
    after = encoded(local, "ingest")
    assert (estimate.texts, estimate.tokens) == (after[0] - before[0], after[1] - before[1])


def test_a_local_encoder_is_free_and_is_timed_with_a_sample_that_is_not_kept(local: Engine, pages: Path) -> None:
    (estimate,) = local.library.plan(pages, "default").estimates
    assert estimate.price is not None
    assert (estimate.price.amount, estimate.costs_money, estimate.basis) == (0.0, False, "probe")
    assert estimate.seconds is not None
    assert 0 < estimate.seconds < 5
    assert local.stores.db.rows("SELECT count(*) FROM embedding_cache") == [(0,)]


def test_the_ledgers_own_timings_are_used_where_there_are_some(local: Engine, pages: Path) -> None:
    model = local.spaces.embedder("hashing:64").priced_as.name
    for latency in (2.0, 2.0, 90.0):  # the median does not mind one call that had to wait
        local.stores.ledger.add(replace(CALL, model=model, latency=latency))
    local.stores.ledger.add(replace(CALL, model=model, operation="fit", latency=1.0))
    local.stores.ledger.add(replace(CALL, model=model, operation="load", texts=0, prompt_tokens=0, latency=7.0))
    (estimate,) = local.library.plan(pages, "default").estimates
    assert estimate.basis == "ledger"
    assert estimate.seconds == pytest.approx(7.0 + estimate.tokens / 500 + estimate.fit_tokens / 1000, abs=0.5)


def test_a_reindex_is_planned_by_the_new_encoder_without_a_trace(local: Engine, pages: Path) -> None:
    local.library.ingest(pages, "default")
    before = [generation.id for generation in local.stores.generations.live("default")]
    plan = plan_reindex(local.stores, local.spaces, "default", "hashing:32", None)
    assert [generation.id for generation in local.stores.generations.live("default")] == before
    assert (plan.chunks, plan.dimensions, plan.estimate.texts) == (4, 32, 4)
    same = plan_reindex(local.stores, local.spaces, "default", None, None)
    assert (same.estimate.texts, same.estimate.fit_tokens) == (0, 0)
    local.library.reindex("default", "hashing:32", None)
    assert encoded(local, "reindex") == (plan.estimate.texts, plan.estimate.tokens)


def test_an_api_is_priced_and_neither_called_nor_timed(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddingsApi(48) as api:
        monkeypatch.setenv("OPENAI_BASE_URL", api.url)
        settings = RetrievalSettings("openai:words@48", prices={"words": Rates(input=10.0)})
        with Engine(tmp_path / "data", settings) as engine:
            report = engine.library.plan(pages, "default")
            assert report.paid
            (estimate,) = report.estimates
            assert not api.requests
            assert (estimate.seconds, estimate.basis, estimate.costs_money) == (None, "nothing", True)
            whole = TokenUse(estimate.tokens + estimate.fit_tokens)
            assert estimate.price == engine.meter.price(PricedModel("words", api.url), whole)
            engine.library.ingest(pages, "default")
            (pages / "c.md").write_text("# Size\n\n" + "It is as large as a loaf of bread. " * 3)
            later = engine.library.plan(pages, "default").estimates[0]
        with Engine(tmp_path / "data", RetrievalSettings("openai:words@48")) as engine:
            (unpriced,) = engine.library.plan(pages, "default").estimates
    assert later.texts == 1
    assert unpriced.price is None
    assert unpriced.costs_money
