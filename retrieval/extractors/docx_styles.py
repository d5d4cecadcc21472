"""What Word's styles mean: how deep a heading is, which paragraphs are code, which belong to a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from docx.document import Document
from docx.oxml.ns import qn
from lxml.etree import _Element

_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_CODE = re.compile(r".*\b(?:code|preformatted|verbatim)\b|macro(?: text)?\Z|plain text\Z", re.IGNORECASE)
_MONOSPACED = re.compile(r"consolas|courier|menlo|monaco|inconsolata|\bmono\b|typewriter|sf ?mono", re.IGNORECASE)
_DEEPEST_HEADING = 6
_MOST_ANCESTORS = 12


@dataclass(frozen=True)
class ListPlace:
    """Where in which list a paragraph stands; ``level`` counts from 0."""

    list_id: str
    level: int
    ordered: bool


@dataclass
class Numbering:
    """The formats of numbered lists, and how far each has counted."""

    formats: dict[tuple[str, int], str]
    counts: dict[tuple[str, int], int] = field(default_factory=dict)

    def count(self, place: ListPlace) -> int:
        """The number of the next item at ``place``; deeper levels begin anew."""
        for key in [key for key in self.counts if key[0] == place.list_id and key[1] > place.level]:
            del self.counts[key]
        key = (place.list_id, place.level)
        self.counts[key] = self.counts.get(key, 0) + 1
        return self.counts[key]


class Styles:
    """The styles and lists of one document."""

    def __init__(self, document: Document) -> None:
        self._styles = {style.get(qn("w:styleId")): style for style in document.styles.element.iter(qn("w:style"))}
        self.numbering = Numbering(_formats(document))

    def heading_level(self, paragraph: _Element) -> int:
        """1 to 6 for a heading, 1 for the document's title, else 0."""
        for properties, name in self._chain(paragraph):
            if name.lower() == "title":
                return 1
            if found := _HEADING.fullmatch(name):
                return min(int(found[1]), _DEEPEST_HEADING)
            outline = _value(properties, "w:outlineLvl")
            if outline.isdecimal() and int(outline) < 9:
                return min(int(outline) + 1, _DEEPEST_HEADING)
        return 0

    def is_title(self, paragraph: _Element) -> bool:
        """Whether Word calls it the document's title."""
        return any(name.lower() == "title" for _, name in self._chain(paragraph))

    def is_code(self, paragraph: _Element) -> bool:
        """Whether its style is one for code."""
        return any(_CODE.match(name) for _, name in self._chain(paragraph))

    def is_monospaced(self, paragraph: _Element) -> bool:
        """Whether every run of it is set in a typewriter's face."""
        runs = [run for run in paragraph.iter(qn("w:r")) if run.find(qn("w:t")) is not None]
        fonts = (run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}") for run in runs)
        return bool(runs) and all(
            font is not None and _MONOSPACED.search(font.get(qn("w:ascii")) or "") for font in fonts
        )

    def list_place(self, paragraph: _Element) -> ListPlace | None:
        """Where it stands in a list, by its own properties or its style's; None outside of lists."""
        for properties, _ in self._chain(paragraph):
            numbers = properties.find(qn("w:numPr")) if properties is not None else None
            if numbers is None:
                continue
            list_id, level = _value(numbers, "w:numId"), _value(numbers, "w:ilvl")
            if list_id == "0":
                return None
            if list_id:
                depth = min(int(level), 8) if level.isdecimal() else 0
                number_format = self.numbering.formats.get((list_id, depth), "bullet")
                return ListPlace(list_id, depth, number_format not in {"bullet", "none"})
        return None

    def _chain(self, paragraph: _Element) -> Iterator[tuple[_Element | None, str]]:
        """Properties and style's name: the paragraph's own (without a name), its style's, and those it is based on."""
        properties = paragraph.find(qn("w:pPr"))
        yield properties, ""
        style_id = _value(properties, "w:pStyle")
        for _ in range(_MOST_ANCESTORS):
            style = self._styles.get(style_id)
            if style is None:
                return
            yield style.find(qn("w:pPr")), _value(style, "w:name")
            style_id = _value(style, "w:basedOn")


def _formats(document: Document) -> dict[tuple[str, int], str]:
    """The number format of each level of each list; {} where the document has none."""
    try:
        root = document.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return {}
    abstract = {
        (each.get(qn("w:abstractNumId")), int(level.get(qn("w:ilvl"), "0"))): _value(level, "w:numFmt")
        for each in root.iter(qn("w:abstractNum"))
        for level in each.iter(qn("w:lvl"))
    }
    return {
        (number.get(qn("w:numId")), level): name
        for number in root.iter(qn("w:num"))
        for (abstract_id, level), name in abstract.items()
        if abstract_id == _value(number, "w:abstractNumId")
    }


def _value(parent: _Element | None, name: str) -> str:
    child = parent.find(qn(name)) if parent is not None else None
    return (child.get(qn("w:val")) or "") if child is not None else ""
