"""The API encoder over real HTTP: whatever the server does, every text gets its own vector and every call one line."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrieval.api.access import ApiAccess
from retrieval.api.retrying import ApiRefusedError, ApiUnavailableError, Patience
from retrieval.costs.budget import NO_LIMITS, BudgetExhaustedError, BudgetLimits
from retrieval.costs.metering import Meter
from retrieval.costs.pricing import OPERATOR, PriceList, Rates
from retrieval.counting.tokens import EstimateTokenizer
from retrieval.embed import Embedder, Purpose
from retrieval.encoders.openai import IN_FLIGHT, ApiModel, OpenAIEncoder
from storage.stores import Stores, open_stores
from tests.embeddings_api import (
    EmbeddingsApi,
    Fault,
    dropped,
    missing_row,
    no_usage,
    not_a_number,
    out_of_order,
    row_twice,
    stall,
    status,
    truncated,
    vector_of,
    vectors_of,
    wrong_dimension,
)

SIZE = 48
MODEL = f"words@{SIZE}"
HASTY = Patience(attempts=4, attempt=10.0, total=30.0, longest_pause=0.5, first_wait=0.01, longest_wait=0.02)
HASTIER = replace(HASTY, attempt=0.4)  # for a stall; a busy machine may take longer for an answer

DOCUMENTS = Purpose("ingest", "default", "document")
ASK = Purpose("ask", "default", "query", keep="query")
DOLLAR_A_TOKEN = PriceList({"words": Rates(input=1_000_000.0), "text-embedding-3-small": Rates(input=1_000_000.0)})
NOON = 1_000_000.0


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(tmp_path) as opened:
        yield opened


@pytest.fixture
def api() -> Iterator[EmbeddingsApi]:
    with EmbeddingsApi(SIZE) as server:
        yield server


def encoder(api: EmbeddingsApi, name: str = MODEL, patience: Patience = HASTY) -> OpenAIEncoder:
    return OpenAIEncoder(
        ApiModel.named(name), ApiAccess(api.url, "sk-secret"), {"query": patience, "document": patience}
    )


def embedder(
    stores: Stores,
    api: EmbeddingsApi,
    limits: BudgetLimits = NO_LIMITS,
    dimensions: int | None = None,
    patience: Patience = HASTY,
) -> Embedder:
    meter = Meter.of(stores, lambda: NOON, limits, DOLLAR_A_TOKEN)
    return Embedder(encoder(api, patience=patience), stores.embedding_cache, meter, dimensions)


def lines(stores: Stores) -> list[tuple[object, ...]]:
    """Texts, tokens, retries and price of every line of the ledger."""
    return stores.db.rows("SELECT texts, prompt_tokens, retries, price, price_source FROM ledger ORDER BY id")


FAULTS: list[tuple[str, Fault]] = [
    ("a stall", stall),
    ("a dropped connection", dropped),
    ("truncated JSON", truncated),
    ("a missing row", missing_row),
    ("a row twice", row_twice),
    ("a wrong dimension", wrong_dimension),
    ("NaN", not_a_number),
    ("500", status(500)),
    ("503", status(503)),
    ("429 at once", status(429, {"Retry-After": "0"})),
    ("429 in milliseconds", status(429, {"retry-after-ms": "30"})),
    ("429 without a word when", status(429)),
]


@pytest.mark.parametrize("fault", [fault for _, fault in FAULTS], ids=[name for name, _ in FAULTS])
def test_after_a_fault_every_text_has_its_vector_and_the_call_one_line(
    stores: Stores, api: EmbeddingsApi, fault: Fault
) -> None:
    api.faults.append(fault)
    texts = ["one", "two of them", "three"]
    opened = embedder(stores, api, patience=HASTIER if fault is stall else HASTY)
    np.testing.assert_allclose(opened.embed(texts, DOCUMENTS), vectors_of(texts, SIZE), atol=1e-6)
    assert len(api.requests) == 2
    assert lines(stores) == [(3, 5, 1, 5.0, OPERATOR)]


def test_results_out_of_order_are_put_in_order_and_not_asked_for_again(stores: Stores, api: EmbeddingsApi) -> None:
    api.faults.append(out_of_order)
    texts = ["one", "two of them", "three"]
    np.testing.assert_allclose(embedder(stores, api).embed(texts, DOCUMENTS), vectors_of(texts, SIZE), atol=1e-6)
    assert lines(stores) == [(3, 5, 0, 5.0, OPERATOR)]


def test_several_requests_in_flight_with_faults_among_them_mix_nothing_up(stores: Stores, api: EmbeddingsApi) -> None:
    api.faults.extend([truncated, out_of_order, status(500), missing_row, dropped, wrong_dimension])
    api.delay = 0.02
    texts = [f"text number {i}" for i in range(700)]
    np.testing.assert_allclose(embedder(stores, api).embed(texts, DOCUMENTS), vectors_of(texts, SIZE), atol=1e-6)
    assert 1 < api.most_at_once <= IN_FLIGHT
    counted = lines(stores)
    assert len(counted) == api.answered - 2  # two of the faults were answers that nobody could use
    assert sum(int(str(line[0])) for line in counted) == 700
    assert sum(int(str(line[1])) for line in counted) == 2100
    assert sum(int(str(line[2])) for line in counted) == 5


def test_a_server_that_knows_no_base64_is_understood(stores: Stores, api: EmbeddingsApi) -> None:
    api.sends_lists = True
    np.testing.assert_allclose(embedder(stores, api).embed(["one"], DOCUMENTS)[0], vector_of("one", SIZE), atol=1e-6)


def test_tokens_are_counted_here_where_the_api_says_nothing_of_them(stores: Stores, api: EmbeddingsApi) -> None:
    api.faults.append(no_usage)
    embedder(stores, api).embed(["seven words are in this short text"], DOCUMENTS)
    assert lines(stores)[0][1] == EstimateTokenizer().count("seven words are in this short text")


def test_what_is_in_the_cache_is_a_saving_in_the_line_of_the_next_call(stores: Stores, api: EmbeddingsApi) -> None:
    opened = embedder(stores, api)
    opened.embed(["one"], ASK)
    opened.embed(["one", "two"], ASK)
    opened.embed(["one"], ASK)
    assert api.texts == ["one", "two"]
    assert stores.db.rows("SELECT texts, cached_texts FROM ledger ORDER BY id") == [(1, 0), (1, 1), (0, 1)]


def test_retry_after_is_waited_for(api: EmbeddingsApi, stores: Stores) -> None:
    api.faults.append(status(429, {"Retry-After": "0.3"}))
    started = time.perf_counter()
    embedder(stores, api).embed(["one"], DOCUMENTS)
    assert time.perf_counter() - started >= 0.3


def test_a_pause_longer_than_anybody_waits_is_told_and_not_slept_through(api: EmbeddingsApi, stores: Stores) -> None:
    api.faults.append(status(429, {"Retry-After": "90"}))
    started = time.perf_counter()
    with pytest.raises(ApiUnavailableError, match="asks to wait 90 seconds"):
        embedder(stores, api).embed(["one"], DOCUMENTS)
    assert time.perf_counter() - started < 5
    assert lines(stores) == []


def test_a_server_that_never_recovers_is_given_up_with_a_sentence(api: EmbeddingsApi, stores: Stores) -> None:
    api.faults.extend([status(500)] * 10)
    with pytest.raises(ApiUnavailableError, match=r"127\.0\.0\.1 cannot be used just now, it answers 500"):
        embedder(stores, api).embed(["one"], DOCUMENTS)
    assert len(api.requests) == HASTY.attempts


@pytest.mark.parametrize(
    ("code", "error", "refusal", "sentence"),
    [
        (429, {"code": "insufficient_quota"}, ApiUnavailableError, "no credit left"),
        (401, {}, ApiRefusedError, "refused the key"),
        (404, {}, ApiRefusedError, "has no model 'words'"),
        (400, {"message": "too long"}, ApiRefusedError, "too long"),
    ],
)
def test_what_would_fail_again_is_asked_once(
    api: EmbeddingsApi, stores: Stores, code: int, error: dict[str, str], refusal: type[Exception], sentence: str
) -> None:
    api.faults.extend([status(code, error=error)] * 3)
    with pytest.raises(refusal, match=sentence) as raised:
        embedder(stores, api).embed(["one"], DOCUMENTS)
    assert len(api.requests) == 1
    assert "sk-secret" not in str(raised.value)


def test_nobody_listening_is_a_sentence_too(stores: Stores) -> None:
    with EmbeddingsApi(SIZE) as gone:
        pass
    with pytest.raises(ApiUnavailableError, match="did not answer"):
        embedder(stores, gone).embed(["one"], DOCUMENTS)


def test_the_key_is_sent_and_neither_shown_nor_stored(
    api: EmbeddingsApi, stores: Stores, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    api.faults.append(status(500))
    embedder(stores, api).embed(["one"], DOCUMENTS)
    assert api.headers[0]["Authorization"] == "Bearer sk-secret"
    assert "sk-secret" not in caplog.text + repr(ApiAccess(api.url, "sk-secret"))
    for path in stores.data_dir.rglob("*"):
        assert path.is_dir() or b"sk-secret" not in path.read_bytes()


def test_a_call_that_the_budget_does_not_cover_is_not_made(api: EmbeddingsApi, stores: Stores) -> None:
    opened = embedder(stores, api, BudgetLimits(day=20.0))
    opened.embed(["one two three"], ASK)
    with pytest.raises(BudgetExhaustedError, match="budget of this day"):
        opened.embed(["four", "five six seven eight nine ten"], ASK)
    assert api.texts == ["one two three"]
    np.testing.assert_allclose(opened.embed(["one two three"], ASK)[0], vector_of("one two three", SIZE), atol=1e-6)


@pytest.mark.parametrize(("fault", "spent"), [(status(500), 3.0), (truncated, 16.0), (stall, 16.0)])
def test_a_refused_attempt_costs_nothing_and_one_without_an_answer_may_have_cost_all(
    api: EmbeddingsApi, stores: Stores, fault: Fault, spent: float
) -> None:
    api.faults.append(fault)
    embedder(stores, api, patience=HASTIER if fault is stall else HASTY).embed(["one two three"], DOCUMENTS)
    assert stores.spending.spent(0.0, NOON) == spent * 10**9


def test_it_works_from_the_executor_of_a_running_loop_and_from_many_threads(api: EmbeddingsApi, stores: Stores) -> None:
    opened = embedder(stores, api)

    async def ask(number: int) -> None:
        loop = asyncio.get_running_loop()
        row = await loop.run_in_executor(pool, opened.embed, [f"question {number}"], ASK)
        np.testing.assert_allclose(row[0], vector_of(f"question {number}", SIZE), atol=1e-6)

    async def ask_all() -> None:
        await asyncio.gather(*(ask(number) for number in range(12)))

    with ThreadPoolExecutor(4) as pool:
        asyncio.run(ask_all())
    assert len(lines(stores)) == 12


def test_texts_over_the_limit_are_split_and_averaged_by_length(api: EmbeddingsApi, stores: Stores) -> None:
    opened = encoder(api)
    opened.max_tokens = 40  # as if the model read no more
    meter = Meter.of(stores, lambda: NOON, prices=DOLLAR_A_TOKEN)
    long = "a text that is much longer than it should be " + "and goes on " * 3
    rows = Embedder(opened, stores.embedding_cache, meter).embed(["short", long], DOCUMENTS)
    parts = api.texts[1:]
    assert "".join(parts) == long
    assert all(len(part.encode()) <= 40 for part in parts)
    average = sum(vector_of(part, SIZE) * opened.tokenizer.count(part) for part in parts)
    np.testing.assert_allclose(rows, [vector_of("short", SIZE), average / np.linalg.norm(average)], atol=1e-6)
    assert lines(stores)[0][0] == 2


def test_fewer_dimensions_are_asked_for_where_the_model_can_shorten_itself(stores: Stores) -> None:
    meter = Meter.of(stores, lambda: NOON, prices=DOLLAR_A_TOKEN)
    with EmbeddingsApi(1536) as api:
        whole = encoder(api, "text-embedding-3-small")
        rows = Embedder(whole, stores.embedding_cache, meter, dimensions=256).embed(["one"], DOCUMENTS)
        assert api.requests[0]["dimensions"] == 256
        named = Embedder(encoder(api, "text-embedding-3-small@256"), stores.embedding_cache, meter)
    np.testing.assert_allclose(rows[0], vector_of("one", 256), atol=1e-6)
    assert named.fingerprint == whole.fingerprint.truncated(256) != whole.fingerprint


def test_other_models_are_shortened_here(api: EmbeddingsApi, stores: Stores) -> None:
    rows = embedder(stores, api, dimensions=16).embed(["one"], DOCUMENTS)
    assert "dimensions" not in api.requests[0]
    cut = vector_of("one", SIZE)[:16]
    np.testing.assert_allclose(rows[0], cut / np.linalg.norm(cut), atol=1e-6)
