"""Markdown and plain text as an Extracted: readable prose, code untouched, headings with their anchors."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.token import Token

from retrieval.extractors.headings import Anchors, humanised
from retrieval.extractors.markdown_flavours import plain_markdown
from retrieval.extractors.markdown_prose import readable
from retrieval.types import Extracted, Heading

_FRONT_MATTER = re.compile(r"\A(?P<mark>---|\+\+\+)\n(?P<body>(?:[\w\"'#\- \t].*\n|\n)*?)(?:(?P=mark)|\.\.\.)(?:\n|\Z)")
_TITLE_LINE = re.compile(r"^title[ \t]*[:=][ \t]*(?P<quote>[\"']?)(?P<title>.{1,300}?)(?P=quote)[ \t]*$", re.MULTILINE)
_OWN_ANCHOR = re.compile(r"(?<![ \t])[ \t]*+\{:?[ \t]*#(?P<anchor>[^\s{}]+)[^{}]*\}[ \t]*#*$", re.MULTILINE)
_HASHES = re.compile(r"\A#+(?=\s|\Z)|\s#+\Z")
_LONGEST_TITLE = 300

# Inline parsing is the slow half and is needed for titles only.
_BLOCKS = MarkdownIt("commonmark").disable("inline")
_INLINE = MarkdownIt("commonmark", {"html": False})


def read_markdown(text: str, location: str, title: str = "") -> Extracted:
    """Reads normalised Markdown. ``title``, where given, goes before the document's own."""
    front_title, body = _split_front_matter(text)
    shown, headings = _emit(plain_markdown(body).strip("\n"))
    first = next((heading.title for heading in headings if heading.level == 1), "")
    return Extracted(html.unescape(title) or front_title or first or humanised(location), shown, "markdown", headings)


def read_plain(text: str, location: str, title: str = "") -> Extracted:
    """Reads normalised plain text, which has no headings."""
    return Extracted(title or humanised(location), text.strip("\n"), "text")


def plain_title(markdown: str) -> str:
    """The words of a heading without ticks, emphasis and links."""
    tokens = _INLINE.parseInline(markdown[:_LONGEST_TITLE])
    words = "".join(" " if token.type.endswith("break") else token.content for token in tokens[0].children or ())
    return " ".join(words.split())


def _split_front_matter(text: str) -> tuple[str, str]:
    """The title that the front matter gives, if any, and the text without it."""
    front = _FRONT_MATTER.match(text)
    if front is None or not re.search(r"^[\w-]+[ \t]*[:=]", front["body"], re.MULTILINE):
        return "", text
    found = _TITLE_LINE.search(front["body"])
    return (plain_title(found["title"]) if found else ""), text[front.end() :]


def _emit(markdown: str) -> tuple[str, tuple[Heading, ...]]:
    """The readable text, and its headings at their offsets in it."""
    anchors, headings, kept, offset = Anchors(), [], [], 0
    for part, level in _parts(markdown):
        shown, own = _split_anchor(part) if level else (part, "")
        if level and (title := _heading_title(shown)):
            headings.append(Heading(level, title, anchors.claim(title, own), offset, offset + len(shown)))
        kept.append(shown)
        offset += len(shown) + 1
    return "\n".join(kept).rstrip("\n"), tuple(headings)


def _parts(markdown: str) -> Iterator[tuple[str, int]]:
    """The lines to keep, a heading's in one piece, with the heading's level or 0. Outside code blank lines are one."""
    tokens = _BLOCKS.parse(markdown)
    code = _code_lines(tokens)
    lines = _readable_lines(markdown.split("\n"), tokens, code)
    levels = {token.map[0]: token for token in tokens if token.type == "heading_open" and not token.level and token.map}
    index, blank = 0, True
    while index < len(lines):
        token = levels.get(index)
        end = token.map[1] if token and token.map else index + 1
        part = "\n".join(lines[index:end])
        if part.strip() or index in code or not blank:
            yield part, int(token.tag[1]) if token else 0
        blank = not part.strip()
        index = end


def _code_lines(tokens: list[Token]) -> set[int]:
    blocks = (token for token in tokens if token.type in {"fence", "code_block"} and token.content.strip())
    return {line for token in blocks if token.map for line in range(*token.map)}


def _readable_lines(lines: list[str], tokens: list[Token], code: set[int]) -> list[str]:
    """``lines`` with the prose made readable and fences without content blank; as many as before."""
    empty = (token for token in tokens if token.type == "fence" and not token.content.strip())
    for token in empty:
        start, end = token.map or (0, 0)
        lines[start:end] = [""] * (end - start)
    result: list[str] = []
    for is_code, run in groupby(range(len(lines)), code.__contains__):
        block = [lines[index] for index in run]
        result += block if is_code else [line.rstrip() for line in readable("\n".join(block)).split("\n")]
    return result


def _split_anchor(heading: str) -> tuple[str, str]:
    """The heading's lines without the anchor that the author gave it, and that anchor."""
    own = _OWN_ANCHOR.search(heading)
    shown = _OWN_ANCHOR.sub("", heading)
    # In some languages a heading may be nothing but ``{#if}``.
    return (shown, own["anchor"]) if own and _heading_title(shown) else (heading, "")


def _heading_title(heading: str) -> str:
    if heading.lstrip().startswith("#"):
        return plain_title(_HASHES.sub("", heading.strip()))
    return plain_title(heading.rpartition("\n")[0])
