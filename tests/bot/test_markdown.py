from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.markdown import for_discord


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
