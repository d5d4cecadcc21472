"""What is read of web pages, and what that saves: our own walk, trafilatura, and what the product takes of the two.

    python benchmarks/html_for_a_model.py DATA

DATA is a folder with ``pages/<name>/source.html`` and ``expected.html``. Token F1 counts words; tokens are o200k_base.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup

from retrieval.counting.tokens import Tokenizer, tokenizer_for
from retrieval.extract import decoded_html
from retrieval.extractors.html import read_html
from retrieval.extractors.web import main_content, token_f1
from retrieval.token_costs.clean_report import cleaned_page


@dataclass(frozen=True)
class Page:
    """A page as it came, the text that is wanted of it, and its tags stripped."""

    name: str
    raw: str
    expected: str
    stripped: str


@dataclass(frozen=True)
class Figures:
    """Of one way to read pages: mean F1, and by how much the median page becomes shorter (0-1)."""

    f1_mean: float
    f1_lowest: float
    against_raw: float
    against_stripped: float


READINGS: dict[str, Callable[[Page], str]] = {
    "tags stripped": lambda page: page.stripped,
    "our own walk": lambda page: read_html(page.raw, page.name).text,
    "trafilatura": lambda page: main_content(page.raw, page.name),
    "knowbot": lambda page: cleaned_page(page.raw, page.name).cleaned,
}


def pages_of(data: Path) -> Iterator[Page]:
    """The pages of the set, by name."""
    for folder in sorted((data / "pages").iterdir()):
        raw = decoded_html((folder / "source.html").read_bytes(), folder.name)
        expected = BeautifulSoup((folder / "expected.html").read_text(encoding="utf-8"), "lxml").get_text(" ")
        yield Page(folder.name, raw, expected, BeautifulSoup(raw, "lxml").get_text())


def measure(pages: list[Page], read: Callable[[Page], str], tokenizer: Tokenizer) -> Figures:
    """Reads all pages and compares."""
    texts = [read(page) for page in pages]
    scores = [token_f1(text, page.expected) for text, page in zip(texts, pages, strict=True)]
    counts = [tokenizer.count(text) for text in texts]
    saved = [
        statistics.median(
            1 - count / max(1, tokenizer.count(before)) for count, before in zip(counts, all_, strict=True)
        )
        for all_ in ([page.raw for page in pages], [page.stripped for page in pages])
    ]
    return Figures(statistics.mean(scores), min(scores), *saved)


def main() -> None:
    """Prints a row for each way to read."""
    pages, tokenizer = list(pages_of(Path(sys.argv[1]))), tokenizer_for("o200k_base")
    print(f"{len(pages)} pages\n")
    print("| reading | F1 mean | F1 lowest | fewer tokens than raw | fewer than stripped |\n|---|---|---|---|---|")
    for name, read in READINGS.items():
        figures = measure(pages, read, tokenizer)
        print(
            f"| {name} | {figures.f1_mean:.3f} | {figures.f1_lowest:.3f} | {figures.against_raw:.1%} "
            f"| {figures.against_stripped:.1%} |"
        )


if __name__ == "__main__":
    main()
