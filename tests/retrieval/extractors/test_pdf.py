"""PDFs: pages, outlines, and what cannot be read."""

from __future__ import annotations

import pytest

from retrieval.chunk import Chunker
from retrieval.extractors import pdf as extract_pdf
from retrieval.extractors.pdf import BrokenFileError, EncryptedError, NoTextLayerError, TooManyPagesError, read_pdf
from tests.documents import pdf_of
from tests.fakes import WordTokenizer

CATS = ["Cats", "Cats sleep fifteen hours.", "They eat meat."]
DOGS = ["Dogs bark at the postman."]


def test_every_passage_is_addressed_by_its_page() -> None:
    extracted = read_pdf(pdf_of([CATS, [], DOGS]), "pets.pdf")
    chunks = Chunker(WordTokenizer(), 64).chunks(extracted, "pets.pdf")
    assert [chunk.location for chunk in chunks] == ["pets.pdf#page=1", "pets.pdf#page=3"]
    assert chunks[1].embedded_text == "Pets\nDogs bark at the postman."


def test_a_title_of_the_outline_becomes_a_heading_where_the_page_shows_it() -> None:
    extracted = read_pdf(pdf_of([["Foreword."], CATS, DOGS], [("Cats", 1)]), "pets.pdf")
    assert extracted.text == (
        "Foreword.\n\n# Cats\n\nCats sleep fifteen hours.\nThey eat meat.\n\nDogs bark at the postman."
    )
    assert [(each.title, each.anchor) for each in extracted.headings] == [
        ("", "page=1"),
        ("Cats", "page=2"),
        ("", "page=3"),
    ]


def test_pages_below_a_heading_keep_it_in_their_path() -> None:
    extracted = read_pdf(pdf_of([CATS, DOGS], [("Cats", 0)]), "pets.pdf")
    chunks = Chunker(WordTokenizer(), 64).chunks(extracted, "pets.pdf")
    assert [chunk.heading for chunk in chunks] == ["Pets > Cats", "Pets > Cats"]


def test_a_title_of_the_outline_that_the_page_does_not_show_stands_before_the_page() -> None:
    extracted = read_pdf(pdf_of([DOGS], [("On dogs", 0)]), "pets.pdf")
    assert extracted.text == "# On dogs\n\nDogs bark at the postman."


def test_a_word_that_was_divided_at_the_end_of_a_line_is_one_word_again() -> None:
    assert (
        read_pdf(pdf_of([["The post-", "man runs. A-", "B stays."]]), "a.pdf").text == "The postman runs. A-\nB stays."
    )


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (pdf_of([CATS], password="secret"), EncryptedError),
        (pdf_of([[], []]), NoTextLayerError),
        (b"%PDF-1.7\nnothing more", BrokenFileError),
        (b"not a PDF at all", BrokenFileError),
        (pdf_of([CATS])[:400], BrokenFileError),
    ],
    ids=["encrypted", "scanned", "broken", "something else", "truncated"],
)
def test_what_cannot_be_read_is_refused_by_name(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"pets\.pdf"):
        read_pdf(data, "pets.pdf")


def test_too_many_pages_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract_pdf, "MOST_PAGES", 2)
    with pytest.raises(TooManyPagesError, match="3 pages"):
        read_pdf(pdf_of([DOGS, DOGS, DOGS]), "pets.pdf")
