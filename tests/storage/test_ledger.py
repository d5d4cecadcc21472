from __future__ import annotations

from collections import defaultdict
from dataclasses import astuple, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.ledger import LedgerDay, LedgerEntry
from storage.stores import Stores, open_stores

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


def test_the_lines_of_old_days_go_and_the_sums_of_every_day_stay(stores: Stores) -> None:
    for at in (0.0, 1.0, DAY, 2 * DAY):
        stores.ledger.add(replace(CALL, at=at))
    assert stores.ledger.roll_up("1970-01-03") == 3
    assert stores.db.rows("SELECT at FROM ledger") == [(2 * DAY,)]
    assert [(line.day, line.calls) for line in stores.ledger.by_day_and_model(0.0)] == [
        ("1970-01-01", 2),
        ("1970-01-02", 1),
        ("1970-01-03", 1),
    ]
    assert stores.ledger.roll_up("1970-01-03") == 0


def test_a_late_line_of_a_day_that_was_rolled_up_is_added_to_it(stores: Stores) -> None:
    stores.ledger.add(CALL)
    stores.ledger.roll_up("1970-01-02")
    stores.ledger.add(replace(CALL, texts=5))
    stores.ledger.roll_up("1970-01-02")
    (day,) = stores.ledger.by_day_and_model(0.0)
    assert (day.calls, day.texts) == (2, 6)


CALLS = st.lists(
    st.builds(
        LedgerEntry,
        at=st.floats(0, 4 * DAY - 1),
        operation=st.sampled_from(["ask", "ingest"]),
        space=st.sampled_from(["a", "b"]),
        model=st.sampled_from(["words", "letters"]),
        texts=st.integers(0, 99),
        prompt_tokens=st.integers(0, 999),
        cached_texts=st.integers(0, 99),
        latency=st.floats(0, 9),
        completion_tokens=st.integers(0, 99),
        cached_tokens=st.integers(0, 99),
        price=st.floats(0, 9),
        currency=st.sampled_from(["USD", "EUR"]),
    ),
    max_size=15,
)


@settings(max_examples=25)
@given(CALLS, st.lists(st.integers(1, 6), max_size=3))
def test_rolling_up_changes_no_sum(calls: list[LedgerEntry], days: list[int]) -> None:
    with TemporaryDirectory() as folder, open_stores(Path(folder)) as stores:
        for call in calls:
            stores.ledger.add(call)
        before = by_key(stores.ledger.by_day_and_model(0.0))
        assert sum(values[0] for values in before.values()) == len(calls)
        for day in days:
            stores.ledger.roll_up(f"1970-01-0{day}")
            after = by_key(stores.ledger.by_day_and_model(0.0))
            assert after.keys() == before.keys()
            for key, values in after.items():
                assert values == pytest.approx(before[key])


def by_key(lines: list[LedgerDay]) -> dict[tuple[str, ...], list[float]]:
    """The numbers of each line by its day, model, operation and currency."""
    numbers: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for line in lines:
        fields = astuple(line)
        numbers[(*fields[:3], line.currency)] += [float(each) for each in fields[3:] if not isinstance(each, str)]
    return numbers
