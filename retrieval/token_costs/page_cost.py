"""What a web page costs as it is, without its tags, and cleaned as knowbot hands it to a model."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.counting.tokens import Tokenizer
from retrieval.token_costs.clean_report import CleanReport


@dataclass(frozen=True)
class PageCost:
    """Tokens of a page's three texts in one encoding.

    What cleaning saves is a share from 0 to 1 of the page (``reduction``) and of its text without tags
    (``reduction_to_stripped``; negative where the cleaned text, with its Markdown, is longer).
    """

    encoding: str
    raw: int
    stripped: int
    cleaned: int
    reduction: float
    reduction_to_stripped: float


def page_cost(page: CleanReport, tokenizer: Tokenizer) -> PageCost:
    """Counts the three texts."""
    raw, stripped, cleaned = map(tokenizer.count, (page.raw, page.stripped, page.cleaned))
    return PageCost(tokenizer.name, raw, stripped, cleaned, _reduction(raw, cleaned), _reduction(stripped, cleaned))


def _reduction(before: int, after: int) -> float:
    return round(1 - after / before, 4) if before else 0.0
