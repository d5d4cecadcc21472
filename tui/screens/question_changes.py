"""What is made of a question from the screen of questions: a verdict, an answer, a golden question."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from storage.records import Interaction, Verdict
from tui.dialogs.answer import AnswerDialog
from tui.screens.base import ConsoleScreen
from tui.widgets.question_full import QuestionFull
from tui.widgets.question_pages import QuestionPages


class QuestionChanges(ConsoleScreen):
    """Acts on the question under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "mark('right')", "Right"),
        Binding("w", "mark('wrong')", "Wrong"),
        Binding("a", "write_answer", "Answer it"),
        Binding("g", "golden", "Golden"),
    ]

    @property
    def chosen(self) -> Interaction | None:
        """The question under the cursor."""
        return self.query_one(QuestionPages).chosen

    @work
    async def action_mark(self, verdict: Verdict) -> None:
        """Says whether the chosen answer was right; the same once more takes it back."""
        if chosen := self.chosen:
            with self.sentences():
                said = None if chosen.verdict == verdict else verdict
                await self.data.questions.mark(chosen.id, said)
                self.notify(f"marked {said}" if said else "the mark was taken back")
                self.reload()

    @work
    async def action_write_answer(self) -> None:
        """Asks for the answer, and makes a document of it."""
        if chosen := self.chosen:
            await self.write_answer(chosen.question, chosen.answer)

    @work
    async def action_golden(self) -> None:
        """Makes the chosen question golden, or takes that back."""
        if chosen := self.chosen:
            with self.sentences():
                explained = await self.data.questions.explain(chosen.id)
                if not self.query_one(QuestionFull).shows(explained):
                    self.notify("somebody else was quicker: what it is now is shown")
                elif explained.golden:
                    await self.data.questions.unmake_golden(chosen.id)
                    self.notify("it is no golden question any more")
                else:
                    location = await self.data.questions.make_golden(chosen.id)
                    self.notify(f"golden: {location} answers it", markup=False)
                self.reload()

    async def write_answer(self, question: str, answer: str) -> None:
        """Asks for the answer to ``question``, beginning with ``answer``; to be called in a worker."""
        written = await self.app.push_screen_wait(AnswerDialog(question, answer))
        if written is not None:
            with self.sentences():
                self.notify("the answer is being taken in …")
                location = await self.data.questions.write_answer(written.question, written.answer)
                self.notify(f"the next who asks is answered from {location}", markup=False)
                self.reload()
