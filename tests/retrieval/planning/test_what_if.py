"""The same traffic, priced otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.costs.pricing import Rates
from retrieval.engine import Engine
from retrieval.planning.what_if import ENCODERS, WhatIf, what_if
from retrieval.settings import RetrievalSettings
from storage.ledger import LedgerEntry

NOON = 1_000_000.0
CALL = LedgerEntry(NOON, "ask", "default", "m", 1, prompt_tokens=1_000_000, cached_texts=0, latency=1.0, price=0.25)
SMALL, LARGE = "text-embedding-3-small", "text-embedding-3-large"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    prices = {SMALL: Rates(input=1.0), LARGE: Rates(input=6.0), "gpt-5-mini": Rates(1.0, 10.0, cached_input=0.5)}
    with Engine(tmp_path, RetrievalSettings("hashing:64", prices=prices), lambda: NOON) as opened:
        yield opened


def asked(engine: Engine, *calls: LedgerEntry) -> WhatIf:
    for call in calls:
        engine.stores.ledger.add(call)
    return what_if(engine.stores, engine.spaces, 0.0)


def test_other_models_batches_and_no_cache(engine: Engine) -> None:
    found = asked(engine, replace(CALL, cached_texts=1, cached_tokens=500_000), replace(CALL, operation="ingest"))
    assert found.paid == 0.5
    small = next(row for row in found.encoders if row.model == SMALL)
    assert (small.tokens, small.price, small.batch_price, small.uncached_price) == (2_000_000, 2.0, 1.5, 2.5)
    assert next(row.price for row in found.encoders if row.model == LARGE) == 12.0


def test_fewer_dimensions_cost_the_same_and_take_less_room(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nIt is red.\n\n# What else?\n\nIt is blue.\n")
    engine.library.ingest(tmp_path / "a.md", "default")
    found = asked(engine)
    rows = [row for row in found.encoders if row.model == SMALL]
    assert [row.storage_bytes for row in rows] == [3 * 4 * size for size in ENCODERS[SMALL]]
    assert len({row.price for row in rows}) == 1


def test_tokens_are_counted_in_the_other_models_vocabulary(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\n" + "Donaudampfschifffahrtsgesellschaft " * 30)
    engine.library.ingest(tmp_path / "a.md", "default")
    ours = sum(line.prompt_tokens for line in engine.stores.ledger.by_day_and_model(0.0))
    assert asked(engine).encoders[0].tokens > 4 * ours  # one word here, ten tokens there


def test_what_the_writer_was_given_is_priced_apart_and_loading_or_reranking_is_no_traffic(engine: Engine) -> None:
    written = replace(CALL, operation="write", completion_tokens=100_000, cached_tokens=400_000)
    found = asked(engine, written, replace(CALL, operation="load"), replace(CALL, operation="rerank"))
    assert all(row.tokens == 0 for row in found.encoders)
    (mini,) = (row for row in found.writers if row.model == "gpt-5-mini")
    assert mini.price == pytest.approx(0.6 + 0.2 + 1.0)
    assert mini.uncached_price == pytest.approx(2.0)


def test_pages_would_have_cost_more_with_their_markup_and_plain_text_the_same(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nIt is red.\n")
    engine.library.ingest(tmp_path / "a.md", "default")
    plain = asked(engine).encoders[0]
    assert plain.uncleaned_price == plain.price
    page = (
        "<html><body><nav>"
        + "<a href='/x'>menu</a>" * 200
        + "</nav><main><h1>B</h1><p>It is blue.</p></main></body></html>"
    )
    (tmp_path / "b.html").write_text(page)
    engine.library.ingest(tmp_path / "b.html", "default")
    cleaned = asked(engine).encoders[0]
    assert cleaned.price is not None
    assert cleaned.uncleaned_price is not None
    assert cleaned.uncleaned_price > 5 * cleaned.price
