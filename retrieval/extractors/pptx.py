"""PPTX as an Extracted: slide by slide, each named by its number (``talk.pptx#slide=3``), its title as a heading."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

import pptx
from lxml import etree
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PackageNotFoundError
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.slide import Slide
from pptx.table import Table
from pptx.text.text import TextFrame

from retrieval.extractors.blocks import Block, joined, mark, pipe_rows, prose
from retrieval.extractors.decoding import normalise
from retrieval.extractors.headings import humanised
from retrieval.extractors.zip_bounds import BrokenArchiveError, check_zip
from retrieval.types import Extracted

_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_FURNITURE = frozenset({PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER})
_BULLETED = frozenset({PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY})


def read_pptx(data: bytes, location: str) -> Extracted:
    """Reads a presentation. Raises UnpacksTooLargeError or BrokenArchiveError; both name the file."""
    check_zip(data, location)
    try:
        presentation = pptx.Presentation(io.BytesIO(data))
        slides = list(presentation.slides)
        blocks = [block for number, slide in enumerate(slides, 1) for block in _slide(slide, number)]
        declared = " ".join(normalise(presentation.core_properties.title or "").split())
    except (PackageNotFoundError, etree.XMLSyntaxError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise BrokenArchiveError(f"{location} is no presentation, or damaged: save it anew as .pptx.") from error
    text, headings = joined(blocks)
    first = next((heading.title for heading in headings if heading.title), "")
    known = declared if declared.casefold() in text.casefold() else ""
    return Extracted(known or first or humanised(location), text, "pptx", headings)


def _slide(slide: Slide, number: int) -> Iterator[Block]:
    title = slide.shapes.title
    heading = " ".join(normalise(title.text_frame.text).split()) if title is not None else ""
    body = [block for shape in slide.shapes if shape != title for block in _shape(shape)]
    body += list(_notes(slide))
    if heading:
        yield Block(heading, 1, f"slide={number}")
    elif body:
        yield mark(f"slide={number}")
    yield from body


def _shape(shape: BaseShape) -> Iterator[Block]:
    if isinstance(shape, GroupShape):
        for each in shape.shapes:
            yield from _shape(each)
    elif isinstance(shape, GraphicFrame):
        if shape.has_table:
            yield from _table(shape.table)
        elif shape.has_chart:
            yield from _chart(shape.chart_part.blob)
    elif shape.has_text_frame:
        kind = shape.placeholder_format.type if shape.is_placeholder else None
        if kind not in _FURNITURE:
            yield from _text(shape.text_frame, bulleted=kind in _BULLETED)  # type: ignore[attr-defined]


def _text(frame: TextFrame, bulleted: bool) -> Iterator[Block]:
    """Paragraphs; several in a place for bullets are a list, as deep as they are indented."""
    paragraphs = [(each.level, normalise(each.text).strip()) for each in frame.paragraphs]
    shown = [(level, " ".join(text.split())) for level, text in paragraphs if text]
    if bulleted and len(shown) > 1:
        yield Block("\n".join(f"{'  ' * level}- {text}" for level, text in shown))
    else:
        yield from (Block(prose(text)) for _, text in shown)


def _table(table: Table) -> Iterator[Block]:
    """A merged cell is repeated downwards and left empty sideways."""
    grid: list[list[str]] = []
    for row in table.rows:
        cells = list(row.cells)
        texts = [normalise(cell.text) for cell in cells]
        above = grid[-1] if grid else []
        for column, cell in enumerate(cells):
            if cell.is_spanned and above and not texts[column]:
                upper = table.cell(len(grid) - 1, column)
                texts[column] = above[column] if upper.is_merge_origin or upper.is_spanned else ""
        grid.append(texts)
    yield from _grid(grid)


def _chart(source: bytes) -> Iterator[Block]:
    """The figures behind the picture, by category, whatever kind of chart it is."""
    series = list(etree.fromstring(source).iter(f"{_CHART}ser"))
    header = ["", *(" ".join(_points(each, "tx").values()) for each in series)]
    columns = [_points(each, "val") or _points(each, "yVal") for each in series]
    categories = next((found for each in series if (found := _points(each, "cat") or _points(each, "xVal"))), {})
    places = sorted({place for column in columns for place in column})
    rows = [[categories.get(place, ""), *(column.get(place, "") for column in columns)] for place in places]
    yield from _grid([header, *rows] if rows else [])


def _points(series: etree._Element, name: str) -> dict[int, str]:
    """The values of one part of a series, by their place."""
    part = series.find(f"{_CHART}{name}")
    found = part.iter(f"{_CHART}pt") if part is not None else ()
    return {int(point.get("idx") or 0): normalise("".join(point.itertext())).strip() for point in found}


def _grid(grid: Iterable[list[str]]) -> Iterator[Block]:
    table = pipe_rows(list(grid))
    yield from [Block(table)] if table else []


def _notes(slide: Slide) -> Iterator[Block]:
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    text = normalise(frame.text).strip() if frame is not None else ""
    yield from [Block(prose(text))] if text else []
