from __future__ import annotations

from dataclasses import replace

import pytest

from storage.ledger import LedgerDay
from storage.records import LedgerEntry
from storage.stores import Stores

DAY = 86_400.0
CALL = LedgerEntry(
    at=0.0,
    operation="ask",
    space="default",
    model="words",
    texts=1,
    prompt_tokens=10,
    cached_texts=2,
    latency=0.1,
    price=0.5,
)


def test_calls_are_summed_by_day_model_and_operation(stores: Stores) -> None:
    for call in (CALL, replace(CALL, at=DAY - 1), replace(CALL, at=DAY), replace(CALL, operation="ingest", model="b")):
        stores.ledger.add(call)
    assert stores.ledger.by_day_and_model(0.0) == [
        LedgerDay("1970-01-01", "b", "ingest", 1, 1, 2, 10, 0.5, "USD", latency=0.1),
        LedgerDay("1970-01-01", "words", "ask", 2, 2, 4, 20, 1.0, "USD", latency=0.2),
        LedgerDay("1970-01-02", "words", "ask", 1, 1, 2, 10, 0.5, "USD", latency=0.1),
    ]


def test_only_calls_since_then_count(stores: Stores) -> None:
    stores.ledger.add(CALL)
    stores.ledger.add(replace(CALL, at=DAY))
    assert [line.day for line in stores.ledger.by_day_and_model(DAY)] == ["1970-01-02"]


def test_currencies_are_never_added_up(stores: Stores) -> None:
    stores.ledger.add(CALL)
    stores.ledger.add(replace(CALL, currency="EUR", price=0.25))
    prices = {line.currency: line.price for line in stores.ledger.by_day_and_model(0.0)}
    assert prices == pytest.approx({"EUR": 0.25, "USD": 0.5})
