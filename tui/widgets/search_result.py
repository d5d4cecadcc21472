"""How an answer came about: the decision, the time of every stage, and the passages with the score of every leg."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from retrieval.types import Answer, Candidate
from tui.widgets.live_table import Column, LiveTable, Row
from tui.words import decision_words, many_lines, one_line

SHOWN_PASSAGES = 30

_HINT = "The scores of every stage appear here. A search costs a call of the encoder and is not recorded as a question."
_COLUMNS = (
    Column("", 2, "right"),
    Column("passage"),
    Column("pass.", 5, "right"),
    Column("title", 5, "right"),
    Column("lex.", 5, "right"),
    Column("fused", 5, "right"),
)


class SearchResult(Vertical):
    """Empty until something was searched; keeps the last result."""

    def compose(self) -> ComposeResult:
        """What was decided, and the table of passages."""
        yield Static(_HINT, id="outcome", markup=False)
        yield LiveTable(_COLUMNS, id="passages")

    def on_mount(self) -> None:
        """An empty table is noise."""
        self.query_one(LiveTable).display = False

    def wait(self, text: str) -> None:
        """Says that the search is under way: the first one loads the model."""
        self.query_one("#outcome", Static).update(f"Searching for “{one_line(text)}” …")

    def refuse(self, sentence: str) -> None:
        """Says why there is no result."""
        self.query_one("#outcome", Static).update(f"! {sentence}")
        self.query_one(LiveTable).display = False

    def show(self, answer: Answer) -> None:
        """Shows everything that is known about an answer."""
        self.query_one("#outcome", Static).update(_outcome(answer))
        table = self.query_one(LiveTable)
        table.display = bool(answer.candidates)
        table.show_rows([_row(n, c) for n, c in enumerate(answer.candidates[:SHOWN_PASSAGES], start=1)])


def _outcome(answer: Answer) -> Content:
    lines = [
        Content.from_markup(
            "[b]$decision[/b]   confidence [b]$confidence[/b]   off-topic [b]$score[/b]$signal",
            decision=decision_words(answer.decision),
            confidence=f"{answer.confidence:.2f}",
            score=f"{answer.off_topic_score:.2f}",
            signal=f" (by {answer.off_topic_signal})" if answer.off_topic_signal else " (judge abstains)",
        ),
        Content.from_markup("[$secondary]$stages[/]", stages=_stages(answer)),
    ]
    said = answer.text or (answer.sources[0].quote if answer.sources else "")
    lines += [Content(line) for line in (answer.note, many_lines(said)) if line]
    return Content("\n").join(lines)


def _stages(answer: Answer) -> str:
    stages = "  ".join(f"{name} {ms:.0f}" for name, ms in answer.milliseconds.items())
    return f"{stages}  in all {sum(answer.milliseconds.values()):.0f} ms"


def _row(number: int, candidate: Candidate) -> Row:
    scores = (candidate.vector, candidate.title, candidate.lexical, candidate.fused)
    key = f"{number} {candidate.chunk.id}"
    return Row(key, (str(number), candidate.chunk.location, *(f"{score:.2f}" for score in scores)))
