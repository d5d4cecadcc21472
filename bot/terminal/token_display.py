"""Tokens on a screen: coloured in turns, or set apart by bars where there is no colour; nothing is invisible."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from retrieval.token_costs.page_cost import PageCost
from retrieval.token_costs.token_page import Counted, fewest, visible

# Black on two colours of the palette's fixed part: legible whatever the terminal's own colours are.
_STYLES = ("color(16) on color(153)", "color(16) on color(222)")
_BAR = "|"
_HALF_CHARACTER = re.compile(r"(?:\\x[0-9a-f]{2})+")


def comparison(rows: Sequence[Counted]) -> Table:
    """The encodings side by side, ``times the best`` against the fewest tokens of one that measures and loses nothing.

    Where all of them lose text or estimate, against the fewest of all.
    """
    best = fewest(rows)
    table = Table("encoding", box=None, pad_edge=False)
    for heading in ("tokens", "characters a token", "times the best"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for row in rows:
        report = row.report
        times = f"{report.token_count / best:.2f}" if best else "-"
        table.add_row(report.name, str(report.token_count), f"{report.chars_per_token:.2f}", times, _remark(row))
    return table


def _remark(row: Counted) -> str:
    if row.report.estimate:
        return "an estimate: its vocabulary is not on this machine"
    return f"loses text in {row.lost} {'place' if row.lost == 1 else 'places'}" if row.lost else ""


def page_table(pages: Sequence[PageCost]) -> Table:
    """What cleaning a page saves, an encoding a line."""
    table = Table("encoding", box=None, pad_edge=False)
    for heading in ("page", "without tags", "cleaned", "less than the page", "less than without tags"):
        table.add_column(heading, justify="right")
    for page in pages:
        counts = map(str, (page.raw, page.stripped, page.cleaned))
        table.add_row(page.encoding, *counts, f"{page.reduction:.1%}", f"{page.reduction_to_stripped:.1%}")
    return table


def shown_tokens(pieces: Sequence[str], colour: bool) -> Text:
    """``pieces`` one after another; after the sign of a line's end the line ends on the screen as well."""
    shown = Text()
    for place, piece in enumerate(pieces):
        style = f"{_STYLES[place % 2]}{' italic' if _HALF_CHARACTER.fullmatch(piece) else ''}" if colour else ""
        shown.append(visible(piece), style)
        ends = piece.endswith("\n")
        shown.append("\n" if ends and colour else _BAR if place + 1 < len(pieces) and not colour else "")
    return shown
