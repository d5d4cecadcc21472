from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.outgoing.splitting import split

LIMIT = 60
PIECES = st.sampled_from(
    [
        "One sentence. ",
        "Another one? ",
        "word " * 3,
        "\n",
        "\n\n",
        "```python\n",
        "```\n",
        "x = 1\n",
        "~~~\n",
        "é" * 70,
        "。",
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join)


def marks(piece: str) -> list[str]:
    return re.findall(r"^ {0,3}(```+|~~~+)", piece, re.MULTILINE)


def words(text: str) -> str:
    """What is left when fences and blanks are taken away: nothing of it may be lost or said twice."""
    return re.sub(r"\s+", "", re.sub(r"^ {0,3}(```+|~~~+)[^\n]*$", "", text, flags=re.MULTILINE))


@given(TEXTS)
@example("One sentence. One sentence. One sentence. 。```python\nOne sentence. ")
def test_no_piece_is_too_long_or_blank_and_nothing_is_lost(text: str) -> None:
    pieces = split(text, LIMIT)
    assert all(0 < len(piece) <= LIMIT and piece.strip() for piece in pieces)
    assert words("\n".join(pieces)) == words(text)


@given(st.text(max_size=400), st.integers(40, 200))
def test_any_text_is_split_without_a_loss(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(len(piece) <= limit for piece in pieces)
    assert words("\n".join(pieces)) == words(text)


def test_a_short_text_stays_as_it_is() -> None:
    assert split("Just this.", LIMIT) == ["Just this."]
    assert split(" \n ", LIMIT) == []


def test_sentences_stay_whole() -> None:
    text = "The first sentence stands here. The second one is a bit longer than that. The third."
    assert split(text, LIMIT) == [
        "The first sentence stands here.",
        "The second one is a bit longer than that. The third.",
    ]


def test_a_block_that_fits_a_piece_is_not_torn() -> None:
    code = "```python\nprint(1)\nprint(2)\n```"
    text = f"This line introduces some code, which follows:\n{code}\nAnd then."
    assert split(text, LIMIT) == ["This line introduces some code, which follows:", f"{code}\nAnd then."]


def test_a_long_block_is_closed_and_opened_again_in_its_language() -> None:
    code = "\n".join(f"line_{number} = {number}" for number in range(12))
    pieces = split(f"```python\n{code}\n```", LIMIT)
    assert len(pieces) > 2
    for piece in pieces:
        assert piece.startswith("```python\n")
        assert piece.endswith("```")
    assert words("\n".join(pieces)) == words(code)


@pytest.mark.parametrize("word", ["x" * 500, "漢" * 500])
def test_one_endless_word_is_cut_all_the_same(word: str) -> None:
    assert "".join(split(word, LIMIT)) == word
