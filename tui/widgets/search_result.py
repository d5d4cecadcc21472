"""How an answer came about: the decision, the passages with every stage's score, and why a chosen one was not first."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from retrieval.types import Answer, Candidate
from retrieval.why_not import WhyNot
from tui.data.knowledge import Searched
from tui.widgets.live_table import Column, LiveTable, Row
from tui.widgets.why_not_text import why_not_text
from tui.words import decision_words, many_lines, notes_words, one_line

SHOWN_PASSAGES = 30

_HINT = "The scores of every stage appear here. A search costs a call of the encoder and is not recorded as a question."
_COLUMNS = (
    Column("", 2, "right"),
    Column("passage"),
    Column("mean.", 5, "right"),
    Column("head.", 5, "right"),
    Column("words", 5, "right"),
    Column("fused", 5, "right"),
    Column("conf.", 5, "right"),
)
_WIDE = 78
_LONGEST_QUOTE = 300


class SearchResult(Vertical):
    """Empty until something was searched; keeps the last result."""

    class Chosen(Message):
        """Another passage is to be explained; its document is ``location``."""

        def __init__(self, location: str) -> None:
            super().__init__()
            self.location = location

    def __init__(self) -> None:
        super().__init__()
        self.answer: Answer | None = None
        self._titles: dict[str, str] = {}
        self._locations: list[str] = []

    def compose(self) -> ComposeResult:
        """What was decided, the table of passages, and the chosen one beside the first."""
        yield Static(_HINT, id="outcome", markup=False)
        yield LiveTable(_COLUMNS, id="passages")
        yield Static("", id="why-not", markup=False)

    def on_mount(self) -> None:
        """An empty table is noise."""
        self._show_table(False)

    def start(self) -> None:
        """Puts the cursor on the first passage."""
        self.query_one(LiveTable).focus()

    def wait(self, text: str) -> None:
        """Says that the search is under way: the first one loads the model."""
        self.query_one("#outcome", Static).update(
            f"Searching for “{one_line(text)}” … the first search loads the model, which takes some seconds."
        )

    def refuse(self, sentence: str) -> None:
        """Says why there is no result."""
        self.answer = None
        self.query_one("#outcome", Static).update(f"! {sentence}")
        self._show_table(False)

    def show(self, found: Searched) -> None:
        """Shows everything that is known about an answer."""
        self.answer = answer = found.answer
        shown = answer.candidates[:SHOWN_PASSAGES]
        self._titles = {each.chunk.document_location: each.chunk.document_title for each in answer.candidates}
        self._locations = [each.chunk.document_location for each in shown]
        self.query_one("#outcome", Static).update(_outcome(answer))
        self._show_table(bool(answer.candidates))
        firsts = _firsts(shown)
        rows = [_row(n, c, found if n in firsts else None) for n, c in enumerate(shown, start=1)]
        self.query_one(LiveTable).show_rows(rows)

    def explain(self, told: WhyNot, title: str = "") -> None:
        """Shows why a document was not first."""
        words = why_not_text(told, title or self._titles.get(told.location, told.location), self.size.width >= _WIDE)
        panel = self.query_one("#why-not", Static)
        panel.update(words)
        panel.display = True

    @on(LiveTable.RowHighlighted)
    def _passage_chosen(self, highlighted: LiveTable.RowHighlighted) -> None:
        if highlighted.cursor_row < len(self._locations):
            self.post_message(self.Chosen(self._locations[highlighted.cursor_row]))

    def _show_table(self, shown: bool) -> None:
        self.query_one(LiveTable).display = shown
        self.query_one("#why-not").display = shown


def _firsts(candidates: tuple[Candidate, ...]) -> set[int]:
    """The places of each document's best passage, from 1."""
    places: dict[int, int] = {}
    for place, candidate in enumerate(candidates, start=1):
        places.setdefault(candidate.chunk.document_id, place)
    return set(places.values())


def _outcome(answer: Answer) -> Content:
    lines = [
        Content.from_markup(
            "[b]$decision[/b]   confidence [b]$confidence[/b]   off-topic [b]$score[/b] $signal",
            decision=decision_words(answer.decision),
            confidence=f"{answer.confidence:.2f}",
            score=f"{answer.off_topic_score:.2f}",
            signal=f"by {answer.off_topic_signal}" if answer.off_topic_signal else "(judge abstains)",
        ),
        Content.from_markup("[$secondary]$stages[/]", stages=_stages(answer)),
    ]
    said = answer.text or (answer.sources[0].quote if answer.sources else "")
    lines += [Content(line) for line in (notes_words(answer), many_lines(said)[:_LONGEST_QUOTE]) if line]
    return Content("\n").join(lines)


def _stages(answer: Answer) -> str:
    return " · ".join(f"{name} {ms:.0f}" for name, ms in answer.milliseconds.items()) + " ms"


def _row(number: int, candidate: Candidate, best: Searched | None) -> Row:
    scores = (candidate.vector, candidate.title, candidate.lexical, candidate.fused)
    confidence = f"{best.confidences.get(candidate.chunk.document_id, 0.0):.2f}" if best else ""
    cells = (str(number), candidate.chunk.location, *(f"{score:.2f}" for score in scores), confidence)
    return Row(f"{number} {candidate.chunk.id}", cells)
