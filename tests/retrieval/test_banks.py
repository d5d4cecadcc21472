"""The built-in lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from retrieval.banks import off_topic_lines, small_talk_lines

Bank = Callable[[], tuple[str, ...]]
BANKS = pytest.mark.parametrize("bank", [off_topic_lines, small_talk_lines])


def test_there_are_enough_lines_to_fit_on() -> None:
    assert len(off_topic_lines()) >= 300
    assert len(small_talk_lines()) >= 100


@BANKS
def test_no_line_stands_there_twice_in_whatever_spelling(bank: Bank) -> None:
    spellings = Counter(" ".join(line.casefold().split()) for line in bank())
    assert [line for line, times in spellings.items() if times > 1] == []


def test_no_line_is_both_off_topic_and_small_talk() -> None:
    assert set(off_topic_lines()) & set(small_talk_lines()) == set()


@BANKS
def test_a_line_is_what_a_member_would_write(bank: Bank) -> None:
    """No comments, no blanks around it, and no longer than a model of 128 tokens reads."""
    for line in bank():
        assert line == line.strip() != ""
        assert not line.startswith("#")
        assert line.isprintable()
        assert len(line.split()) <= 60
