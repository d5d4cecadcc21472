"""The ledger in words and lines: sums, budgets, what was spared, and what would be otherwise."""

from __future__ import annotations

from textual.content import Content

from retrieval.costs.budget import Left
from retrieval.planning.what_if import WhatIf
from storage.ledger import LedgerDay
from tui.data.costs import Costs
from tui.times import day_name
from tui.widgets.live_table import Column, Row
from tui.words import bar, share, short_model

_BAR = 18

COST_COLUMNS = (
    Column("day", 6),
    Column("model"),
    Column("operation", 9),
    Column("space", 9, wide_only=True),
    Column("texts", 7, "right"),
    Column("known", 7, "right", wide_only=True),
    Column("tokens", 10, "right"),
    Column("saved", 9, "right", wide_only=True),
    Column("price", 9, "right"),
)
WHAT_IF_COLUMNS = (
    Column("with"),
    Column("price", 10, "right"),
    Column("in batches", 10, "right", wide_only=True),
    Column("no cache", 10, "right"),
    Column("raw pages", 10, "right"),
    Column("vectors", 9, "right"),
)


def cost_text(costs: Costs) -> Content:
    """What was paid, what may still be, what was encoded, and what did not have to be."""
    budgets = [_budget(each) for each in costs.budget]
    if not costs.lines:
        return Content("\n").join([Content("Nothing was encoded, nothing was paid."), *budgets])
    paid = ", ".join(f"{price:.4f} {currency}" for currency, price in costs.money.items() if price)
    tokens = costs.encoded_tokens + costs.saved_tokens
    return Content("\n").join(
        [
            _line("Money", paid or "none (local encoder)"),
            *(budgets or [_line("Budget", "none set")]),
            _line("Tokens encoded", f"{costs.encoded_tokens:,}"),
            *([_line("and re-ranked", f"{costs.reranked_tokens:,}")] if costs.reranked_tokens else []),
            Content(""),
            Content.from_markup("[b]Spared by the cache[/b]"),
            _saved("Texts", costs.saved_texts, costs.texts),
            _saved("Tokens", costs.saved_tokens, tokens),
        ]
    )


def cost_row(line: LedgerDay) -> Row:
    """A line of a table with COST_COLUMNS."""
    numbers = (line.texts, line.cached_texts, line.prompt_tokens + line.completion_tokens, line.cached_tokens)
    key = f"{line.day} {line.model} {line.operation} {line.space} {line.currency}"
    cells = (day_name(line.day), short_model(line.model), line.operation, line.space)
    return Row(key, (*cells, *(f"{number:,}" for number in numbers), _price(line)))


def what_if_title(found: WhatIf, days: int) -> str:
    """What was paid for the traffic that the rows price."""
    return f"What if: the traffic of the last {days} days, for which {found.paid:.4f} USD were paid"


def what_if_rows(found: WhatIf) -> list[Row]:
    """An encoder with each length of its vectors, then writers; in USD."""
    encoders = [
        Row(
            f"{each.model} {each.dimensions}",
            (
                f"{each.model}, {each.dimensions} dimensions",
                *map(_dollars, (each.price, each.batch_price, each.uncached_price, each.uncleaned_price)),
                f"{each.storage_bytes / 1e6:.1f} MB",
            ),
        )
        for each in found.encoders
    ]
    writers = [
        Row(each.model, (f"{each.model} writes", _dollars(each.price), "", _dollars(each.uncached_price), "", ""))
        for each in found.writers
    ]
    return encoders + writers


def _price(line: LedgerDay) -> str:
    if line.unpriced_calls:
        return f"{line.price:.4f}+?"
    return f"{line.price:.4f}" if line.price else "free"


def _dollars(amount: float | None) -> str:
    return "unknown" if amount is None else f"{amount:.6f}"


def _budget(each: Left) -> Content:
    return Content.from_markup(
        "[$secondary]$name[/] [$accent]$bar[/] $left\n                of $limit USD left",
        name=f"{'Budget ' + each.period:<15}",
        bar=bar(each.spent, each.limit, 10),
        left=f"{max(each.limit - each.spent, 0.0):.4f}",
        limit=f"{each.limit:.2f}",
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
