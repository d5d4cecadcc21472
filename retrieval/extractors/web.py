"""Pages from the web: the main content without menus, advertisements and comments.

trafilatura knows best what of a foreign page is content, but drops anchors, languages of code and blank lines in it;
our own walk keeps all that and knows navigation only where the page marks it. So both read the page. Where they agree
on the words, the walk's text is taken, else trafilatura's.
"""

from __future__ import annotations

import logging
import re
from collections import Counter

from retrieval.extractors.decoding import normalise
from retrieval.extractors.html import read_html
from retrieval.extractors.markdown import read_markdown
from retrieval.types import Extracted

AGREEMENT = 0.95
"""Token F1 of the two readings from which on they count as the same."""

_SHORT = 25
_WORD = re.compile(r"\w+")

# It tells of every page of which it makes nothing, which is a normal answer here.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def read_web_page(text: str, location: str, title: str = "") -> Extracted:
    """Reads a page; ``location`` is its address. ``title``, where given, goes before the page's own."""
    own = read_html(text, location, title)
    found = main_content(text, location)
    # Of a short page trafilatura keeps bare text, if anything.
    if len(_WORD.findall(found)) < _SHORT or token_f1(own.text, found) >= AGREEMENT:
        return own
    read = read_markdown(found, location, own.title)
    return Extracted(own.title, read.text, "html", read.headings)


def main_content(text: str, location: str) -> str:
    """What trafilatura takes for the page's content, as Markdown; "" where it finds none."""
    import trafilatura  # noqa: PLC0415  (slow to import, and wanted for pages from the web only)

    found = trafilatura.extract(text, url=location, output_format="markdown", include_comments=False, favor_recall=True)
    return normalise(found or "")


def token_f1(one: str, other: str) -> float:
    """The harmonic mean of precision and recall of the words, each counted as often as it comes (0-1)."""
    left, right = (Counter(_WORD.findall(text.casefold())) for text in (one, other))
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 1.0
