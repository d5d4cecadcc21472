"""A question in full: how it was decided, what it found at every stage, what it cost, and what was thought of it."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from retrieval.freshness.recall import Change
from retrieval.reviewing.review import Explained
from storage.ledger import ModelCall
from storage.records import Interaction, Retrieved
from tui.times import full_time
from tui.words import count, decision_words, many_lines, one_line, short_model

_SCORE, _TABLE = 7, 53
_EXCERPT = 300
_SHORT = {"vector": "pass.", "lexical": "words"}


def votes(question: Interaction) -> str:
    """``▲2 ▼1``; nothing where nobody voted. An operator's verdict comes first."""
    verdict = {"right": "✓", "wrong": "✗"}.get(question.verdict or "", "")
    voted = f"▲{question.helpful} ▼{question.not_helpful}" if question.helpful or question.not_helpful else ""
    return f"{verdict} {voted}".strip()


def question_said(explained: Explained) -> Content:
    """The question, what was decided, and what the member read."""
    question = explained.question
    asked = many_lines(question.question) or "(not kept: the member opted out)"
    return _page(
        Content.from_markup("[b]$asked[/b]", asked=asked),
        _decided(explained),
        Content(many_lines(question.answer)),
        _block("What has changed since   k: still right   del: take it back", _changed(explained.changes)),
        _sources(question),
    )


def question_reckoned(explained: Explained) -> Content:
    """What was found at every stage, what it cost, and what was thought of it."""
    return _page(
        _block("What was found", _found(explained.retrieved)),
        _block("What it cost", _cost(explained)),
        _block("What is thought of it", _thought(explained)),
    )


def _page(*blocks: Content) -> Content:
    return Content("\n\n").join(block for block in blocks if block.plain)


def _decided(explained: Explained) -> Content:
    question, thresholds = explained.question, explained.thresholds
    lines = [
        Content.from_markup("[b]$decision[/b]", decision=decision_words(question.decision)),
        _compared("confidence", question.confidence, explained.needed, "an answer takes"),
        _compared("off-topic score", question.off_topic_score, thresholds.off_topic, "off topic is from"),
    ]
    if question.shadow:
        lines.append(_quiet("It was only heard (shadow): nothing of this was posted."))
    if question.signal:
        lines.append(_quiet(f"measured by the {question.signal}"))
    if question.decision == "small_talk":
        lines[1:] = [_quiet("It was recognised as small talk, before any score counted.")]
    return Content("\n").join(lines)


def _compared(name: str, score: float, threshold: float, words: str) -> Content:
    sign = "≥" if score >= threshold else "<"
    return Content.from_markup(
        "[$secondary]$name[/] [b]$score[/b] $sign $threshold  [$secondary]$words[/]",
        name=f"{name:<15}",
        score=f"{score:.2f}",
        sign=sign,
        threshold=f"{threshold:.2f}",
        words=f"({words} {threshold:.2f})",
    )


def _found(retrieved: tuple[Retrieved, ...]) -> Iterator[Content]:
    if not retrieved:
        return
    stages = list(retrieved[0].scores)
    room = _TABLE - _SCORE * len(stages)
    heading = "".join(f"{_SHORT.get(stage, stage):>{_SCORE}}" for stage in stages)
    yield _quiet(f"{'':<{room}}{heading}")
    for each in retrieved:
        location = each.location if len(each.location) <= room else f"…{each.location[1 - room :]}"
        scores = "".join(f"{each.scores.get(stage, 0.0):>{_SCORE}.2f}" for stage in stages)
        yield Content(f"{one_line(location):<{room}}{scores}")


def _changed(changes: tuple[Change, ...]) -> Iterator[Content]:
    for change in changes:
        said = "quotes what is not there any more" if change.version else "is gone, or was forgotten"
        yield Content(f"! {one_line(change.document_location)} {said}")
        yield Content.from_markup("  [$secondary]was[/] $quote", quote=_excerpt(change.quote))
        if change.now:
            yield Content.from_markup("  [$secondary]now[/] $now", now=_excerpt(change.now))


def _excerpt(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _EXCERPT else f"{line[:_EXCERPT]}…"


def _cost(explained: Explained) -> Iterator[Content]:
    spent = explained.question.milliseconds
    stages = "  ".join(f"{name} {ms:.0f}" for name, ms in spent.items())
    if spent:
        yield Content(f"{sum(spent.values()):.0f} ms: {stages}")
    for call in explained.calls:
        yield Content(_call(call))


def _call(call: ModelCall) -> str:
    tokens = f"{call.prompt_tokens + call.completion_tokens:,} tokens"
    price = f"{call.price:.6f} {call.currency}" if call.price else "free"
    return f"{call.operation}: {count(call.texts, 'text')}, {tokens}, {price} ({short_model(call.model)})"


def _thought(explained: Explained) -> Iterator[Content]:
    question = explained.question
    where = f", channel {question.channel_id}" if question.channel_id else ""
    yield _quiet(f"asked {full_time(question.asked_at)} through {question.origin}{where}")
    yield _quiet("to the bot" if question.addressed else "not to the bot")
    yield Content(f"▲ {question.helpful} helpful   ▼ {question.not_helpful} not helpful")
    if question.verdict:
        yield Content(f"marked {question.verdict} by an operator")
    if explained.golden:
        yield Content(f"★ golden: {one_line(explained.golden)} answers it")
    if question.withdrawn_at:
        waits = "; Discord shows it until the bot runs" if explained.owed else ""
        yield Content(f"↶ withdrawn {full_time(question.withdrawn_at)}{waits}")


def _sources(question: Interaction) -> Content:
    heading = "Sources" if question.answer else "Nearest documents"
    lines = [
        Content.from_markup(
            "$number. $title\n   [$secondary]$location  $score[/]",
            number=source.number,
            title=one_line(source.title),
            location=source.location,
            score=f"{source.score:.2f}",
        )
        for source in question.sources
    ]
    return _block(heading, lines)


def _block(title: str, lines: Iterator[Content] | list[Content]) -> Content:
    found = list(lines)
    return Content("\n").join([_quiet(f"── {title}"), *found]) if found else Content("")


def _quiet(words: str) -> Content:
    return Content.from_markup("[$secondary]$words[/]", words=words)
