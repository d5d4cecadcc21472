"""A recorded question with its answer, its sources and its scores."""

from __future__ import annotations

from textual.content import Content

from storage.records import Interaction
from tui.times import full_time
from tui.words import decision_words, many_lines, one_line


def votes(question: Interaction) -> str:
    """``+2 −1``; nothing where nobody voted."""
    parts = [
        f"+{question.helpful}" if question.helpful else "",
        f"−{question.not_helpful}" * bool(question.not_helpful),
    ]
    return " ".join(part for part in parts if part)


def question_text(question: Interaction) -> Content:
    """Everything that was kept of it, but who asked."""
    blocks = [
        Content.from_markup("[b]$question[/b]", question=many_lines(question.question)),
        Content.from_markup("[$secondary]$facts[/]", facts=_facts(question)),
        *([Content(many_lines(question.answer))] if question.answer else []),
        *([_sources(question)] if question.sources else []),
    ]
    return Content("\n\n").join(blocks)


def _facts(question: Interaction) -> str:
    judged = (
        f"{decision_words(question.decision)}   confidence {question.confidence:.2f}   "
        f"off-topic score {question.off_topic_score:.2f}"
    )
    asked = f"{full_time(question.asked_at)} by {question.origin}, {'asked' if question.addressed else 'not asked'}"
    stages = "  ".join(f"{name} {ms:.0f} ms" for name, ms in question.milliseconds.items())
    thought = f"helpful {question.helpful}, not helpful {question.not_helpful}"
    withdrawn = f"   withdrawn {full_time(question.withdrawn_at)}" if question.withdrawn_at else ""
    return f"{judged}\n{asked}   {thought}{withdrawn}\n{stages}"


def _sources(question: Interaction) -> Content:
    heading = "Sources" if question.answer else "Nearest documents"
    lines = [
        Content.from_markup(
            "  $number. $title\n     [$secondary]$location  $score[/]",
            number=source.number,
            title=one_line(source.title),
            location=source.location,
            score=f"{source.score:.2f}",
        )
        for source in question.sources
    ]
    return Content("\n").join([Content(heading), *lines])
