"""HTML as an Extracted: our own walk, because only it keeps the headings' anchors, the code's lines and the tables.

Each element becomes blocks of Markdown: paragraphs, headings, lists, tables, code. No step goes deeper than
``_DEEPEST`` elements; what is nested deeper still counts, as plain text.
"""

from __future__ import annotations

import re
import textwrap
import warnings
from collections.abc import Iterator

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PageElement, PreformattedString

from retrieval.extractors.blocks import Block, fenced, indented, joined, prose
from retrieval.extractors.decoding import normalise
from retrieval.extractors.headings import humanised
from retrieval.extractors.html_page import HEADINGS, attribute, content_of, heading_text, is_dropped, one_line, title_of
from retrieval.extractors.html_table import is_layout, pipe_table
from retrieval.types import Extracted

_DEEPEST = 80
_BREAK = "\v"  # a line break inside a paragraph, until blanks have been joined
_CODE_SPANS = frozenset({"code", "kbd", "samp", "tt"})
_BLOCKS = frozenset(
    {*HEADINGS, "address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset"}
    | {"figcaption", "figure", "footer", "form", "header", "hr", "html", "legend", "li", "main", "ol", "p", "pre"}
    | {"search", "section", "summary", "table", "tbody", "td", "th", "tr", "ul"}
)
_WRAPPERS = frozenset({"article", "center", "div", "main", "section"})
_LANGUAGE = re.compile(r"\b(?:language|lang|highlight-source|highlight)-(?!default|none|text|plaintext)([\w+#]+)")


def read_html(text: str, location: str, title: str = "") -> Extracted:
    """Reads a page. ``title``, where given, goes before the page's own."""
    with warnings.catch_warnings():
        # Both suspect that the caller meant something else; a file that is named .html is HTML.
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(text, "lxml")
    blocks = list(_blocks(content_of(soup), 0))
    if not blocks:  # all of it looked like navigation: better too much than nothing
        blocks = [Block(line) for line in normalise(soup.get_text("\n")).split("\n") if line.strip()]
    shown, headings = joined(blocks)
    return Extracted(title or normalise(title_of(soup)) or humanised(location), shown, "html", headings)


def _blocks(tag: Tag, depth: int) -> Iterator[Block]:
    """The blocks of what is inside ``tag``; runs of text and inline elements between blocks are paragraphs."""
    tag = _unwrapped(tag)
    if depth > _DEEPEST:
        yield from _paragraph(tag.get_text(" "))
        return
    run = ""
    for child in tag.children:
        if not isinstance(child, Tag):
            run += _text(child)
        elif is_dropped(child):
            continue
        elif child.name in _BLOCKS or child.find(_BLOCKS):
            yield from _paragraph(run)
            run = ""
            yield from _block(child, depth + 1)
        else:
            run += _inline(child, depth + 1)
    yield from _paragraph(run)


def _unwrapped(tag: Tag) -> Tag:
    """``tag``, or the innermost of the bare wrappers that it opens: they cost no depth."""
    while True:
        children = [child for child in tag.children if isinstance(child, Tag) or _text(child).strip()]
        only = children[0] if len(children) == 1 else None
        if not isinstance(only, Tag) or only.name not in _WRAPPERS or is_dropped(only):
            return tag
        tag = only


def _block(tag: Tag, depth: int) -> Iterator[Block]:
    if tag.name in HEADINGS:
        yield from _heading(tag)
    elif tag.name == "pre":
        yield from _code(tag)
    elif tag.name in {"ul", "ol"}:
        yield from _list(tag, depth)
    elif tag.name == "table" and not is_layout(tag):
        yield from _table(tag, depth)
    elif tag.name == "blockquote":
        quoted = "\n\n".join(block.nested for block in _blocks(tag, depth))
        yield from [Block(indented("> ", "> ", quoted))] if quoted else []
    elif tag.name in {"dt", "summary"}:
        yield from (Block(f"**{one_line(block.text)}**") for block in _blocks(tag, depth))
    elif tag.name != "hr":
        yield from _blocks(tag, depth)


def _paragraph(run: str) -> Iterator[Block]:
    lines = (one_line(line) for line in run.split(_BREAK))
    text = normalise("\n".join(line for line in lines if line))
    if text:
        yield Block(prose(text))


def _inline(tag: Tag, depth: int) -> str:
    """The text of an inline element, blanks and line breaks as they came."""
    if is_dropped(tag):
        return ""
    if tag.name == "br":
        return _BREAK
    if tag.name == "img":
        return attribute(tag, "alt")
    if depth > _DEEPEST:
        return tag.get_text()
    text = "".join(_inline(child, depth + 1) if isinstance(child, Tag) else _text(child) for child in tag.children)
    if tag.name in _CODE_SPANS and text.strip():
        ticks = "``" if "`" in text else "`"
        before, after = " " * text[0].isspace(), " " * text[-1].isspace()
        return f"{before}{ticks}{one_line(text)}{ticks}{after}"
    return text


def _text(node: PageElement) -> str:
    """A text node's text; comments, declarations and the like have none."""
    return str(node) if isinstance(node, NavigableString) and not isinstance(node, PreformattedString) else ""


def _heading(tag: Tag) -> Iterator[Block]:
    title = normalise(heading_text(tag)).replace("\n", " ").strip()
    if title:
        yield Block(title, int(tag.name[1]), _own_anchor(tag))


def _own_anchor(heading: Tag) -> str:
    """The id of the heading, of an anchor inside it, or of the section that it opens."""
    inner = heading.find(["a", "span"], id=True) or heading.find("a", attrs={"name": True})
    parent = heading.parent
    section = parent if parent and parent.name in {"section", "div", "article"} else None
    if section is not None and section.find(HEADINGS) is not heading:
        section = None
    for tag in (heading, inner, section):
        anchor = (attribute(tag, "id") or attribute(tag, "name")) if isinstance(tag, Tag) else ""
        if anchor.strip():
            return "-".join(anchor.split())
    return ""


def _code(pre: Tag) -> Iterator[Block]:
    """A fence, longer than any inside, with the language that a class tells; blank lines and indentation stay."""
    lines = normalise("".join(_code_text(node) for node in pre.descendants))
    code = textwrap.dedent(lines).strip("\n")
    if code.strip():
        near = [pre, *pre.find_all("code", limit=1), *list(pre.parents)[:2]]
        found = _LANGUAGE.search(" ".join(attribute(tag, "class") for tag in near))
        yield Block(fenced(code, found[1] if found else ""))


def _code_text(node: PageElement) -> str:
    if isinstance(node, Tag):
        return "\n" if node.name == "br" else ""
    return "" if node.parent and is_dropped(node.parent) else _text(node)  # line numbers, "copied!"


def _list(tag: Tag, depth: int) -> Iterator[Block]:
    items: list[str] = []
    start = attribute(tag, "start")
    first = int(start) if start.isdecimal() else 1
    for child in tag.find_all(True, recursive=False):
        # A list that stands directly in a list, without an item, belongs to the item before it.
        stray = child.name in {"ul", "ol"} and items
        blocks = [] if is_dropped(child) else list(_block(child, depth) if stray else _blocks(child, depth))
        text = "\n".join(block.nested for block in blocks)
        marker = f"{first + len(items)}. " if tag.name == "ol" else "- "
        if stray:
            items[-1] += "\n" + indented("  ", "  ", text)
        elif text:
            items.append(indented(marker, " " * len(marker), text))
    if items:
        yield Block("\n".join(items))


def _table(tag: Tag, depth: int) -> Iterator[Block]:
    caption = tag.find("caption")
    if caption:
        yield from _paragraph(caption.get_text())
    table = pipe_table(tag, lambda cell: one_line(" ".join(block.nested for block in _blocks(cell, depth))))
    if table:
        yield Block(table)
