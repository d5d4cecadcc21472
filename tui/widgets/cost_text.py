"""Sums of the ledger in words."""

from __future__ import annotations

from textual.content import Content

from tui.data.costs import Costs
from tui.words import bar, share

_BAR = 20


def cost_text(costs: Costs) -> Content:
    """What was paid, what was encoded, and what did not have to be."""
    if not costs.lines:
        return Content("Nothing was encoded, nothing was paid.")
    paid = ", ".join(f"{price:.4f} {currency}" for currency, price in costs.money.items() if price)
    tokens = costs.encoded_tokens + costs.saved_tokens
    return Content("\n").join(
        [
            _line("Money", paid or "none (local encoder)"),
            _line("Tokens encoded", f"{costs.encoded_tokens:,}"),
            Content(""),
            Content.from_markup("[b]Spared by the cache[/b]"),
            _saved("Texts", costs.saved_texts, costs.texts),
            _saved("Tokens", costs.saved_tokens, tokens),
        ]
    )


def _line(name: str, value: str) -> Content:
    return Content.from_markup("[$secondary]$name[/] $value", name=f"{name:<15}", value=value)


def _saved(name: str, saved: int, whole: int) -> Content:
    return Content.from_markup(
        "[$secondary]$name[/] [$success]$bar[/] [b]$share[/b]\n         $saved of $whole",
        name=f"{name:<8}",
        bar=bar(saved, whole, _BAR),
        share=f"{share(saved, whole):>5}",
        saved=f"{saved:,}",
        whole=f"{whole:,}",
    )
