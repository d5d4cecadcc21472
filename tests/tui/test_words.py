"""Times, sizes and places as people say them."""

from __future__ import annotations

from typing import get_args

import pytest

from retrieval.types import Note
from tests.tui.building import DAY, HOUR, NOW
from tui.times import duration, short_time
from tui.widgets.axes import whole_ticks
from tui.words import NOTES, bar, count, many_lines, one_line, share, short_model, short_places


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (None, "never"),
        (NOW, "14:05"),
        (NOW - 14 * HOUR, "00:05"),
        (NOW - 15 * HOUR, "yesterday"),
        (NOW - 3 * DAY, "9 Mar"),
        (NOW - 400 * DAY, "2025-02-05"),
    ],
)
def test_short_times(at: float | None, said: str) -> None:
    assert short_time(at, NOW) == said


def test_durations_are_rough() -> None:
    assert [duration(s) for s in (0.2, 61, 125, 7300, 90_000, 4 * DAY)] == [
        "0 s", "61 s", "2 min", "2 h", "25 h", "4 days",
    ]  # fmt: skip


def test_places_are_as_short_as_tells_them_apart() -> None:
    assert short_places(["/a/b/docs", "/a/c/docs", "/a/faq"]) == {
        "/a/b/docs": "…/b/docs",
        "/a/c/docs": "…/c/docs",
        "/a/faq": "…/faq",
    }
    assert short_places(["/docs", "docs"]) == {"/docs": "/docs", "docs": "docs"}


def test_counts_shares_and_bars() -> None:
    assert (count(1, "document"), count(1204, "document")) == ("1 document", "1,204 documents")
    assert (share(1, 0), share(1, 3)) == ("0 %", "33 %")
    assert (bar(1, 2, 4), bar(0, 0, 2), bar(9, 2, 2)) == ("██░░", "░░", "██")
    assert short_model("sentence-transformers/all-MiniLM-L6-v2") == "all-MiniLM-L6-v2"


def test_what_drives_a_terminal_is_taken_out() -> None:
    assert one_line("a\x1b[2J\nb\u202ec\td") == "a [2J b c d"
    assert many_lines("a\r\nb\x07") == "a\nb "


@pytest.mark.parametrize(
    ("highest", "ticks"), [(1, [0, 1]), (22, [0, 10, 20]), (37_000, [0, 10_000, 20_000, 30_000]), (0, [0])]
)
def test_ticks_are_few_and_whole(highest: float, ticks: list[float]) -> None:
    assert whole_ticks(highest)[0] == ticks


def test_whatever_the_engine_notes_of_an_answer_has_words() -> None:
    assert set(NOTES) == set(get_args(Note))
