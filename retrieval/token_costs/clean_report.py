"""What cleaning an HTML file saves: the page as it is, its text with the tags stripped, and what a model is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from retrieval.extract import decoded_html, read


@dataclass(frozen=True)
class CleanReport:
    """Three readings of one page: ``raw`` source, ``stripped`` of its tags, ``cleaned`` for a model."""

    raw: str
    stripped: str
    cleaned: str


def clean_report(path: Path) -> CleanReport:
    """Reads the HTML file at ``path``. Raises OSError, and NotTextError and its like, which name the file."""
    return cleaned_page(decoded_html(read(path, path.name), path.name), path.name)


def cleaned_page(raw: str, location: str) -> CleanReport:
    """The same for a page whose source is at hand."""
    # As in retrieval.extract: the console starts without what reads pages.
    from bs4 import BeautifulSoup  # noqa: PLC0415

    from retrieval.extractors.web import read_web_page  # noqa: PLC0415

    stripped = BeautifulSoup(raw, "lxml").get_text()
    return CleanReport(raw, stripped, read_web_page(raw, location).text)
