"""Answers as a terminal shows them."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape

from bot.words import NEAREST, NOTES, SOURCES, confidence_word, reply
from retrieval.types import Answer


def show_answer(console: Console, answer: Answer) -> None:
    """Prints what was decided, with numbered sources where there are any."""
    for note in answer.notes:
        console.print(f"[dim]{NOTES[note].format_map(answer.note_figures)}[/dim]")
    console.print(escape(reply(answer)), soft_wrap=True)
    if answer.decision == "answer":
        console.print(f"[dim]{confidence_word(answer.confidence)}[/dim]")
    if answer.sources and answer.decision in ("answer", "unsure"):
        console.print(f"[bold]{SOURCES if answer.decision == 'answer' else NEAREST}[/bold]")
        for source in answer.sources:
            title = escape(source.title)
            console.print(
                f"  [bold]{source.number}.[/bold] {title}  [cyan]{escape(source.location)}[/cyan]", soft_wrap=True
            )


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """The object that ``ask --json`` prints; its names are a contract."""
    return {
        "decision": answer.decision,
        "answer": answer.text,
        "confidence": round(answer.confidence, 4),
        "off_topic_score": round(answer.off_topic_score, 4),
        "sources": [
            {
                "title": source.title,
                "location": source.location,
                "quote": source.quote,
                "score": round(source.score, 4),
            }
            for source in answer.sources
        ],
        "ms": dict(answer.milliseconds),
    }
