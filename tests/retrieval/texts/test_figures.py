"""Figures are the same however they are written, and one that is in no source is found."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retrieval.texts.figures import held_by, unfounded

AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
MARKS, SPACES = ("", ",", ".", "'"), (" ", "\u202f", "\u00a0")
MONEY = st.sampled_from([("$", ""), ("€ ", ""), ("", " €"), ("", " EUR"), ("USD ", ""), ("", "%"), ("", " Prozent")])


@st.composite
def an_amount(draw: st.DrawFn, value: Decimal, separators: tuple[str, ...] = (*MARKS, *SPACES)) -> str:
    """An amount of money, or a share, in one of the ways in which people write it."""
    before, behind = draw(MONEY)
    separator = draw(st.sampled_from(separators))
    point = draw(st.sampled_from([each for each in ".," if each != separator]))
    integer = f"{int(value):,}".replace(",", separator)
    decimals = f"{value % 1:.2f}"[2:]
    shown = draw(st.sampled_from(sorted({decimals, decimals.rstrip("0")})))
    return f"{before}{integer}{point if shown else ''}{shown}{behind}"


@given(st.data(), AMOUNTS)
def test_an_amount_is_the_same_in_every_spelling(data: st.DataObject, value: Decimal) -> None:
    said, written = data.draw(an_amount(value)), data.draw(an_amount(value))
    assert unfounded(f"It is {written}.", held_by(f"They ask for {said}, no more.")) == ""


@given(
    st.lists(st.integers(0, 99_999), max_size=6), st.integers(0, 99_999), st.sampled_from(["{}", "v{}", "{}GB", "-{}"])
)
def test_a_number_is_found_where_no_source_holds_it(known: list[int], number: int, shown: str) -> None:
    source = " and ".join(map(str, known))
    text = f"The port is {shown.format(number)}, as they say."
    assert unfounded(text, held_by(source)) == ("" if number in known else str(number))
    assert unfounded(text, held_by(f"{source}, {number}")) == ""


@given(AMOUNTS, AMOUNTS, st.data())
def test_another_amount_is_never_taken_for_it(value: Decimal, other: Decimal, data: st.DataObject) -> None:
    # "1,230" may be either of two amounts, and of "1 230" nobody knows whether it is one number.
    assume(value != other and 1000 * value != other and 1000 * other != value)
    said, written = data.draw(an_amount(value, MARKS)), data.draw(an_amount(other))
    assert unfounded(f"It is {written}.", held_by(f"They ask for {said}, no more."))


@pytest.mark.parametrize(
    ("text", "source", "found"),
    [
        ("Take Python 3.1.", "Python 3.10 or newer", "3.1"),
        ("Take 1.2.3.", "1.2.30 is out", "1.2.3"),
        ("From May 1, 2024 on.", "seit dem 01.05.2024", ""),
        ("Seit dem 01.05.2024.", "since 2024-05-01", ""),
        ("Ab 9:30 Uhr.", "from 09:30 on", ""),
        ("Wait 3 minutes.", "you wait three minutes", ""),
        ("Warte 12 Minuten.", "nach zwölf Minuten", ""),
        ("Use 192.168.0.2.", "192.168.0.1 is the router", "192.168.0.2"),
        ("1. Open it.\n2. Close it.\n3) Done.", "open, close", ""),
        ("> **1.** Open it.\n> **2.** Close it.", "open, close", ""),
        ("Open it.\n443. That is the port.", "the port", "443"),
        ("٤٤٣ is the port.", "port 443", ""),
    ],
)
def test_versions_dates_words_and_lists(text: str, source: str, found: str) -> None:
    assert unfounded(text, held_by(source)) == found
