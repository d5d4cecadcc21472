"""Tokens set apart by colour and by a bar, and what a text costs in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from retrieval.token_costs.token_page import Counted, Examined, fewest, visible
from tui.data.tokens import LONGEST, TokenView
from tui.words import bar, count

SHOWN_TOKENS = 1_500
_COLOURS = ("$foreground on $primary 30%", "$foreground on $accent 30%")
_BAR = 12
NOTHING = Content("Paste a text, press t and type one, or o and open a file.")


def tokens_text(found: Examined) -> Content:
    """The tokens in turns of two colours, a bar between them: who sees no colours sees the bars."""
    report = found.counted.report
    if report.estimate:
        return Content("The vocabulary is not on this machine: the count is an estimate, and its tokens are unknown.")
    if not report.tokens:
        return NOTHING
    parts: list[Content | str | tuple[str, str]] = []
    for place, piece in enumerate(report.tokens[:SHOWN_TOKENS]):
        parts.append((visible(piece), _COLOURS[place % 2]))
        parts.append("\n" if piece.endswith("\n") else ("▏", "$foreground 40%"))
    if left := len(report.tokens) - SHOWN_TOKENS:
        parts.append(f"\n… and {count(left, 'more token')}" if left > 0 else "")
    return Content.assemble(*parts)


def token_title(name: str, found: Examined, rows: Sequence[Counted]) -> str:
    """The vocabulary with its count, beside the fewest of all."""
    report, best = found.counted.report, fewest(rows)
    times = f" · {report.token_count / best:.2f} times the fewest" if best and report.token_count != best else ""
    about = "about " if report.estimate else ""
    spoken = report.name if report.name.startswith(name) or name == "encoder" else name
    return f"{spoken}: {about}{count(report.token_count, 'token')}{times}"


def costs_text(view: TokenView) -> Content:
    """Causes of waste, languages, and what cleaning saves of a page: a block for each vocabulary."""
    blocks = [Content("\n").join(_block(each)) for each in view.examined]
    if view.cut:
        blocks.insert(0, Content(f"Only the first {LONGEST:,} letters are counted here."))
    return Content("\n\n").join(blocks)


def _block(found: Examined) -> Iterator[Content]:
    report = found.counted.report
    letters = f"{report.chars_per_token:.2f} letters a token"
    yield Content.from_markup("[b $primary]$name[/]  [$secondary]$letters[/]", name=report.name, letters=letters)
    if found.page:
        page = found.page
        for what, tokens in (("the page", page.raw), ("without tags", page.stripped), ("cleaned", page.cleaned)):
            drawn = bar(tokens, max(page.raw, page.stripped), _BAR)
            saved = f"  {page.reduction:.0%} less" if what == "cleaned" else ""
            yield Content(f"{what:<13}{drawn} {tokens:>7,}{saved}")
    for script in found.scripts:
        yield Content(f"{script.script:<13}{script.share:>4.0%} of its letters, {script.ratio:.1f}× as much English")
    if found.counted.lost:
        yield Content(f"! it cannot express {count(found.counted.lost, 'stretch', 'stretches')} of the text")
    for waste in found.waste:
        yield Content.from_markup(
            "[b]$cause[/b] $drawn $tokens: [$secondary]$advice[/]",
            cause=f"{waste.cause:<12}",
            drawn=bar(waste.tokens, report.token_count, _BAR),
            tokens=f"{count(waste.tokens, 'token')} ({waste.tokens / max(report.token_count, 1):.0%})",
            advice=waste.advice,
        )
    if report.token_count and not found.waste and not report.estimate:
        yield Content("nothing is wasted")
