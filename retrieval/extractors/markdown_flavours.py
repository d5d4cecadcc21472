"""What documentation generators and GitHub add to Markdown, as plain Markdown.

MkDocs indents the content of ``!!! note`` and ``=== "Tab"`` by four blanks, which plain Markdown takes for code;
pymdownx and Docusaurus fence it with ``///`` and ``:::``. Each becomes a bold line before its content. Pages on
GitHub centre their headings by writing them in HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_INDENTED = re.compile(r'^ *(?:!!!|\?\?\?\+?|===) *(?P<kind>[\w-]*+)[\w -]*+(?:"(?P<title>[^"]*)")? *$')
_FENCED = re.compile(
    r"^ *(?:/{3,} *(?P<slashed>[a-z]+)(?: *\| *(?P<slashed_title>.+))?"
    r"|:{3,} *(?P<coloned>note|tip|info|warning|danger|caution|important|success|details)\b"
    r"\[?(?P<coloned_title>[^\]\n]*)\]?)$"
)
_FENCE_END = re.compile(r"^ *(?:/{3,}|:{3,}) *$")
_ALERT = re.compile(r"^( *> *)\[!(\w+)\] *$")
_HTML_HEADING = re.compile(r"^ {0,3}<h([1-6])\b[^<>]*>(.*?)</h\1> *$", re.IGNORECASE)
_CODE_FENCE = re.compile(r"^[ >]*(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)$")


def plain_markdown(text: str) -> str:
    """``text`` with callouts as bold lines, their content at the callout's own indentation, and headings with ``#``."""
    return "\n".join(_lines(text))


def _lines(text: str) -> Iterator[str]:
    nested: list[int] = []  # the indentation of each open callout, outermost first
    code = ""  # the mark that opened the code we are in
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip(" "))
        while nested and line and indent < nested[-1] + 4:
            nested.pop()
            code = ""
        shown = line[4 * len(nested) :]
        fence = _CODE_FENCE.match(shown)
        if code:
            code = "" if fence and fence["mark"].startswith(code) and not fence["info"].strip() else code
            yield shown
        elif fence:
            code = fence["mark"]
            yield shown
        elif (opened := _INDENTED.match(line)) and (opened["kind"] or opened["title"] is not None):
            nested.append(indent)
            yield _label(shown[: len(shown) - len(shown.lstrip())], opened["title"], opened["kind"])
        else:
            yield _without_marks(shown)


def _without_marks(line: str) -> str:
    if _FENCE_END.match(line):
        return ""
    if fenced := _FENCED.match(line):
        title = fenced["slashed_title"] or fenced["coloned_title"] or None
        return _label("", title, fenced["slashed"] or fenced["coloned"])
    if heading := _HTML_HEADING.match(line):
        return f"{'#' * int(heading[1])} {heading[2]}"
    return _ALERT.sub(lambda alert: _label(alert[1], None, alert[2]), line)


def _label(indent: str, title: str | None, kind: str) -> str:
    """The bold line; a blank one where the author gave an empty title."""
    words = (kind.capitalize() if title is None else title).strip()
    return f"{indent}**{words}**" if words else ""
