"""Tokens on a screen: nothing invisible, nothing that moves the cursor, colours in turns, encodings compared."""

from __future__ import annotations

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.terminal.token_display import comparison, page_table, shown_tokens
from retrieval.counting.tokens import TokenReport, tokenizer_for
from retrieval.token_costs.page_cost import PageCost
from retrieval.token_costs.token_page import Counted, counted, visible


def report(name: str, count: int, estimate: bool = False) -> TokenReport:
    return TokenReport(name, count, 10, 10 / count, (), (), estimate)


def printed(what: object) -> list[list[str]]:
    console = Console(file=io.StringIO(), width=140)
    console.print(what)
    assert isinstance(console.file, io.StringIO)
    return [line.split() for line in console.file.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("piece", "shown"),
    [
        (" pear", "·pear"),
        ("\t\n", "→↵"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\u202e", "\\u202e"),
        ("\u00a0", "\\xa0"),
        ("\u0301", "\u25cc\u0301"),
        ("e\u0301", "e\u0301"),
        ("\\xf0\\x9f", "\\xf0\\x9f"),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_is_written_out(piece: str, shown: str) -> None:
    assert visible(piece) == shown


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_nothing_that_moves_the_cursor_is_left(piece: str) -> None:
    assert not any(unicodedata.category(sign)[0] == "C" or sign.isspace() for sign in visible(piece))


def test_neighbours_differ_in_colour_and_lines_end_where_they_end() -> None:
    shown = shown_tokens(["apple", " pear", "\n", "\\xf0"], colour=True)
    assert shown.plain == "apple·pear↵\n\\xf0"
    styles = [str(span.style) for span in shown.spans]
    assert styles[0] == styles[2] != styles[1]
    assert "italic" in styles[3]


def test_without_colour_bars_stand_between_tokens() -> None:
    shown = shown_tokens(["apple", " pear", "\n"], colour=False)
    assert (shown.plain, shown.spans) == ("apple|·pear|↵", [])


def test_encodings_are_compared_with_the_best_that_measures_and_loses_nothing() -> None:
    rows = [
        Counted(report("lossy", 2), 3),
        Counted(report("guess", 1, estimate=True), 0),
        Counted(report("best", 4), 0),
        Counted(report("worse", 8), 0),
    ]
    lines = {line[0]: line[1:] for line in printed(comparison(rows))[1:]}
    assert lines["best"] == ["4", "2.50", "1.00"]
    assert lines["worse"] == ["8", "1.25", "2.00"]
    assert lines["lossy"] == ["2", "5.00", "0.50", *["loses", "text", "in", "3", "places"]]
    assert lines["guess"][3:5] == ["an", "estimate:"]


def test_an_empty_text_has_no_best() -> None:
    assert printed(comparison([counted("", tokenizer_for("cl100k_base"))]))[1] == ["cl100k_base", "0", "0.00", "-"]


def test_a_page_is_shown_with_what_cleaning_saves() -> None:
    assert printed(page_table([PageCost("o200k_base", 100, 40, 20, 0.8, 0.5)]))[1] == [
        "o200k_base", "100", "40", "20", "80.0%", "50.0%",
    ]  # fmt: skip
