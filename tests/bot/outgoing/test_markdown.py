from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outgoing.markdown import for_discord, plain


def test_a_table_becomes_lines_that_can_be_read() -> None:
    table = "| Kind | Kept |\n| --- | :---: |\n| Motion photos | yes |\n| Names \\| tags | no |\n| | only one |"
    assert for_discord(table) == "- Kind: Kept\n- Motion photos: yes\n- Names | tags: no\n- only one"


def test_rules_go_and_pictures_become_their_words() -> None:
    assert for_discord("Title\n--------\nSee ![the button](img/a.png) here\n***") == "Title\nSee the button here"


def test_code_is_left_as_it_is() -> None:
    code = "```sh\n| not | a table |\n-----\n![no](picture)\n```"
    assert for_discord(code) == code


def test_a_list_and_a_sentence_stay() -> None:
    text = "- one\n- two | three\n\nA sentence -- with dashes."
    assert for_discord(text) == text


@given(st.text(alphabet="ab |-\n`\\", max_size=80))
def test_words_are_never_lost(text: str) -> None:
    assert sorted(c for c in for_discord(text) if c in "ab") == sorted(c for c in text if c in "ab")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("click](https://evil.example) [x", r"click\](https://evil.example) \[x", id="torn link"),
        pytest.param("# **big** ||no|| `x`", r"\# \*\*big\*\* \|\|no\|\| \`x\`", id="marks"),
        pytest.param("see https://a.example/b_c_d now", "see https://a.example/b_c_d now", id="address"),
        pytest.param("a\u202eb\x00c", "abc", id="turned around"),
        pytest.param("e\u0301\u0302\u0303\u0304x", "e\u0301\u0302x", id="stacked marks"),
        pytest.param("@here <@&123456789012345678>", "@\u200bhere \\<@\u200b&123456789012345678\\>", id="pings"),
    ],
)
def test_what_people_wrote_is_shown_as_they_wrote_it(text: str, shown: str) -> None:
    assert plain(text, 200) == shown


@given(st.text(max_size=300), st.integers(min_value=2, max_value=80))
def test_a_cut_keeps_within_the_limit_and_leaves_no_escape_open(text: str, limit: int) -> None:
    cut = plain(text, limit)
    assert len(cut) <= limit
    assert "\n" not in cut
    assert not re.search(r"(?<!\\)(\\\\)*\\(…)?$", cut)


def test_a_code_block_that_is_never_closed_is_closed() -> None:
    assert for_discord("a\n```py\nb @everyone") == "a\n```py\nb @everyone\n```"
