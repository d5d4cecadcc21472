"""Markdown's inline markup as a reader sees it: links as their text, pictures as their description, no HTML.

Every replacement keeps the number of lines, so that line numbers found before still hold after.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

# What must be stepped over or dropped whole comes first in each pattern. An unclosed comment matches to the end and
# is then kept: so no pattern ever looks at a character more than a bounded number of times.
_WHOLE = r"""
    (?P<code>(?<!`)(?P<ticks>`++)(?:[^\n]|\n(?![ \t]*\n)){1,1000}?(?<!`)(?P=ticks)(?!`))
  | (?P<comment><!--(?:[^-]|-(?!->))*+(?P<closed>-->)?)
  | (?P<raw><(?P<element>script|style)\b[^<>]*>(?:[^<]|<(?!/(?P=element)))*+(?P<ended></(?P=element)>)?)
"""
_TARGET = r"""\(\s*(?:<[^<>\n]*>|[^\s()<>]*+(?:\([^\s()]*\)[^\s()<>]*+)*)(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)"""
_LABEL = r"(?P<text>(?:[^\[\]\n]|\n(?!\s*\n)|\[[^\[\]\n]*\]){0,500})"
_IMAGE = re.compile(rf"{_WHOLE} | (?<!\\)!\[{_LABEL}\](?:{_TARGET}|\[[^\[\]\n]*\])", re.VERBOSE)
_LINK = re.compile(rf"{_WHOLE} | (?<![A-Za-z0-9_\]\\!])\[{_LABEL}\](?:{_TARGET}|\[[^\[\]\n]*\])", re.VERBOSE)
_DEFINITION = re.compile(
    r"""^[ ]{0,3}\[(?!\^)[^\]\n]+\]:[ \t]+(?:<[^<>\n]+>|[^\s<>]+)(?:[ \t]+(?:"[^"\n]*"|'[^'\n]*'|\([^()\n]*\)))?$""",
    re.MULTILINE,
)
_RULER = re.compile(r"^(?=[^\n]*-{4})[ \t>|:-]+$", re.MULTILINE)
_SUMMARY = re.compile(r"(<details\b[^<>]*>\s*)<summary>(.{0,500}?)</summary>", re.IGNORECASE)
# Only elements that show nothing themselves: many texts say <answer> and mean it.
_TAG = re.compile(
    rf"""{_WHOLE}
  | <img\b[^<>]*?\balt=["'](?P<alt>[^"'<>]*)["'][^<>]*>
  | </?(?:(?P<inline>a|abbr|b|em|font|i|kbd|mark|small|span|strong|sub|sup|u)|br|center|details|div|figure|figcaption
      |hr|iframe|img|li|ol|p|picture|source|table|tbody|td|th|thead|tr|ul|video)\b(?:\s[^<>]*)?/?>
  | <(?P<address>https?://[^\s<>]+)>
  | (?P<entity>&(?:[a-zA-Z]{{2,8}}|\#\d{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}});)
    """,
    re.VERBOSE,
)


def readable(markdown: str) -> str:
    """``markdown`` without link targets, pictures, comments and HTML; code spans stay as they are.

    Rules, as below a table's header, become short: tokenizers count every dash.
    """
    text = _LINK.sub(_keeping_lines(_label), _IMAGE.sub(_keeping_lines(_label), markdown))
    text = _RULER.sub(lambda ruler: re.sub("-{4,}", "---", ruler[0]), _DEFINITION.sub("", text))
    text = _SUMMARY.sub(r"\1**\2**", text)
    return _TAG.sub(_keeping_lines(_untagged), text)


def _keeping_lines(replace: Callable[[re.Match[str]], str]) -> Callable[[re.Match[str]], str]:
    def padded(match: re.Match[str]) -> str:
        shown = replace(match)
        return shown + "\n" * (match[0].count("\n") - shown.count("\n"))

    return padded


def _label(match: re.Match[str]) -> str:
    return _whole(match) if match["text"] is None else match["text"]


def _untagged(match: re.Match[str]) -> str:
    if match["entity"]:
        return html.unescape(match["entity"]).replace("\n", " ")
    if match["alt"] or match["address"]:
        return str(match["alt"] or match["address"])
    if match["code"] or match["comment"] or match["raw"]:
        return _whole(match)
    return "" if match["inline"] else " "


def _whole(match: re.Match[str]) -> str:
    """Code as it is; a comment, a script or a style sheet gone, if it has an end at all."""
    return "" if match["closed"] or match["ended"] else match[0]
