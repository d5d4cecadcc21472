"""What a chat message says once mark-up, politeness and frames of tracebacks are gone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.texts.plain_message import is_follow_up, without_frames, without_markup, without_politeness


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ("**how** do I ~~not~~ quit", "how do I not quit"),
        ("what is ||this||", "what is this"),
        ("> quoted\n-# small\n## big", "quoted\nsmall\nbig"),
        ("[the docs](https://a.example/b) at <https://c.example>", "the docs at https://c.example"),
        ("run </kb add:123456>", "run /kb add"),
        ("```py\nprint(1)\n```", "\nprint(1)\n\n"),
    ],
)
def test_mark_up_becomes_text(posted: str, said: str) -> None:
    assert without_markup(posted) == said


@pytest.mark.parametrize(
    "text", ["what is `__init__`", "2 ** 3 and 4 ** 5", "a < b and c > d", "array[0](x)", "a || b"]
)
def test_what_only_looks_like_mark_up_stays(text: str) -> None:
    assert without_markup(text) == text


@pytest.mark.parametrize("posted", ["<@12> how <#34> now", "<@&5> how <:fire:99> now", "how <t:1700000000:R> now"])
def test_who_is_called_and_emoji_of_a_server_say_nothing(posted: str) -> None:
    assert without_markup(posted).split() == ["how", "now"]


@pytest.mark.parametrize(
    "message",
    [
        "Hi all, how do I install it?",
        "hello everyone! how do I install it? Thanks in advance!",
        "Good morning, how do I install it? thank you so much :)",
        "hey how do I install it?\nthx",
    ],
)
def test_greetings_and_thanks_around_a_question_go(message: str) -> None:
    assert without_politeness(message) == "how do I install it?"


@pytest.mark.parametrize(
    "message", ["hello", "good morning everyone", "thanks, that helped!", "how do I say thank you"]
)
def test_a_message_that_is_a_greeting_stays_one(message: str) -> None:
    assert without_politeness(message) == message


def test_a_traceback_is_what_it_ends_with() -> None:
    posted = "help\nTraceback (most recent call last):\n  File \"a.py\", line 1\n    run()\nKeyError: 'name'\nwhy?"
    assert without_frames(posted) == "help\nKeyError: 'name'\nwhy?"


def test_frames_of_java_go_and_its_error_stays() -> None:
    posted = "java.io.IOException: full\n\tat a.b(C.java:1)\n\tat d.e(F.java:2)\n\t... 3 more\nwhat now?"
    assert without_frames(posted) == "java.io.IOException: full\nwhat now?"


@pytest.mark.parametrize("text", ["and on Windows?", "what about docker", "how do I install it?", "why?"])
def test_messages_that_point_back_are_follow_ups(text: str) -> None:
    assert is_follow_up(text)


def test_a_message_that_says_what_it_is_about_is_none() -> None:
    assert not is_follow_up("which ports does the server need for players outside of my network")


@settings(max_examples=40)
@given(st.text("abc \n*`<>@#|~.,!?/[]()", max_size=80))
def test_nothing_is_ever_added_but_line_ends_of_a_fence(text: str) -> None:
    left = iter(text + "\n" * len(text))
    said = without_politeness(without_frames(without_markup(text))).replace("\n", "")
    assert all(character in left for character in said)


@pytest.mark.parametrize(
    "piece", ["**", ".", "\n", "```", "<", "[", " at ", "thanks ", "||a", "Traceback (most recent call last):\n"]
)
def test_four_thousand_characters_of_anything_take_no_time(piece: str) -> None:
    started = time.perf_counter()
    without_politeness(without_frames(without_markup(piece * (4000 // len(piece)))))
    assert time.perf_counter() - started < 1.0
