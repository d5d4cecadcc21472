"""Preview and history of thresholds in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from textual.content import Content

from retrieval.gate import GateThresholds
from retrieval.lab import Effect, Traffic
from storage.recorded import Scored
from tui.data.thresholds import Preview, Thresholds
from tui.times import short_time
from tui.widgets.live_table import Column, Row
from tui.words import SCORES, count, plain

NEAR_COLUMNS = (Column("score", 7, "right"), Column("message"), Column("was", 9))
HISTORY_COLUMNS = (Column("when", 10), Column("who", 8), Column("what"))

TRAFFIC: Mapping[Traffic, str] = {
    "all": "all that was recorded",
    "posted": "without what was only heard",
    "shadow": "only heard (shadow)",
}
"""Which recorded messages thresholds are tried out on."""

_DEFAULTS: Mapping[str, float] = asdict(GateThresholds())


_UNSAID: Mapping[str, str] = {
    "confidence": "Nobody has said yet which answers were right: votes do, and r and w on the screen Questions.",
    "off-topic score": "Nobody has decided yet which of them were off topic: the screen Flags asks.",
}
_WRONG: Mapping[str, tuple[str, str]] = {
    "confidence": ("wrong", "right"),
    "off-topic score": ("on topic", "off topic"),
}


def preview_text(preview: Preview, differs: bool, about: str) -> Content:
    """How many recorded messages would be decided otherwise and how, and how often the threshold is wrong."""
    effect = preview.effect
    parts = [_changed_text(effect, differs), _outcomes_text(preview), _rates_text(effect, about)]
    return Content("\n").join(part for part in parts if part.plain)


def near_rows(effect: Effect) -> list[Row]:
    """The messages beside the threshold, those above it first, the nearest of both kinds where they meet."""
    above = [("▲", number, near) for number, near in enumerate(effect.above)]
    below = [("▼", number, near) for number, near in enumerate(effect.below)]
    return [
        Row(f"{mark}{number}", (f"{mark} {near.score:.3f}", near.text or "(not kept)", near.judged))
        for mark, number, near in [*reversed(above), *below]
    ]


def _rates_text(effect: Effect, about: str) -> Content:
    """Shares with what they may really be; nothing is claimed where nobody has said anything."""
    kind = SCORES[about]
    if not effect.messages:
        return Content("")
    if not effect.wrong.whole + effect.missed.whole:
        return Content.from_markup("[$secondary]$words[/]", words=_UNSAID[kind])
    lines = ((effect.wrong, "above", _WRONG[kind][0]), (effect.missed, "below", _WRONG[kind][1]))
    return Content("\n").join(
        Content.from_markup(
            "judged $where: [b]$part of $whole[/b] $what, $share [$secondary]($low to $high)[/]",
            where=where,
            part=str(share.part),
            whole=f"{share.whole:,}",
            what=what,
            share=f"{share.value:.0%}",
            low=f"{share.low:.0%}",
            high=f"{share.high:.0%}",
        )
        for share, where, what in lines
        if share.whole
    )


def _outcomes_text(preview: Preview) -> Content:
    """How many are answered and flagged, and would be."""
    now, then = preview.now, preview.then
    if not preview.effect.messages:
        return Content("")
    counts = {
        "answered": (now.answered_asked, then.answered_asked),
        "unasked": (now.answered_unasked, then.answered_unasked),
        "flagged": (now.flagged, then.flagged),
    }
    return Content("   ").join(
        Content.from_markup(
            "$what $before[b]$then[/b]",
            what=what,
            then=f"{after:,}",
            before=f"{before:,} → " if before != after else "",
        )
        for what, (before, after) in counts.items()
    )


def _changed_text(effect: Effect, differs: bool) -> Content:
    if not effect.messages:
        return Content("No message has been recorded yet: there is nothing to try thresholds out on.")
    if not differs:
        return Content(f"{count(effect.messages, 'recorded message')}.\nMove a threshold to see what it would change.")
    if not effect.changed:
        return Content(f"None of {count(effect.messages, 'recorded message')} would be decided otherwise.")
    changes = sorted(effect.changes.items(), key=lambda change: -change[1])
    return Content("\n").join(
        [
            Content.from_markup(
                "Of $all [b]$changed[/b] would be decided otherwise:",
                all=count(effect.messages, "recorded message"),
                changed=f"{effect.changed:,}",
            ),
            *(_change(before, after, number) for (before, after), number in changes),
        ]
    )


def scores_for(threshold: str, recorded: Sequence[Scored]) -> list[float]:
    """What that threshold is compared with, of every message but small talk, which is decided before."""
    judged = [message for message in recorded if message.decision != "small_talk"]
    if SCORES[threshold] == "confidence":
        return [message.confidence for message in judged]
    return [message.off_topic_score for message in judged]


def history_rows(view: Thresholds) -> list[Row]:
    """Every change, newest first, a line for each threshold that it moved."""
    return [row for change in reversed(list(_changes(view))) for row in change]


def _changes(view: Thresholds) -> Iterator[list[Row]]:
    before = _DEFAULTS
    for number, line in enumerate(view.history):
        after = {**_DEFAULTS, **(line.value or {})}
        when = short_time(line.set_at, view.now)
        yield [
            Row(f"{number} {name}", (when, line.set_by, f"{plain(name)} {before[name]:.2f} → {after[name]:.2f}"))
            for name in after
            if after[name] != before[name]
        ]
        before = after


def _change(before: str, after: str, number: int) -> Content:
    return Content.from_markup(
        "  $before → $after  [b]$number[/b]",
        before=f"{plain(before):>10}",
        after=f"{plain(after):<10}",
        number=f"{number:>5,}",
    )
