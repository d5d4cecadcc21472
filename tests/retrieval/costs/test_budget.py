"""Budgets: reserved before, settled after, and never exceeded, by however many processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.costs.budget import RESERVED_SECONDS, Budget, BudgetExhaustedError, BudgetLimits, UnpricedCallError
from retrieval.costs.pricing import Price
from storage.spending import Limit, OverLimitError
from storage.stores import Stores, open_stores
from tests.command_line import ROOT

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 7, 15, 12, tzinfo=BERLIN).timestamp()
DAY = 86_400.0


class Clock:
    """Time that a test sets."""

    now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(tmp_path) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


def budget(stores: Stores, clock: Clock, day: float | None = 1.0, month: float | None = None) -> Budget:
    return Budget(stores.spending, BudgetLimits(day, month, "Europe/Berlin"), clock)


def spend(budget: Budget, reserved: float, real: float) -> None:
    with budget.reserve(Price(reserved, "operator")) as reservation:
        reservation.settle(real)


def test_the_last_cent_may_be_spent_and_none_beyond_it(stores: Stores, clock: Clock) -> None:
    money = budget(stores, clock)
    for _ in range(10):
        spend(money, 0.1, 0.1)
    with pytest.raises(BudgetExhaustedError, match=r"budget of this day \(1\.00 USD\) leaves 0\.000000 USD"):
        spend(money, 0.000001, 0.0)


def test_the_real_price_takes_the_place_of_what_was_reserved(stores: Stores, clock: Clock) -> None:
    money = budget(stores, clock)
    for _ in range(10):
        spend(money, 0.9, 0.01)
    assert [round(each.spent, 9) for each in money.left()] == [0.1]


def test_who_never_learns_what_a_call_cost_has_spent_what_was_reserved(stores: Stores, clock: Clock) -> None:
    money = budget(stores, clock)
    with pytest.raises(TimeoutError), money.reserve(Price(0.7, "operator")):
        raise TimeoutError
    assert money.left()[0].spent == 0.7


def test_what_is_reserved_is_not_there_for_anybody_else(stores: Stores, clock: Clock) -> None:
    money = budget(stores, clock)
    with money.reserve(Price(0.6, "operator")), pytest.raises(BudgetExhaustedError):
        spend(money, 0.6, 0.6)


def test_the_reservation_of_a_process_that_died_expires(stores: Stores, clock: Clock) -> None:
    stores.spending.reserve(10**9, [], clock.now, clock.now + RESERVED_SECONDS)  # nobody will settle it
    money = budget(stores, clock)
    with pytest.raises(BudgetExhaustedError):
        spend(money, 0.5, 0.5)
    clock.now += RESERVED_SECONDS
    spend(money, 1.0, 1.0)


def test_a_new_day_begins_at_midnight_in_the_time_zone_and_the_month_goes_on(stores: Stores, clock: Clock) -> None:
    money = budget(stores, clock, day=1.0, month=1.5)
    clock.now = datetime(2026, 7, 15, 23, 59, tzinfo=BERLIN).timestamp()
    spend(money, 1.0, 1.0)
    clock.now = datetime(2026, 7, 16, 0, 0, tzinfo=BERLIN).timestamp()
    spend(money, 0.5, 0.5)
    with pytest.raises(BudgetExhaustedError, match="this month"):
        spend(money, 0.1, 0.1)
    clock.now = datetime(2026, 8, 1, 0, 0, tzinfo=BERLIN).timestamp()
    spend(money, 1.0, 1.0)


def test_a_day_on_which_the_clocks_are_changed_begins_at_its_own_midnight() -> None:
    evening = datetime(2026, 10, 25, 20, tzinfo=BERLIN).timestamp()
    (day,) = BudgetLimits(day=1.0, time_zone="Europe/Berlin").at(evening)
    assert evening - day.since == 21 * 3600


def test_a_call_without_a_price_is_refused_where_there_is_a_budget_and_made_where_there_is_none(
    stores: Stores, clock: Clock
) -> None:
    with pytest.raises(UnpricedCallError, match="write its price"), budget(stores, clock).reserve(None):
        pytest.fail("it was made")
    with budget(stores, clock, day=None).reserve(None) as reservation:
        reservation.settle(0.0)


def test_a_budget_of_nothing_lets_free_calls_through_only(stores: Stores, clock: Clock) -> None:
    money = budget(stores, clock, day=0.0)
    spend(money, 0.0, 0.0)
    with pytest.raises(BudgetExhaustedError):
        spend(money, 1e-9, 0.0)


STEPS = st.lists(
    st.tuples(st.sampled_from(["reserve", "settle", "die", "wait"]), st.integers(0, 600), st.integers(0, 100)),
    max_size=40,
)


@settings(max_examples=40)
@given(steps=STEPS)
def test_settled_and_reserved_together_never_exceed_a_limit(steps: list[tuple[str, int, int]]) -> None:
    """``reserve`` by one of two processes; ``settle`` the oldest at a share of it; ``die``: it is never settled."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        processes = [stack.enter_context(open_stores(Path(folder))) for _ in range(2)]
        now = 0.0
        standing: list[tuple[int, int, float]] = []
        for number, (step, amount, share) in enumerate(steps):
            spending = processes[number % 2].spending
            limits = [Limit("day", now - now % DAY, 1000), Limit("month", 0.0, 1500)]
            if step == "reserve":
                with suppress(OverLimitError):
                    standing.append((spending.reserve(amount, limits, now, now + 900), amount, now + 900))
            elif step == "wait":
                now += amount * 200
            elif standing and step == "die":
                standing.pop(0)
            elif standing:
                reservation, reserved, expires = standing.pop(0)
                if now < expires:  # a call that lives is over long before
                    spending.settle(reservation, reserved * share // 100)
            for limit in (Limit("day", now - now % DAY, 1000), Limit("month", 0.0, 1500)):
                assert spending.spent(limit.since, now) <= limit.nano_usd


RACER = """
import sys
from pathlib import Path
from storage.spending import Limit, OverLimitError
from storage.stores import open_stores
with open_stores(Path(sys.argv[1])) as stores:
    passed = 0
    for _ in range(60):
        try:
            stores.spending.reserve(10, [Limit("day", 0.0, 505)], 1.0, 2.0)
            passed += 1
        except OverLimitError:
            pass
    print(passed)
"""


def test_two_processes_cannot_both_pass_the_last_cent(tmp_path: Path) -> None:
    with open_stores(tmp_path) as stores:
        command = [sys.executable, "-c", RACER, str(tmp_path)]
        racers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        passed = [int(racer.communicate()[0]) for racer in racers]
        assert sum(passed) == 50
        assert stores.spending.spent(0.0, 1.0) == 500
