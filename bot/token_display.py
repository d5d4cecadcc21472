"""Tokens on a screen: coloured in turns, or set apart by bars where there is no colour; nothing is invisible."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from retrieval.page_cost import PageCost
from retrieval.tokens import Tokenizer, TokenReport, analyse

# Black on two colours of the palette's fixed part: legible whatever the terminal's own colours are.
_STYLES = ("color(16) on color(153)", "color(16) on color(222)")
_BAR = "|"
_SIGNS = {" ": "·", "\t": "→", "\n": "↵"}
_HALF_CHARACTER = re.compile(r"(?:\\x[0-9a-f]{2})+")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})


@dataclass(frozen=True)
class Counted:
    """A report with how many stretches of the text its tokenizer cannot express."""

    report: TokenReport
    lost: int


def counted(text: str, tokenizer: Tokenizer) -> Counted:
    """Counts ``text`` and what of it is lost."""
    return Counted(analyse(text, tokenizer), len(tokenizer.unknown(text)))


def comparison(rows: Sequence[Counted]) -> Table:
    """The encodings side by side, ``times the best`` against the fewest tokens of one that measures and loses nothing.

    Where all of them lose text or estimate, against the fewest of all.
    """
    fair = [row for row in rows if not row.lost and not row.report.estimate] or rows
    best = min((row.report.token_count for row in fair), default=0)
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


def visible(piece: str) -> str:
    r"""A token with blanks as ``·``, tabs as ``→``, line ends as ``↵`` and everything else unseen as its code.

    Nothing is left that could move the cursor or turn the direction of writing. An accent that comes without its
    letter stands on a dotted circle.
    """
    written = "".join(
        _SIGNS.get(sign) or (_code(sign) if unicodedata.category(sign) in _UNSEEN else sign) for sign in piece
    )
    return f"\u25cc{written}" if written and unicodedata.category(written[0]).startswith("M") else written


def _code(sign: str) -> str:
    return sign.encode("unicode_escape", "backslashreplace").decode()
