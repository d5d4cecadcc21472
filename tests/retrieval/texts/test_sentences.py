"""Where an answer may be cut."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from retrieval.texts.sentences import Unit, units

LINES = [
    "Open the door. Then close it!",
    'He said "Stop!" Then he left.',
    "(Nobody knows why.) Ask, e.g. Jane or No. 5.",
    "- a list item",
    "  2. another one. With two sentences",
    "| a | table |",
    "```python",
    "```",
    "  ~~~",
    "    indented  ",
    "",
    "   ",
    "\t",
    "no end\r",
]
passages = st.lists(st.sampled_from(LINES), max_size=14).map("\n".join) | st.text(
    "aB. !?\"'()*`~-|1\n\r\t é", max_size=80
)


def parts(passage: str) -> list[str]:
    return [passage[unit.start : unit.end] for unit in units(passage)]


@settings(max_examples=120)
@given(passages)
@example('He said "Stop!" Then he left.')
@example("text\n  ```\ncode\n  ```  \nmore")
@example("```\nnever closed")
def test_units_cover_everything_but_whitespace_and_do_not_overlap(passage: str) -> None:
    end = 0
    for unit in units(passage):
        assert unit.start >= end
        assert not passage[end : unit.start].strip()
        assert passage[unit.start : unit.end] == passage[unit.start : unit.end].strip() != ""
        end = unit.end
    assert not passage[end:].strip()


@settings(max_examples=30)
@given(passages)
def test_only_a_fence_makes_code(passage: str) -> None:
    for unit in units(passage):
        assert not unit.code or passage[unit.start : unit.end].startswith(("```", "~~~"))


def test_sentences_end_before_a_capital() -> None:
    assert parts("It costs 3.50 a day. Ask us! Why? 24 hours.") == [
        "It costs 3.50 a day.",
        "Ask us!",
        "Why?",
        "24 hours.",
    ]


def test_a_sentence_keeps_its_closing_quote_and_bracket() -> None:
    assert parts('He said "Stop!" Then he left. (So did I.) Goodbye.') == [
        'He said "Stop!"',
        "Then he left.",
        "(So did I.)",
        "Goodbye.",
    ]


@pytest.mark.parametrize(
    "text", ["Use a browser, e.g. Firefox.", "Ask Dr. Who.", "See No. 5.", "Cats, dogs etc. Also."]
)
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert parts(text) == [text]


def test_a_sentence_may_run_over_lines_but_not_over_an_empty_one() -> None:
    assert parts("one\ntwo\n\nthree") == ["one\ntwo", "three"]


def test_list_items_and_table_rows_stand_alone() -> None:
    passage = "Before:\n- one\n  goes on\n2) two\n| a | b |\n| 1 | 2 |"
    assert parts(passage) == ["Before:", "- one\n  goes on", "2) two", "| a | b |", "| 1 | 2 |"]
    assert [unit.item for unit in units(passage)] == [False, True, True, True, True]


def test_a_rule_parts_what_stands_around_it() -> None:
    assert parts("Heat\n----\nBuy a fan.") == ["Heat", "----", "Buy a fan."]


def test_a_code_block_is_one_unit_whatever_it_holds() -> None:
    passage = "Run this:\n```sh\nmake. All\n\n- not a list\n```\nDone."
    assert parts(passage) == ["Run this:", "```sh\nmake. All\n\n- not a list\n```", "Done."]
    assert [unit.code for unit in units(passage)] == [False, True, False]


def test_a_block_that_is_never_closed_goes_to_the_end() -> None:
    assert units("~~~\na\n\nb") == [Unit(0, 8, code=True)]


@pytest.mark.parametrize("passage", ["", " \n\t\n"])
def test_whitespace_has_no_units(passage: str) -> None:
    assert units(passage) == []
