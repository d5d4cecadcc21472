"""A flag as a line, in full, and what a verdict on it has taught."""

from __future__ import annotations

from textual.content import Content

from retrieval.reviewing.teaching import Lesson
from storage.flags import Flag
from tui.data.conversations import Decided, Reason
from tui.times import full_time, short_time
from tui.widgets.live_table import Column, Row
from tui.words import count, many_lines, one_line, plain

FLAG_COLUMNS = (
    Column("when", 10),
    Column("score", 5, "right"),
    Column("by", 10),
    Column("message"),
    Column("verdict", 12),
)
_SAID = 40
_VERDICTS = {None: "· open", "in": "✓ on topic", "out": "✗ off topic"}
_SIGNALS = {
    "documents": "it is far from what the documents are about",
    "messages": "it is far from the messages known to be on topic",
}


def flag_row(flag: Flag, now: float) -> Row:
    """A line of a table with FLAG_COLUMNS."""
    cells = (short_time(flag.raised_at, now), f"{flag.score:.2f}", flag.reason or plain(flag.kind), flag.excerpt)
    verdict = "◌ only heard" if flag.shadow and not flag.verdict else _VERDICTS[flag.verdict]
    return Row(str(flag.id), (*cells, verdict), "dim" if flag.verdict else "")


def flag_text(flag: Flag) -> Content:
    """The message, why it was flagged, and what was said of it."""
    why = _SIGNALS.get(flag.reason, flag.reason or plain(flag.kind))
    facts = f"{full_time(flag.raised_at)}   off-topic score {flag.score:.2f}: {why}"
    if flag.shadow:
        facts += "\nin a channel where the bot only listens, so that nobody was told"
    if flag.verdict and flag.decided_at:
        facts += f"\n{_VERDICTS[flag.verdict]}, said {flag.decided_by} {full_time(flag.decided_at)}"
    question = "Is it about this community's topic?  i: yes, on topic   o: no, off topic" if not flag.verdict else ""
    blocks = [
        Content.from_markup("[b]$excerpt[/b]", excerpt=many_lines(flag.excerpt)),
        Content.from_markup("[$secondary]$facts[/]", facts=facts),
        *([Content(question)] if question else []),
    ]
    return Content("\n\n").join(blocks)


def reason_text(reason: Reason) -> Content:
    """What the message resembles, and what a verdict would change."""
    near, known = one_line(reason.verdict.nearest_on_topic), one_line(reason.verdict.nearest_off_topic)
    lines = [
        ("nearest on topic", near or "nothing yet"),
        ("nearest off topic", known or "nothing was called so yet"),
        ("i would change", _lesson_words(reason.as_on_topic)),
        ("o would change", _lesson_words(reason.as_off_topic)),
    ]
    return Content("\n").join(
        Content.from_markup("[$secondary]$name[/]  $words", name=f"{name:<17}", words=words) for name, words in lines
    )


def _lesson_words(lesson: Lesson) -> str:
    if not lesson.messages:
        return "not tried out: no message is recorded, or encoding them would cost money"
    said = f"{lesson.changed} of the last {count(lesson.messages, 'message')}"
    parts = ((lesson.flagged, "off topic"), (lesson.cleared, "on topic"))
    told = [f"{len(texts)} to {where} ({one_line(texts[0])[:_SAID]})" for texts, where in parts if texts]
    return f"{said}: {', '.join(told)}" if told else said


def taught_words(decided: Decided) -> str:
    """What the judge knows now."""
    return f"the judge knows {decided.on_topic:,} on-topic and {decided.off_topic:,} off-topic messages now"
