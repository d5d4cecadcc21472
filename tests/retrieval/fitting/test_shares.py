"""Shares that were counted, with their uncertainty."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.fitting.shares import Share


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_interval_holds_the_share_and_stays_within_0_and_1(part: int, more: int) -> None:
    share = Share(part, part + more)
    assert 0.0 <= share.low <= share.value <= share.high <= 1.0


def test_it_is_wilsons_interval() -> None:
    share = Share(1, 10)
    assert (share.low, share.high) == pytest.approx((0.0179, 0.4042), abs=1e-4)


def test_of_nothing_it_may_be_anything() -> None:
    nothing = Share(0, 0)
    assert (nothing.value, nothing.low, nothing.high) == (0.0, 0.0, 1.0)
