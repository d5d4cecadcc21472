"""A document beside the winner of a search: every stage's scores, and the stage at which it lost."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content

from retrieval.why_not import StageScores, WhyNot
from tui.words import bar, one_line

_BAR = 8
_NARROW, _BROAD = 19, 28
_STAGES: Mapping[str, str] = {"vector": "meaning", "heading": "heading", "lexical": "words", "fused": "fused"}
_WHY: Mapping[str, str] = {
    "won": "It is the first: everything else lost to it.",
    "vector": "It lost on meaning: its text is farther from the question than the winner's.",
    "heading": "It lost to a heading: the winner's heading asks nearly the same question.",
    "lexical": "It lost on words: it shares fewer of the question's rarer words with it.",
    "pool": "It was not even looked at: neither its meaning nor its words were among the nearest.",
    "hidden": "Readers in public may not see it: it is bound to a channel, and only asked about there.",
    "expired": "It has expired, so it is in no answer.",
    "no vector": "It has no passage with a vector in the index that answers: refresh it.",
    "unknown": "There is nothing to compare: it is gone, or the search found nothing.",
}


def why_not_text(told: WhyNot, title: str, wide: bool) -> Content:
    """The reason in a sentence, then a line a stage; without room only the numbers."""
    lines = [Content.from_markup("[b]$title[/b]  $why", title=one_line(title), why=_WHY[told.lost_at])]
    if told.stages and told.winner:
        width, beside = _width(wide), told.lost_at != "won"
        first = one_line(told.winner.chunk.document_location)
        head = f"{'':<9}{_cut(first, width):<{width}}" + f"{'this one':<{width}}difference" * beside
        lines.append(Content.from_markup("[$secondary]$head[/]", head=head))
        lines += [_stage(each, told.documents, width, beside) for each in told.stages]
    if told.confidence is not None:
        lines.append(Content(f"{'confidence':<9} if all before it were not there: {told.confidence:.2f}"))
    return Content("\n").join(lines)


def _width(wide: bool) -> int:
    return _BROAD if wide else _NARROW


def _stage(each: StageScores, documents: int, width: int, beside: bool) -> Content:
    first = f"{_score(each.winner, each.winner_rank, documents, width):<{width}}"
    chosen = f"{_score(each.chosen, each.chosen_rank, documents, width):<{width}}"
    return Content.from_markup(
        "$name[b]$first[/b]$chosen[$text-warning]$difference[/]",
        name=f"{_STAGES[each.stage]:<9}",
        first=first,
        chosen=chosen if beside else "",
        difference=f"{each.chosen - each.winner:+.2f}".replace("-", "−") if beside else "",
    )


def _score(score: float, rank: int | None, documents: int, width: int) -> str:
    place = f"{rank} of {documents}" if rank else f"beyond {documents}"
    drawn = f"{bar(score, 1.0, _BAR)} " if width > _NARROW else ""
    return f"{score:.2f} {drawn}{place}"


def _cut(name: str, width: int) -> str:
    """The end of a long name: that is what tells it from others."""
    return name if len(name) < width else f"…{name[-(width - 2) :]}"
