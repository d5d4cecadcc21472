"""Quotes: the sentences that answer, word for word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.answer import NEAR_THE_BEST, Wanted, cite, near_the_best
from retrieval.reading import MOST_SOURCES, Encode
from retrieval.texts.stretch import ENOUGH, LONGEST_QUOTE
from storage.records import Matrix
from tests.fakes import a_candidate, a_chunk

QUESTION = Wanted(np.array([1, 0], dtype=np.float32), {})
NEAR = "Tables are booked by phone."

LINES = ["Call us. Ask for Jane!", "Really? Yes.", "- an item", "| a | b |", "```", "---", "", "lorem ipsum " * 80]
texts_of_chunks = st.lists(st.sampled_from(LINES) | st.text("ab. \nC!?", max_size=20), max_size=6).map("\n".join)


def nearness(cosines: Mapping[str, float]) -> Encode:
    """Sentences at the given cosine to QUESTION; all others stand at a right angle to it."""

    def encode(texts: Sequence[str]) -> Matrix:
        near = np.array([cosines.get(text, 0.0) for text in texts], dtype=np.float32)
        return np.column_stack([near, np.sqrt(1 - near**2)])

    return encode


def by_checksum(texts: Sequence[str]) -> Matrix:
    """Directions that look random and are the same for the same text."""
    angles = [sum(map(ord, text)) % 628 / 100 for text in texts]
    return np.array([[np.cos(angle), np.sin(angle)] for angle in angles], dtype=np.float32)


def quote(text: str, cosines: Mapping[str, float]) -> str:
    (citation,) = cite([a_candidate(a_chunk(text), 0.9)], QUESTION, nearness(cosines))
    return citation.quote


class TestQuote:
    def test_the_nearest_sentence_is_quoted_without_its_strange_neighbours(self) -> None:
        assert quote(f"We like tea. {NEAR} Dogs bark.", {NEAR: 0.9}) == NEAR

    def test_neighbours_that_say_what_it_is_about_come_along_as_they_stand(self) -> None:
        text = f"We like tea. {NEAR}\nAsk for Jane. Dogs bark."
        assert quote(text, {NEAR: 0.9, "Ask for Jane.": 0.3}) == f"{NEAR}\nAsk for Jane."

    def test_it_stops_at_the_first_neighbour_that_does_not_matter(self) -> None:
        assert quote(f"{NEAR} Dogs bark. Ask for Jane.", {NEAR: 0.9, "Ask for Jane.": 0.8}) == NEAR

    def test_where_there_is_enough_a_neighbour_has_to_be_nearly_as_good(self) -> None:
        long = "L" + "l" * (ENOUGH - len(NEAR)) + "."
        assert quote(f"{NEAR} {long}", {NEAR: 0.9, long: 0.7}) == NEAR
        assert quote(f"{NEAR} {long}", {NEAR: 0.9, long: 0.8}) == f"{NEAR} {long}"

    def test_what_only_repeats_is_left_out(self) -> None:
        again = "Tables are booked, by phone!"
        assert quote(f"{NEAR} {again}", {NEAR: 0.9, again: 0.9}) == NEAR

    def test_a_list_comes_whole_with_its_introduction(self) -> None:
        text = "We like tea.\n\nCall one of these:\n\n- Jane\n- Joe\n- the cook"
        assert quote(text, {"- Joe": 0.9}) == "Call one of these:\n\n- Jane\n- Joe\n- the cook"

    def test_neither_a_label_nor_an_introduction_is_left_at_an_edge(self) -> None:
        text = f"Opening hours\n\n{NEAR}\n\nAsk for one of these:\n\n{'x' * 600}"
        near = {NEAR: 0.9, "Opening hours": 0.5, "Ask for one of these:": 0.5}
        assert quote(text, near) == NEAR

    def test_code_comes_with_the_sentence_that_introduces_it(self) -> None:
        text = f"{NEAR}\n```\ndial 42\n```\nDogs bark."
        assert quote(text, {NEAR: 0.9}) == f"{NEAR}\n```\ndial 42\n```"

    def test_code_by_itself_has_to_be_much_nearer_than_a_sentence(self) -> None:
        code = "```\ndial 42\n```"
        text = f"{NEAR} Dogs bark.\n{code}"
        assert quote(text, {code: 0.65, NEAR: 0.5}) == NEAR
        assert quote(text, {code: 0.75, NEAR: 0.1, "Dogs bark.": -0.9}) == code

    def test_code_that_stands_before_was_introduced_by_something_else(self) -> None:
        assert quote(f"```\ndial 42\n```\n{NEAR}", {NEAR: 0.9}) == NEAR

    def test_a_neighbour_is_taken_that_just_fits(self) -> None:
        just = "J" + "j" * (LONGEST_QUOTE - len(NEAR) - 3) + "."
        assert len(quote(f"{NEAR} {just}", {NEAR: 0.9, just: 0.8})) == LONGEST_QUOTE
        assert quote(f"{NEAR} J{just}", {NEAR: 0.9, f"J{just}": 0.8}) == NEAR

    def test_the_better_neighbour_is_taken_where_there_is_no_room_for_both(self) -> None:
        before, after = "B" + "b" * 400 + ".", "A" + "a" * 400 + "."
        assert quote(f"{before} {NEAR} {after}", {before: 0.75, NEAR: 0.9, after: 0.8}) == f"{NEAR} {after}"

    def test_rare_words_of_the_question_count_in_a_sentence_and_in_its_heading(self) -> None:
        wanted = Wanted(QUESTION.vector, {"fax": 4.0, "by": 0.0001})
        candidate = a_candidate(a_chunk(f"{NEAR} Or by fax.", 1), 0.9)
        other = a_candidate(a_chunk(NEAR.replace("phone", "mail"), 2, heading="Fax"), 0.9)
        encode = nearness({NEAR: 0.5, "Or by fax.": 0.4, "Tables are booked by mail.": 0.35})
        first, second = cite([other, candidate], wanted, encode)
        assert first.quote == f"{NEAR} Or by fax."
        assert second.quote == "Tables are booked by mail."
        assert cite([other, a_candidate(a_chunk(NEAR, 3), 0.9)], wanted, encode)[0].quote == second.quote

    def test_a_sentence_too_long_is_cut_at_a_blank(self) -> None:
        text = "word " * 300
        assert quote(text, {text.strip(): 0.9}) == ("word " * 120).strip()

    def test_a_word_too_long_is_cut_anywhere(self) -> None:
        assert quote("w" * 1000, {"w" * 1000: 0.9}) == "w" * LONGEST_QUOTE

    def test_a_table_row_brings_its_head_across_the_rule_between_them(self) -> None:
        table = "| table | phone |\n| --- | --- |\n| by the window | 42 |"
        assert quote(table, {"| table | phone |": 0.7, "| by the window | 42 |": 0.9}) == table

    def test_a_rule_is_no_answer(self) -> None:
        assert quote(f"{NEAR}\n\n---\n\nDogs bark.", {"---": 0.9, NEAR: 0.5, "Dogs bark.": -1.0}) == NEAR


class TestSources:
    def test_one_for_each_document_and_no_more_than_three(self) -> None:
        scored = [(1, 0.9), (1, 0.8), (2, 0.7), (3, 0.6), (4, 0.5)]
        found = [a_candidate(a_chunk(f"text {fused}", document), fused) for document, fused in scored]
        citations = cite(found, QUESTION, nearness({}))
        assert [citation.chunk.document_id for citation in citations] == [1, 2, 3]
        assert [citation.quote for citation in citations] == ["text 0.9", "text 0.7", "text 0.6"]
        assert [citation.score for citation in citations] == [0.9, 0.7, 0.6]

    def test_the_passage_whose_sentence_answers_best_is_number_one(self) -> None:
        found = [a_candidate(a_chunk("We like tea.", 1), 0.9), a_candidate(a_chunk(NEAR, 2), 0.85)]
        first, second = cite(found, QUESTION, nearness({"We like tea.": 0.3, NEAR: 0.4}))
        assert (first.number, first.quote, second.number) == (1, NEAR, 2)

    def test_a_passage_found_far_behind_stays_behind(self) -> None:
        found = [a_candidate(a_chunk("We like tea.", 1), 0.9), a_candidate(a_chunk(NEAR, 2), 0.7)]
        first, _ = cite(found, QUESTION, nearness({"We like tea.": 0.3, NEAR: 0.4}))
        assert first.quote == "We like tea."

    def test_a_later_passage_has_to_be_clearly_better(self) -> None:
        found = [a_candidate(a_chunk("We like tea.", 1), 0.9), a_candidate(a_chunk(NEAR, 2), 0.85)]
        first, _ = cite(found, QUESTION, nearness({"We like tea.": 0.37, NEAR: 0.4}))
        assert first.quote == "We like tea."

    def test_they_are_called_by_their_heading_or_else_by_their_document(self) -> None:
        found = [a_candidate(a_chunk("a", 1, heading="Booking"), 0.9), a_candidate(a_chunk("b", 2), 0.8)]
        headed, bare = cite(found, QUESTION, nearness({}))
        assert (headed.title, headed.location) == ("Booking", "1.md#1")
        assert (bare.title, bare.location) == ("Document 2", "2.md#1")

    def test_two_passages_that_say_the_same_are_shown_once(self) -> None:
        text = "Tables are booked by phone. Call between nine and five on any day but Monday, and ask for Jane or Joe."
        copy = text.replace("Joe", "Jim")
        found = [
            a_candidate(a_chunk(each, number), 1 - number / 10)
            for number, each in enumerate([text, copy, "Dogs bark."])
        ]
        assert [c.chunk.document_id for c in cite(found, QUESTION, nearness({NEAR: 0.9}))] == [0, 2]

    def test_two_quotes_that_say_the_same_are_shown_once(self) -> None:
        found = [a_candidate(a_chunk(f"{NEAR} Dogs bark {'often ' * 99}", 1), 0.9), a_candidate(a_chunk(NEAR, 2), 0.8)]
        assert [c.chunk.document_id for c in cite(found, QUESTION, nearness({NEAR: 0.9}))] == [1]

    def test_only_what_was_found_near_the_best_is_a_source_of_an_answer(self) -> None:
        best, near, far = (a_candidate(a_chunk("text", n), 0.9 - n * NEAR_THE_BEST * 0.9) for n in range(3))
        assert near_the_best([best, near, far]) == [best, near]
        assert near_the_best([]) == []

    def test_nothing_found_is_nothing_cited(self) -> None:
        assert cite([], QUESTION, by_checksum) == ()
        assert cite([a_candidate(a_chunk(" \n"), 0.9)], QUESTION, by_checksum) == ()


@settings(max_examples=50)
@given(st.lists(st.tuples(texts_of_chunks, st.integers(1, 5), st.floats(0, 1.3)), max_size=6))
def test_every_quote_stands_word_for_word_in_its_passage(drawn: list[tuple[str, int, float]]) -> None:
    found = [a_candidate(a_chunk(text, document), fused) for text, document, fused in drawn]
    found.sort(key=lambda candidate: -candidate.fused)
    citations = cite(found, QUESTION, by_checksum)
    assert [citation.number for citation in citations] == list(range(1, len(citations) + 1))
    assert len({citation.chunk.document_id for citation in citations}) == len(citations) <= MOST_SOURCES
    for citation in citations:
        assert citation.quote in citation.chunk.text
        assert 0 < len(citation.quote) <= 600
        assert citation.quote == citation.quote.strip()
