"""Presentations: slide by slide, with everything a reader sees and what the speaker noted."""

from __future__ import annotations

import io

import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.presentation import Presentation
from pptx.util import Inches

from retrieval.chunk import Chunker
from retrieval.extractors.pptx import read_pptx
from retrieval.extractors.zip_bounds import BrokenArchiveError
from tests.documents import docx_of
from tests.fakes import WordTokenizer

TITLE_AND_CONTENT, BLANK = 1, 6
BOX = (Inches(1), Inches(1), Inches(4), Inches(1))


def saved(presentation: Presentation) -> bytes:
    written = io.BytesIO()
    presentation.save(written)
    return written.getvalue()


def test_a_slide_is_its_title_bullets_tables_and_notes() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_AND_CONTENT])
    slide.shapes.title.text = "Cats"
    frame = slide.placeholders[1].text_frame
    frame.text = "They sleep"
    inner = frame.add_paragraph()
    inner.text, inner.level = "long", 1
    table = slide.shapes.add_table(2, 2, *BOX).table
    for number, text in enumerate(["name", "age", "Tom", "3"]):
        table.cell(number // 2, number % 2).text = text
    slide.notes_slide.notes_text_frame.text = "Say that they purr."
    extracted = read_pptx(saved(deck), "cats.pptx")
    assert extracted.title == "Cats"
    assert extracted.text == (
        "# Cats\n\n- They sleep\n  - long\n\n| name | age |\n| --- | --- |\n| Tom | 3 |\n\nSay that they purr."
    )


def test_every_passage_is_addressed_by_its_slide_also_without_a_title() -> None:
    deck = pptx.Presentation()
    for text in ("Cats sleep.", "", "Dogs bark."):
        slide = deck.slides.add_slide(deck.slide_layouts[BLANK])
        if text:
            slide.shapes.add_textbox(*BOX).text_frame.text = text
    chunks = Chunker(WordTokenizer(), 64).chunks(read_pptx(saved(deck), "pets.pptx"), "pets.pptx")
    assert [(chunk.location, chunk.text) for chunk in chunks] == [
        ("pets.pptx#slide=1", "Cats sleep."),
        ("pets.pptx#slide=3", "Dogs bark."),
    ]


def test_a_chart_is_the_table_of_its_figures() -> None:
    data = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = ["2024", "2025"]
    data.add_series("Cats", (3, 4.5))  # type: ignore[no-untyped-call]
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[BLANK])
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data)
    assert read_pptx(saved(deck), "a.pptx").text == "|  | Cats |\n| --- | --- |\n| 2024 | 3 |\n| 2025 | 4.5 |"


@pytest.mark.parametrize("data", [b"", b"PK", docx_of("x"), saved(pptx.Presentation())[:9_000]])
def test_what_is_no_presentation_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(BrokenArchiveError, match=r"a\.pptx"):
        read_pptx(data, "a.pptx")
