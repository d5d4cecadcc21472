"""What a web page costs as it is, without its tags, and cleaned as knowbot would hand it to a model."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning

from retrieval.extract import extract
from retrieval.tokens import Tokenizer

PAGE_SUFFIXES = frozenset({".html", ".htm"})


@dataclass(frozen=True)
class PageTexts:
    """The three texts of one page."""

    raw: str
    stripped: str
    cleaned: str


@dataclass(frozen=True)
class PageCost:
    """Tokens of the three texts in one encoding; ``reduction`` is cleaned against raw, as a share from 0 to 1."""

    encoding: str
    raw: int
    stripped: int
    cleaned: int
    reduction: float
    reduction_to_stripped: float


def page_texts(page: str, location: str) -> PageTexts:
    """Raises EmptyDocumentError where the page has no content."""
    return PageTexts(page, strip_tags(page), extract(page.encode("utf-8", "replace"), location).text)


def page_cost(texts: PageTexts, tokenizer: Tokenizer) -> PageCost:
    """Counts the three texts."""
    raw, stripped, cleaned = map(tokenizer.count, (texts.raw, texts.stripped, texts.cleaned))
    return PageCost(tokenizer.name, raw, stripped, cleaned, _reduction(raw, cleaned), _reduction(stripped, cleaned))


def strip_tags(page: str) -> str:
    """The plain way: every text node outside scripts and styles, markup gone, everything else kept."""
    with warnings.catch_warnings():
        # Both suspect that the caller meant something else; whatever it is, its tags are wanted away.
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(page, "lxml")
    for silent in soup(["script", "style"]):
        silent.decompose()
    return soup.get_text()


def _reduction(before: int, after: int) -> float:
    return round(1 - after / before, 4) if before else 0.0
