"""``costs``: what was spent, what is left of the budget, and what it would have cost otherwise."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table

from bot.settings import load_settings
from bot.terminal.options import Options, locating
from retrieval.costs.budget import Left
from retrieval.engine import Engine
from retrieval.planning.what_if import WhatIf, what_if
from storage.ledger import LedgerDay

_DAY = 86_400.0
_OUT = Console(highlight=False, markup=False, soft_wrap=True)


@click.command()
@click.option("--days", type=click.IntRange(min=1), default=30, show_default=True, help="How far back to look.")
@click.option("--what-if", "as_what_if", is_flag=True, help="Price the same traffic for other models and habits.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@locating
def costs(options: Options, days: int, as_what_if: bool, as_json: bool) -> None:
    """Show the ledger: tokens and money by day, model and operation. Texts from the cache are savings."""
    settings = load_settings(options)
    since = time.time() - days * _DAY
    with Engine(settings.data_dir, settings.retrieval) as engine:
        if as_what_if:
            _show_what_if(what_if(engine.stores, engine.spaces, since), as_json)
            return
        lines, budget = engine.stores.ledger.by_day_and_model(since), engine.meter.budget.left()
    if as_json:
        ledger = [dataclasses.asdict(line) for line in lines]
        left = [dataclasses.asdict(each) for each in budget]
        click.echo(json.dumps({"ledger": ledger, "budget": left}, ensure_ascii=False))
    else:
        _show_ledger(lines)
        _show_budget(budget)


def _show_ledger(lines: Sequence[LedgerDay]) -> None:
    table = Table("day", "model", "operation", "calls", "texts", "from cache", "tokens", "price", box=None)
    for line in lines:
        counts = [line.calls, line.texts, line.cached_texts, line.prompt_tokens + line.completion_tokens]
        table.add_row(line.day, line.model, line.operation, *map(str, counts), _price(line))
    _show(table)


def _show_budget(budget: Sequence[Left]) -> None:
    for each in budget:
        _OUT.print(f"budget of this {each.period}: {each.spent:.4f} of {each.limit:.2f} USD spent or reserved")


def _show_what_if(found: WhatIf, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(found), ensure_ascii=False))
        return
    _OUT.print(f"paid: {found.paid:.4f} USD. The same traffic with another encoder, in USD:")
    table = Table(
        "encoder",
        "dimensions",
        "tokens",
        "price",
        "in batches",
        "without cache",
        "without cleaning",
        "vectors",
        box=None,
    )
    for row in found.encoders:
        prices = map(_dollars, (row.price, row.batch_price, row.uncached_price, row.uncleaned_price))
        size = f"{row.storage_bytes / 1e6:.1f} MB"
        table.add_row(row.model, str(row.dimensions), str(row.tokens), *prices, size)
    _show(table)
    if found.writers:
        table = Table("answer writer", "price", "without cache", box=None)
        for writer in found.writers:
            table.add_row(writer.model, _dollars(writer.price), _dollars(writer.uncached_price))
        _show(table)


def _price(line: LedgerDay) -> str:
    unknown = f" + {line.unpriced_calls} of unknown price" if line.unpriced_calls else ""
    return f"{line.price:.4f}{unknown}"


def _dollars(amount: float | None) -> str:
    return "unknown" if amount is None else f"{amount:.6f}"


def _show(table: Table) -> None:
    Console(highlight=False, width=None if _OUT.is_terminal else 140).print(table)
