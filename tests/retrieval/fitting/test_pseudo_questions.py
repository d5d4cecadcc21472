"""The questions that a corpus asks of itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.fitting.pseudo_questions import EACH_KIND, PseudoQuestion, pseudo_questions
from storage.records import Chunk
from tests.fakes import a_chunk

words = st.text("abcdefgh", min_size=1, max_size=6)
phrases = st.lists(words, max_size=14).map(" ".join)
texts = st.lists(phrases, max_size=4).map(". ".join)
corpora = st.lists(st.tuples(st.integers(1, 6), phrases, texts), max_size=14).map(
    lambda drawn: [a_chunk(text, document, heading, number) for number, (document, heading, text) in enumerate(drawn)]
)
PRINT_QUESTIONS = """
from retrieval.fitting.pseudo_questions import pseudo_questions
from tests.fakes import a_chunk
text = "alpha{0} beta gamma{0} delta epsilon{0} zeta eta{0} theta iota"
print(pseudo_questions([a_chunk(text.format(number), number, f"How to {number} do") for number in range(9)]))
"""


def words_of(text: str) -> list[str]:
    return re.findall(r"[\w'-]+", text.lower())


def stands_in(question: str, source: str) -> bool:
    """True if the words of ``question`` occur in ``source`` in the same order."""
    left = iter(words_of(source))
    return all(word in left for word in words_of(question))


@settings(max_examples=25)
@given(corpora, st.integers(0, 3))
def test_the_same_corpus_gives_the_same_questions(chunks: list[Chunk], seed: int) -> None:
    assert pseudo_questions(chunks, seed) == pseudo_questions(chunks, seed)


def test_they_are_the_same_in_every_process() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PRINT_QUESTIONS],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert b"PseudoQuestion" in outputs.pop()


@settings(max_examples=25)
@given(corpora)
def test_each_is_made_of_its_own_document(chunks: list[Chunk]) -> None:
    for question in pseudo_questions(chunks):
        own = [chunk for chunk in chunks if chunk.document_id == question.document_id]
        assert any(stands_in(question.text, source) for chunk in own for source in (chunk.heading, chunk.text))


def test_a_heading_of_three_words_loses_one() -> None:
    (question,) = pseudo_questions([a_chunk("short", 7, heading="Book a table")])
    assert question.document_id == 7
    assert question.text in ("Book a", "Book table", "a table")


def test_of_a_path_of_headings_the_last_one_asks() -> None:
    (question,) = pseudo_questions([a_chunk("short", heading="Restaurant guide > Your visit > Book a table")])
    assert question.text in ("Book a", "Book table", "a table")


def test_a_heading_of_two_words_is_no_question() -> None:
    assert pseudo_questions([a_chunk("short", heading="Get started")]) == []


def test_a_heading_is_asked_once_however_many_passages_it_has() -> None:
    chunks = [a_chunk("short", 1, "Book a table", number) for number in range(5)]
    assert len(pseudo_questions(chunks)) == 1


def test_a_sentence_of_six_words_loses_half() -> None:
    """Its words are too short to be drawn for their rarity."""
    (question,) = pseudo_questions([a_chunk("ab cd ef gh ij kl.", 3)])
    assert question.document_id == 3
    assert len(question.text.split()) == 3
    assert stands_in(question.text, "ab cd ef gh ij kl")


def test_rare_words_are_drawn_more_often_than_common_ones() -> None:
    """No sentence here is short enough to be asked, so that every question is of the third kind."""
    common = [f"common{number}" for number in range(13)]
    rare = [[f"rare{number}x{chunk}" for number in range(13)] for chunk in range(EACH_KIND)]
    chunks = [a_chunk(" ".join(common + own), number) for number, own in enumerate(rare)]
    drawn = [word for question in pseudo_questions(chunks) for word in question.text.split()]
    assert sum(word.startswith("rare") for word in drawn) > 3 * sum(word.startswith("common") for word in drawn)


def test_of_each_kind_there_are_no_more_than_the_limit_and_each_of_another_passage() -> None:
    chunks = [
        a_chunk(f"Number{n} here goes one quite long sentence about{n} things", n, f"How to do {n}", n)
        for n in range(EACH_KIND + 50)
    ]
    questions = pseudo_questions(chunks)
    kinds = [questions[start : start + EACH_KIND] for start in range(0, len(questions), EACH_KIND)]
    assert [len(kind) for kind in kinds] == [EACH_KIND] * 3
    for kind in kinds:
        assert len({question.document_id for question in kind}) == EACH_KIND


def test_another_seed_asks_otherwise() -> None:
    chunks = [a_chunk("one two three four five six seven eight nine ten.", n) for n in range(5)]
    assert pseudo_questions(chunks, seed=1) != pseudo_questions(chunks, seed=2)


def test_an_empty_corpus_asks_nothing() -> None:
    nothing: list[PseudoQuestion] = []
    assert pseudo_questions([]) == nothing
