"""DOCX as an Extracted: headings, paragraphs, lists, code and tables in the order of the document.

The walk goes over the XML itself, since content controls, inserted text and text boxes hold text too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import groupby

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml.etree import XMLSyntaxError, _Element

from retrieval.extractors.blocks import Block, fenced, joined, pipe_rows, prose
from retrieval.extractors.decoding import normalise
from retrieval.extractors.docx_styles import Styles
from retrieval.extractors.headings import humanised
from retrieval.extractors.zip_bounds import BrokenArchiveError, check_zip
from retrieval.types import Extracted

_BREAKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
# Formulas in one line: x^2, (a+b)/c.
_SIGNS = {f"{_MATH}sup": "^", f"{_MATH}sub": "_", f"{_MATH}num": "", f"{_MATH}den": "/", f"{_MATH}rad": "√"}
_TEXTS = frozenset({qn("w:t"), f"{_MATH}t"})
# Deleted text, the old form of what stands beside it, field codes, and text boxes, which are read on their own.
_PASSED_OVER = frozenset(
    {qn("w:del"), qn("w:moveFrom"), qn("w:instrText"), qn("w:txbxContent"), qn("w:pPr")}
    | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)
_HOLDERS = frozenset({qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:moveTo"), qn("w:customXml")})
_CODE_LIKE = re.compile(r"[{}\[\];=<>]|\w\(|^\s{2,}\S|->|::|^\s*[$#>] ", re.MULTILINE)
_DEEPEST = 100

_Line = tuple[str, Block]
"""A paragraph's or table's kind (``code``, ``mono``, ``list`` or ``""``) and what it says."""


def read_docx(data: bytes, location: str) -> Extracted:
    """Reads a Word document. Raises UnpacksTooLargeError or BrokenArchiveError; both name the file."""
    check_zip(data, location)
    try:
        document = docx.Document(io.BytesIO(data))
        reader = _Reader(document)
        blocks = list(_grouped(reader.lines(document.element.body, 0)))
    except (PackageNotFoundError, XMLSyntaxError, KeyError, ValueError, AttributeError) as error:
        raise BrokenArchiveError(f"{location} is no Word document, or damaged: save it anew as .docx.") from error
    text, headings = joined(blocks)
    first = next((heading.title for heading in headings if heading.level == 1), "")
    title = reader.title or first or " ".join(normalise(document.core_properties.title or "").split())
    return Extracted(title or humanised(location), text, "docx", headings)


def _grouped(lines: Iterator[_Line]) -> Iterator[Block]:
    """Code lines that follow each other as one fence, list items as one list."""
    for kind, group in groupby(lines, key=lambda line: line[0]):
        blocks = [block for _, block in group]
        together = "\n".join(block.text for block in blocks)
        if kind == "code" or (kind == "mono" and _CODE_LIKE.search(together)):
            yield from [Block(fenced(together.strip("\n")))] if together.strip() else []
        elif kind == "list":
            yield Block("\n".join(block.text for block in blocks if block.text))
        else:
            yield from (block for block in blocks if block.text.strip())


class _Reader:
    """One document's walk; ``title`` is what its Title paragraph says, once that was passed."""

    def __init__(self, document: Document) -> None:
        self._styles = Styles(document)
        self.title = ""

    def lines(self, holder: _Element, depth: int) -> Iterator[_Line]:
        """What is inside ``holder``, paragraph by paragraph, table by table."""
        if depth > _DEEPEST:
            return
        for child in holder:
            if child.tag == qn("w:p"):
                yield from self._paragraph(child, depth)
            elif child.tag == qn("w:tbl"):
                yield from self._table(child, depth)
            elif child.tag in _HOLDERS:
                yield from self.lines(child, depth + 1)

    def _paragraph(self, paragraph: _Element, depth: int) -> Iterator[_Line]:
        raw = normalise("".join(_texts(paragraph)))
        level = self._styles.heading_level(paragraph)
        line = " ".join(raw.split())
        if level and line:
            if not self.title and self._styles.is_title(paragraph):
                self.title = line
            yield "", Block(line, level)
        elif self._styles.is_code(paragraph):
            yield "code", Block(raw)
        elif self._styles.is_monospaced(paragraph):
            yield "mono", Block(raw)
        elif line:
            yield self._item(paragraph, line) or ("", Block(prose(_trimmed(raw))))
        for box in paragraph.iter(qn("w:txbxContent")):
            if not any(ancestor.tag in _PASSED_OVER for ancestor in box.iterancestors()):
                yield from self.lines(box, depth + 1)

    def _item(self, paragraph: _Element, line: str) -> _Line | None:
        place = self._styles.list_place(paragraph)
        if place is None:
            return None
        marker = f"{self._styles.numbering.count(place)}." if place.ordered else "-"
        return "list", Block(f"{'    ' * place.level}{marker} {line}")

    def _table(self, table: _Element, depth: int) -> Iterator[_Line]:
        """A table as Markdown; of one column it only frames its content, which is read as if it stood there."""
        rows = [_cells(row) for row in _children(table, "w:tr")]
        if max((len(row) for row in rows), default=0) < 2:
            for row in rows:
                for cell in row:
                    yield from self.lines(cell, depth + 1)
            return
        grid: list[list[str]] = []
        for row in rows:
            texts: list[str] = []
            for cell in row:
                above = grid[-1] if grid else []
                repeated = _continues(cell) and len(texts) < len(above)
                texts.append(above[len(texts)] if repeated else self._cell(cell, depth))
                texts += [""] * (_span(cell) - 1)
            grid.append(texts)
        yield "", Block(pipe_rows(grid))

    def _cell(self, cell: _Element, depth: int) -> str:
        return " ".join(block.nested.strip() for _, block in self.lines(cell, depth + 1))


def _texts(element: _Element) -> Iterator[str]:
    for child in element:
        if child.tag in _TEXTS:
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag in _SIGNS:
            inner = "".join(_texts(child))
            yield f"{_SIGNS[child.tag]}{inner if inner.isalnum() else f'({inner})'}" if inner else ""
        elif child.tag not in _PASSED_OVER:
            yield from _texts(child)


def _trimmed(text: str) -> str:
    """Lines without blanks around them, tabs and runs of blanks as one."""
    return "\n".join(line for each in text.split("\n") if (line := " ".join(each.split())))


def _children(parent: _Element, name: str) -> Iterator[_Element]:
    """The children of that name, also those in content controls."""
    for child in parent:
        if child.tag == qn(name):
            yield child
        elif child.tag in _HOLDERS:
            yield from _children(child, name)


def _cells(row: _Element) -> list[_Element]:
    return list(_children(row, "w:tc"))


def _span(cell: _Element) -> int:
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    value = span.get(qn("w:val")) or "" if span is not None else ""
    return max(1, min(int(value), 50)) if value.isdecimal() else 1


def _continues(cell: _Element) -> bool:
    """Whether the cell is the lower part of one that began above."""
    merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return merge is not None and merge.get(qn("w:val")) in (None, "continue")
