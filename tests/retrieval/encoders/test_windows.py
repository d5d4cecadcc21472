"""Windows over a document: together they own every passage once, and nobody is read without what is around it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.encoders.late import LEAST_TOKENS
from retrieval.encoders.windows import OVERLAP, InContext, in_context, slices, windows
from retrieval.space import LONGEST_PASSAGE

ROOM = 40


@given(st.lists(st.integers(0, ROOM // 2), max_size=60))
def test_every_passage_is_owned_once_by_a_window_that_fits_and_begins_with_what_came_before(lengths: list[int]) -> None:
    found = list(windows(lengths, ROOM))
    assert [place for _, own, end in found for place in range(own, end)] == list(range(len(lengths)))
    for first, own, end in found:
        assert first <= own < end
        assert sum(lengths[first:end]) <= ROOM
        assert (first < own) == (own > 0), "only the document's beginning has nothing before it"
        assert own - first <= 1 or sum(lengths[first:own]) <= ROOM // OVERLAP


@given(st.lists(st.integers(1, ROOM // 2), max_size=60))
def test_a_window_ends_only_where_the_next_passage_does_not_fit(lengths: list[int]) -> None:
    for first, _, end in windows(lengths, ROOM):
        assert end == len(lengths) or sum(lengths[first : end + 1]) > ROOM


def test_two_of_the_longest_passages_fit_into_the_smallest_window() -> None:
    assert 2 * LONGEST_PASSAGE <= LEAST_TOKENS


def test_a_passage_that_is_all_of_its_document_stands_by_itself() -> None:
    assert in_context(["alone"], [1], ROOM, 2) == ["alone"]
    assert in_context([], [], ROOM, 2) == []


def test_a_key_tells_apart_whatever_a_vector_depends_on() -> None:
    documents = [["a", "b"], ["a", "c"], ["b", "a"], ["a", "b", "c"], ["ab", ""]]
    texts = [text for passages in documents for text in in_context(passages, [20] * len(passages), ROOM, 2)]
    keys = [text.key for text in texts if isinstance(text, InContext)]
    assert len(set(keys)) == len(keys) == 11
    again = in_context(["a", "b"], [20, 20], ROOM, 2)
    assert [text.key for text in again if isinstance(text, InContext)] == keys[:2]


@given(st.lists(st.integers(1, 20), max_size=12), st.integers(1, 15))
def test_slices_hold_every_text_once_and_tear_no_window(documents: list[int], size: int) -> None:
    texts = [text for n in documents for text in in_context(["x"] * n, [3] * n, ROOM, 2)]
    found = list(slices(texts, size))
    assert [place for start, end in found for place in range(start, end)] == list(range(len(texts)))
    for start, end in found:
        assert end - start >= min(size, len(texts) - start)
    for _, end in found[:-1]:
        last, following = texts[end - 1], texts[end]
        assert isinstance(last, str) or isinstance(following, str) or last.window is not following.window


def test_tokens_are_those_of_the_window_with_what_is_only_there_to_be_read() -> None:
    texts = [text for text in in_context(["a", "b", "c"], [20, 10, 20], ROOM, 2) if isinstance(text, InContext)]
    assert [(text.window.passages, text.window.tokens, text.place) for text in texts] == [
        (("a", "b"), 32, 0),
        (("a", "b"), 32, 1),
        (("b", "c"), 32, 1),
    ]
    assert [(text.window.begins, text.window.ends) for text in texts] == [(True, False), (True, False), (False, True)]
