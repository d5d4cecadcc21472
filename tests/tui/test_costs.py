"""The ledger cut in every way, the budget, and what if."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.costs.budget import BudgetLimits
from retrieval.costs.pricing import Price
from retrieval.engine import Engine
from storage.ledger import LedgerDay
from tests.tui.building import NOW, SETTINGS, SIZE, a_console, lines, screen_text, shown, text_of
from tui.data.costs import OTHERS, Costs
from tui.widgets.cost_text import cost_text


def line(day: str, model: str = "m", operation: str = "ask", space: str = "s", tokens: int = 10) -> LedgerDay:
    return LedgerDay(day, model, operation, 1, 2, 1, tokens, tokens / 1000, "USD", cached_tokens=3, space=space)


def test_bars_are_cut_by_model_operation_space_and_saving_and_small_parts_are_put_together() -> None:
    ledger = (*(line("2026-03-12", model=f"m{n}", tokens=10 * n) for n in range(1, 8)), line("2026-03-10"))
    costs = Costs(30, "2026-03-12", ledger, ())
    assert costs.dates == [f"2026-03-{day:02}" for day in range(6, 13)]
    by_model = {stack.name: stack.amounts for stack in costs.stacks("model", money=False)}
    assert list(by_model) == ["m7", "m6", "m5", "m4", OTHERS]
    assert by_model[OTHERS] == (0, 0, 0, 0, 10, 0, 60)
    assert [stack.name for stack in costs.stacks("space", money=False)] == ["s"]
    assert costs.stacks("operation", money=True)[0].amounts[-1] == pytest.approx(0.28)
    assert {stack.name: sum(stack.amounts) for stack in costs.stacks("saving", False)} == {"encoded": 290, "spared": 24}
    read = replace(costs, lines=(line("2026-03-12", tokens=4), line("2026-03-12", operation="rerank", tokens=5000)))
    assert {stack.name: sum(stack.amounts) for stack in read.stacks("saving", False)} == {"encoded": 4, "spared": 3}
    assert (read.encoded_tokens, read.reranked_tokens, read.texts) == (4, 5000, 3)
    assert "and re-ranked   5,000" in cost_text(read).plain
    assert "re-ranked" not in cost_text(costs).plain
    early = replace(costs, lines=(line("2026-02-20"),))
    assert (early.dates[0], len(early.dates)) == ("2026-02-20", 21)


@pytest.mark.asyncio
async def test_the_screen_cuts_prices_and_shows_what_is_left(data_dir: Path) -> None:
    def engine(folder: Path) -> Engine:
        return Engine(folder, replace(SETTINGS, budget=BudgetLimits(month=4.0)), lambda: NOW)

    with engine(data_dir) as spender:
        spender.meter.budget.reserve(Price(1.0, "published"))
    async with a_console(data_dir, "costs", engine).run_test(size=SIZE) as pilot:
        await shown(pilot, "Tokens by day and operation")
        assert "3.0000\n                of 4.00 USD left" in text_of(pilot, "#cost-sums")
        assert "█ ingest" in screen_text(pilot)
        assert lines(pilot, "#ledger")[0] == [
            "12 Mar", "hashing:64", "ask", "default", "20", "30", "240", "360", "free",
        ]  # fmt: skip
        await pilot.press("b")
        await shown(pilot, "█ hashing:64")
        await pilot.press("u")
        await shown(pilot, "Money by day and model")
        await pilot.press("p")
        await shown(pilot, "The last 7 days")
        await pilot.press("w")
        await shown(pilot, "for which 0.0000 USD were paid")
        assert lines(pilot, "#what-if")[0][0] == "text-embedding-3-small, 1536 dimensions"
        await pilot.press("w")
        assert "hashing:64" in screen_text(pilot)
