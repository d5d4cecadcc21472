"""A member's message as something to search with."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.counting.tokens import EstimateTokenizer, Tokenizer
from retrieval.query import (
    MOST_TERMS,
    EmptyQuestionError,
    PreparedQuery,
    prepare_query,
    query_terms,
)
from tests.fakes import WordTokenizer

TOKENIZERS: tuple[Tokenizer, ...] = (WordTokenizer(), EstimateTokenizer())
words = st.text("abcdefgh", min_size=1, max_size=8)
phrases = st.lists(words, min_size=1, max_size=8).map(" ".join)
sentences = st.builds(lambda phrase, end: phrase + end, phrases, st.sampled_from(["?", ".", "!"]))
messages = st.lists(sentences, min_size=1, max_size=12)
anything = st.text(max_size=100) | messages.map(" ".join) | messages.map("\n".join)


def prepared(text: str, most_words: int) -> PreparedQuery:
    tokenizer = WordTokenizer()
    return prepare_query(text, tokenizer, most_words + tokenizer.special_tokens)


class TestCleaning:
    def test_blanks_and_line_ends_become_single_blanks(self) -> None:
        assert prepared("  how do I\r\n\tbook   it? ", 9).text == "how do I book it?"

    def test_control_characters_separate_words_and_vanish(self) -> None:
        assert prepared("book\x00a\x1b\x7ftable", 9).text == "book a table"

    def test_letters_written_in_two_parts_become_one(self) -> None:
        assert prepared("cafe\u0301", 9) == PreparedQuery("café", ("café",))

    @pytest.mark.parametrize("text", ["", " \n\t ", "\x00\x07"])
    def test_nothing_to_read_is_refused_with_a_remedy(self, text: str) -> None:
        with pytest.raises(EmptyQuestionError, match="write it in words"):
            prepared(text, 9)

    def test_a_message_without_a_word_has_no_terms(self) -> None:
        assert prepared("👍 !!", 9) == PreparedQuery("👍 !!", ())

    def test_a_message_that_fits_is_left_alone_without_a_note(self) -> None:
        assert prepared("It burns. What is it?", 5) == PreparedQuery(
            "It burns. What is it?", ("it", "burns", "what", "is")
        )


class TestFollowUps:
    def test_a_message_that_points_back_is_searched_with_the_one_before_it(self) -> None:
        tokenizer = WordTokenizer()
        query = prepare_query("and on Windows?", tokenizer, 20, ("hello", "How do I install the server?"))
        assert (query.text, query.notes) == ("How do I install the server? and on Windows?", ("with_message_before",))

    def test_a_message_that_says_what_it_is_about_is_searched_alone(self) -> None:
        text = "which ports does the server need for players outside of my network"
        assert prepare_query(text, WordTokenizer(), 30, ("How do I cook rice?",)) == prepared(text, 28)

    def test_what_came_before_never_pushes_the_question_out(self) -> None:
        query = prepare_query("and on Windows?", WordTokenizer(), 6, ("one two three four five",))
        assert query.text == "one and on Windows?"


class TestReducing:
    def test_a_traceback_is_searched_by_its_error_and_says_so(self) -> None:
        frames = "Traceback (most recent call last):\n  File 'a.py', line 1\n    run()\nKeyError: 'name'"
        query = prepared(f"Why this?\n```py\n{frames}\n```", 30)
        assert (query.text, query.notes) == ("Why this? KeyError: 'name'", ("with_error_only",))

    def test_the_questions_stay_and_then_the_opening_in_the_order_they_stood(self) -> None:
        message = "My kitchen has a fire. I like tea very much. How do I put it out?"
        assert prepared(message, 12).text == "My kitchen has a fire. How do I put it out?"

    def test_the_reader_is_told(self) -> None:
        query = prepared("I like tea. How do I put it out?", 6)
        assert query.text == "How do I put it out?"
        assert query.notes == ("shortened",)
        assert query.terms == ("how", "do", "i", "put", "it", "out")

    def test_questions_in_chinese_end_without_a_blank(self) -> None:
        message = "我有一个问题。" * 30 + "怎么预订桌子？"
        assert prepare_query(message, EstimateTokenizer(), 20).text.endswith("怎么预订桌子？")

    def test_a_question_too_long_by_itself_is_cut_rather_than_dropped_for_a_thank_you(self) -> None:
        question = " ".join(f"word{number}" for number in range(50)) + "?"
        assert prepared(f"{question} Thanks!", 4).text == "word0 word1 word2 word3"

    def test_an_endless_message_is_not_dropped_for_its_last_line(self) -> None:
        assert prepared("my bot does not start since today and I am lost\nthanks", 5).text == "my bot does not start"

    def test_one_endless_word_is_cut(self) -> None:
        text = prepare_query("a" * 1000, EstimateTokenizer(), 10).text
        assert text == "a" * 40

    @settings(max_examples=40)
    @given(text=anything, tokenizer=st.sampled_from(TOKENIZERS), room=st.integers(2, 40))
    def test_the_limit_is_never_exceeded(self, text: str, tokenizer: Tokenizer, room: int) -> None:
        try:
            query = prepare_query(text, tokenizer, room + tokenizer.special_tokens)
        except EmptyQuestionError:
            assert not any(character.isprintable() and not character.isspace() for character in text)
            return
        assert tokenizer.count(query.text) <= room
        assert query.text == query.text.strip() != ""

    @settings(max_examples=40)
    @given(message=messages, room=st.integers(8, 30))
    def test_the_first_question_is_always_searched(self, message: list[str], room: int) -> None:
        """Every sentence here fits by itself; where no question was asked, it is the opening that stays."""
        first = next((sentence for sentence in message if sentence.endswith("?")), message[0])
        assert first in prepared(" ".join(message), room).text

    @settings(max_examples=40)
    @given(message=messages, room=st.integers(1, 30))
    def test_what_stays_stood_in_the_message_in_this_order(self, message: list[str], room: int) -> None:
        left = iter(" ".join(message))
        assert all(character in left for character in prepared(" ".join(message), room).text)


class TestTerms:
    def test_they_are_the_distinct_words_in_lower_case_and_in_order(self) -> None:
        assert query_terms("Book a TABLE, book a chair: #42 snake_case") == (
            "book", "a", "table", "chair", "42", "snake_case",
        )  # fmt: skip

    def test_quotes_and_operators_are_no_words(self) -> None:
        assert query_terms('"NEAR" (a* OR -b)') == ("near", "a", "or", "b")

    @settings(max_examples=40)
    @given(st.text(max_size=100) | st.lists(words, max_size=100).map(" ".join))
    def test_they_are_distinct_and_few(self, text: str) -> None:
        terms = query_terms(text)
        assert len(set(terms)) == len(terms) <= MOST_TERMS
        assert all(term in text.lower() for term in terms)
        assert bool(terms) == any(character.isalnum() or character == "_" for character in text.lower())
