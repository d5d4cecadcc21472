"""What of a file is counted: the text that a person would send of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from retrieval.extract import READABLE_SUFFIXES, read_document
from retrieval.token_costs.clean_report import CleanReport, clean_report

_PAGES = frozenset({".html", ".htm", ".xhtml"})
_CONTAINERS = frozenset({".docx", ".pdf", ".pptx"}) & READABLE_SUFFIXES


@dataclass(frozen=True)
class Countable:
    """A text, and the three readings of the page where it is a web page."""

    text: str
    page: CleanReport | None = None


def countable(path: Path) -> Countable:
    """A web page as it is, with its readings; PDF and Word as the text in them; any other file as UTF-8.

    Raises OSError, and what reading a document raises, which names the file.
    """
    suffix = path.suffix.lower()
    if suffix in _PAGES:
        page = clean_report(path)
        return Countable(page.raw, page)
    if suffix in _CONTAINERS:
        return Countable(read_document(path, path.name).text)
    return Countable(path.read_text(encoding="utf-8", errors="replace"))
