"""reStructuredText as an Extracted, parsed by docutils; whatever reads other files or passes markup on is off."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from docutils import core, nodes
from docutils.utils import Reporter

from retrieval.extractors.blocks import Block, fenced, indented, joined, pipe_rows, prose
from retrieval.extractors.headings import humanised
from retrieval.extractors.markdown import read_plain
from retrieval.extractors.rst_names import teach
from retrieval.types import Extracted
from storage.errors import KnowbotError

_LONGEST_LINE = 1_000_000
_SETTINGS = {
    "_disable_config": True,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "doctitle_xform": False,
    "docinfo_xform": False,
    "sectsubtitle_xform": False,
    "smart_quotes": False,
    "syntax_highlight": "none",
    "line_length_limit": _LONGEST_LINE,
    # Where the author made a mistake, docutils leaves the source in its message: the text is read all the same.
    "report_level": Reporter.ERROR_LEVEL,
    "halt_level": Reporter.SEVERE_LEVEL + 1,
    "warning_stream": False,
}
_DEEPEST_HEADING = 6
_NO_CONTENT = (
    nodes.comment,
    nodes.decoration,
    nodes.meta,
    nodes.raw,
    nodes.substitution_definition,
    nodes.target,
    nodes.transition,
    nodes.pending,
)
_MARKUP = re.compile(r"\s*(?:\.\.\s+[\w+.:-]+::|:[\w -]+:(?:\s|$))")
_OTHER_LANGUAGES = frozenset({"code", "default", "none", "text", "code-block", "highlight"})


class BrokenMarkupError(KnowbotError):
    """docutils fails at the document's markup."""


def read_rst(text: str, location: str, title: str = "") -> Extracted:
    """Reads normalised reStructuredText. ``title``, where given, goes before the document's own.

    Raises BrokenMarkupError, which names ``location``.
    """
    if max(map(len, text.split("\n"))) > _LONGEST_LINE:  # docutils would read nothing of it
        return read_plain(text, location, title)
    teach(text)
    try:
        document = core.publish_doctree(text, settings_overrides=_SETTINGS)
    except (ValueError, LookupError, AttributeError, TypeError) as error:  # docutils' own mistakes
        raise BrokenMarkupError(f"{location} has markup that docutils cannot read ({error!s:.80}): mend it.") from error
    shown, headings = joined(block for node in document.children for block in _blocks(node, 0))
    first = next((heading.title for heading in headings if heading.level == 1), "")
    return Extracted(title or first or humanised(location), shown, "rst", headings)


def _blocks(node: nodes.Node, level: int) -> Iterator[Block]:
    """The blocks of ``node``; ``level`` is that of the section around it, 0 outside of all."""
    if isinstance(node, _NO_CONTENT) or not isinstance(node, nodes.Element):
        return
    if isinstance(node, nodes.section):
        for child in node.children:
            yield from _blocks(child, level + 1)
    elif isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
        anchors = node.parent["ids"]
        yield Block(_line(node), min(level, _DEEPEST_HEADING), anchors[0] if anchors else "")
    elif kind := next((kind for kind in _WRITERS if isinstance(node, kind)), None):
        yield from _WRITERS[kind](node, level)
    elif isinstance(node, nodes.TextElement):
        text = _inline(node).strip()
        yield from [Block(prose(text))] if text else []
    else:
        for child in node.children:
            yield from _blocks(child, level)


def _nested(node: nodes.Element, level: int, separator: str = "\n\n") -> str:
    return separator.join(block.nested for child in node.children for block in _blocks(child, level))


def _inline(node: nodes.Node) -> str:
    """The words of a text element; code keeps its ticks, a picture is its description."""
    if isinstance(node, nodes.Text):
        return str(node)
    if isinstance(node, nodes.literal):
        text = node.astext().replace("\n", " ")
        ticks = "``" if "`" in text else "`"
        return f"{ticks}{text}{ticks}" if text.strip() else ""
    if isinstance(node, nodes.image):
        return str(node.get("alt", ""))
    if isinstance(node, (nodes.raw, nodes.system_message, nodes.footnote_reference)):
        return ""
    return "".join(_inline(child) for child in node.children)


def _line(node: nodes.Node) -> str:
    return " ".join(_inline(node).split())


def _code(node: nodes.Element, level: int) -> Iterator[Block]:
    code = textwrap.dedent(node.astext()).strip("\n")
    if code.strip():
        classes: list[str] = node.get("classes", [])
        language = next((name for name in classes if name not in _OTHER_LANGUAGES), "")
        yield Block(fenced(code, language or str(node.get("language", ""))))


def _list(node: nodes.Element, level: int) -> Iterator[Block]:
    start = int(node.get("start", 1))
    items = []
    for number, item in enumerate(node.children, start):
        marker = f"{number}. " if isinstance(node, nodes.enumerated_list) else "- "
        if isinstance(item, nodes.Element) and (text := _nested(item, level, "\n")):
            items.append(indented(marker, " " * len(marker), text))
    if items:
        yield Block("\n".join(items))


def _definitions(node: nodes.Element, level: int) -> Iterator[Block]:
    """Terms in bold, each with what it means below it; fields and options alike."""
    for item in node.children:
        *terms, body = item.children
        yield Block(f"**{', '.join(filter(None, map(_line, terms)))}**")
        yield from _blocks(body, level)


def _field(node: nodes.Element, level: int) -> Iterator[Block]:
    if isinstance(node.parent, nodes.document) and node.parent.children[0] is node:
        return  # what stands before everything else is about the file: ``:orphan:``, ``:date:``
    lines = []
    for field in node.children:
        name, body = field.children
        lines.append(indented("- ", "  ", f"{_line(name)}: {_nested(_element(body), level, chr(10))}"))
    yield Block("\n".join(lines))


def _options(node: nodes.Element, level: int) -> Iterator[Block]:
    for item in node.children:
        group, body = item.children
        yield Block(f"**`{', '.join(option.astext() for option in group.children)}`**")
        yield from _blocks(body, level)


def _quote(node: nodes.Element, level: int) -> Iterator[Block]:
    text = _nested(node, level)
    yield from [Block(indented("> ", "> ", text))] if text else []


def _admonition(node: nodes.Element, level: int) -> Iterator[Block]:
    """Its kind in bold, where it has no title of its own, then what it says; a table of contents is navigation."""
    if "contents" in node["classes"]:
        return
    if not isinstance(node.children[0] if node.children else None, nodes.title):
        yield Block(f"**{node.tagname.capitalize()}**")
    for child in node.children:
        yield from [Block(f"**{_line(child)}**")] if isinstance(child, nodes.title) else _blocks(child, level)


def _bold(node: nodes.Element, level: int) -> Iterator[Block]:
    line = _line(node)
    yield from [Block(f"**{line}**")] if line else []


def _lines(node: nodes.Element, level: int) -> Iterator[Block]:
    lines = [line for line in map(_line, node.findall(nodes.line)) if line]
    yield from [Block(prose("\n".join(lines)))] if lines else []


def _picture(node: nodes.Element, level: int) -> Iterator[Block]:
    description = " ".join(str(node.get("alt", "")).split())
    yield from [Block(prose(description))] if description else []


def _note(node: nodes.Element, level: int) -> Iterator[Block]:
    """A footnote or a citation, with its label in front."""
    label, *body = node.children
    texts = [block.nested for child in body for block in _blocks(child, level)]
    yield Block(f"[{_line(label)}] {' '.join(texts)}")


def _table(node: nodes.Element, level: int) -> Iterator[Block]:
    """A cell that reaches over several columns is followed by empty ones, one that reaches down is repeated."""
    yield from (Block(f"**{_line(child)}**") for child in node.children if isinstance(child, nodes.title))
    grid: list[list[str]] = []
    reaching: dict[int, tuple[int, str]] = {}
    for row in node.findall(nodes.row):
        cells: list[str] = []
        for entry in row.children:
            while reaching.get(len(cells), (0, ""))[0]:
                rows, text = reaching[len(cells)]
                reaching[len(cells)] = (rows - 1, text)
                cells.append(text)
            cell = _element(entry)
            text = _nested(cell, level, " ")
            for column in range(int(cell.get("morecols", 0)) + 1):
                reaching[len(cells)] = (int(cell.get("morerows", 0)), text)
                cells.append("" if column else text)
        grid.append(cells)
    table = pipe_rows(grid)
    yield from [Block(table)] if table else []


def _mistaken(node: nodes.Element, level: int) -> Iterator[Block]:
    """The source that docutils could not make sense of, as it is; of what is switched off nothing."""
    if "directive disabled" in node.children[0].astext():
        return
    for source in node.findall(nodes.literal_block):
        lines = [line for line in source.astext().split("\n") if not _MARKUP.match(line)]
        text = textwrap.dedent("\n".join(lines)).strip("\n")
        yield from [Block(prose(text))] if text.strip() else []


def _element(node: nodes.Node) -> nodes.Element:
    assert isinstance(node, nodes.Element)
    return node


_Writer = Callable[[nodes.Element, int], Iterator[Block]]
_WRITERS: Mapping[type[Any], _Writer] = {
    nodes.literal_block: _code,
    nodes.doctest_block: _code,
    nodes.math_block: _code,
    nodes.bullet_list: _list,
    nodes.enumerated_list: _list,
    nodes.definition_list: _definitions,
    nodes.field_list: _field,
    nodes.option_list: _options,
    nodes.block_quote: _quote,
    nodes.line_block: _lines,
    nodes.image: _picture,
    nodes.table: _table,
    nodes.footnote: _note,
    nodes.citation: _note,
    nodes.rubric: _bold,
    nodes.caption: _bold,
    nodes.system_message: _mistaken,
    nodes.Admonition: _admonition,
    nodes.topic: _admonition,
    nodes.sidebar: _admonition,
}
