"""Two weeks at a glance: each line a sparkline, the last seven days beside the seven before."""

from __future__ import annotations

from collections.abc import Sequence

from tui.data.trends import Trend
from tui.widgets.live_table import Column, Row
from tui.words import DECISIONS, decision_words, plain

TREND_COLUMNS = (
    Column("", 12),
    Column("24 h", 7, "right"),
    Column("before │ now", 17, colour="primary"),
    Column("7 days", 7, "right"),
    Column("change"),
)
_BLOCKS = "▁▂▃▄▅▆▇█"
_WEEK = 7
_MUCH = 10.0


def trend_rows(trends: Sequence[Trend]) -> list[Row]:
    """A line each; TREND_COLUMNS are their columns."""
    return [_row(trend) for trend in trends]


def sparkline(amounts: Sequence[float], highest: float) -> str:
    """A block an amount, as high as its share of ``highest``; a dot for nothing."""
    return "".join(_BLOCKS[min(int(amount / highest * 8), 7)] if amount and highest else "·" for amount in amounts)


def _row(trend: Trend) -> Row:
    highest = max(trend.days)
    before, now = (sparkline(days, highest) for days in (trend.days[:-_WEEK], trend.days[-_WEEK:]))
    named = decision_words(trend.name) if trend.name in DECISIONS else plain(trend.name)
    money = trend.name.isupper()
    today, week = _amount(trend.today, money), _amount(trend.week, money)
    return Row(trend.name, (named, today, f"{before} │ {now}", week, _change(trend)))


def _amount(amount: float, money: bool) -> str:
    if money:
        return f"{amount:.4f}" if amount else "free"
    return f"{amount / 1e6:.1f} M" if amount >= 1e7 else f"{amount:,.0f}"


def _change(trend: Trend) -> str:
    if trend.week == trend.before:
        return "the same" if trend.week else ""
    if not trend.before:
        return "new"
    share = trend.week / trend.before
    return f"{'▲' if share > 1 else '▼'} {f'×{share:.0f}' if share >= _MUCH else f'{100 * (share - 1):+.0f} %'}"
