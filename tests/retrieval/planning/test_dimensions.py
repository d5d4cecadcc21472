"""Fewer dimensions and fewer bits, measured on stored vectors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.engine import Engine
from retrieval.planning.dimensions import NothingToCompareError, compare_sizes, sizes_below
from retrieval.settings import RetrievalSettings
from storage.index.exact_search import BYTES, nearest_rows, quantised
from tests.command_line import EXAMPLE


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine(tmp_path_factory.mktemp("data"), RetrievalSettings("hashing:128")) as opened:
        opened.library.ingest(EXAMPLE / "guides", "default")
        yield opened


def test_every_size_at_every_precision_beside_the_full_one(engine: Engine) -> None:
    space = engine.spaces.active("default")
    before = engine.stores.db.rows("SELECT count(*) FROM generation")
    reports = compare_sizes(engine.stores, space, [128, 32])
    assert [(r.dimensions, r.precision) for r in reports] == [(n, p) for n in (128, 32) for p in BYTES]
    counts = engine.stores.generations.counts(space.generation.id)
    vectors = counts.passages + counts.titles
    assert [r.storage_bytes for r in reports] == [vectors * n * BYTES[p] for n in (128, 32) for p in BYTES]
    full, small = reports[0], reports[4]
    assert full.kept == 1.0
    assert small.kept < full.kept
    assert small.ndcg < full.ndcg <= full.recall <= 1.0
    assert all(r.milliseconds > 0 for r in reports)
    assert abs(reports[3].ndcg - full.ndcg) < 0.05  # eight bits hardly matter
    assert engine.stores.db.rows("SELECT count(*) FROM generation") == before


def test_no_document_is_encoded_again(engine: Engine) -> None:
    def encoded() -> dict[str, int]:
        return {line.operation: line.texts for line in engine.stores.ledger.by_day_and_model(0.0)}

    before = encoded()
    compare_sizes(engine.stores, engine.spaces.active("default"), [64])
    after = encoded()
    assert {name for name in after if after[name] != before.get(name)} == {"compare"}


def test_an_empty_space_has_nothing_to_compare(engine: Engine) -> None:
    with pytest.raises(NothingToCompareError, match="ingest"):
        compare_sizes(engine.stores, engine.spaces.active_or_new("empty"), [64])


def test_the_sizes_are_the_full_one_its_halves_and_the_one_that_was_asked_for() -> None:
    assert sizes_below(384, 256) == [384, 256, 192, 96, 48]
    assert sizes_below(100, 500) == [100, 50]


MATRICES = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).normal(size=(40, 24)).astype(np.float32)
)


@settings(max_examples=30)
@given(MATRICES)
def test_at_full_precision_the_order_is_that_of_the_cosines_and_fewer_bits_keep_the_nearest(rows: np.ndarray) -> None:
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = rows @ rows[0]
    found = nearest_rows(rows, rows[0], 10, "f32")
    np.testing.assert_allclose(cosines[found], np.sort(cosines)[::-1][:10], atol=1e-5)
    for precision in BYTES:
        kept = quantised(rows, precision)
        assert kept.nbytes == rows.size * BYTES[precision]
        assert nearest_rows(kept, kept[0], 1, precision).tolist() == [0]


def test_bf16_is_rounded_to_the_nearest_and_ties_to_even() -> None:
    values = np.array([[1.0, 1.00390625, 1.01171875, -1.0]], dtype=np.float32)  # 1 + 2**-8 and 1 + 3 * 2**-8 are ties
    widened = (quantised(values, "bf16").astype(np.uint32) << 16).view(np.float32)
    assert widened.tolist() == [[1.0, 1.0, 1.015625, -1.0]]
