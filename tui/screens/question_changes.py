"""What is made of a question from the screen of questions: a verdict, an answer, a golden question."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from storage.records import Interaction, Verdict
from tui.dialogs.answer import AnswerDialog
from tui.dialogs.confirm import confirmed
from tui.screens.base import ConsoleScreen
from tui.widgets.question_full import QuestionFull
from tui.widgets.question_list import Narrowing
from tui.widgets.question_pages import QuestionPages
from tui.words import one_line


class QuestionChanges(ConsoleScreen):
    """Acts on the question under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "mark('right')", "Right"),
        Binding("w", "mark('wrong')", "Wrong"),
        Binding("a", "write_answer", "Answer it"),
        Binding("g", "golden", "Golden"),
        Binding("o", "changed", "Answers whose sources have changed", show=False),
        Binding("k", "still_right", "Still right, whatever changed", show=False),
        Binding("delete", "withdraw", "Take the answer back", key_display="del", show=False),
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

    @work
    async def action_changed(self) -> None:
        """Answers that quote what has changed or gone since, and nobody has looked at again."""
        with self.sentences():
            await self._show_changed()

    @work
    async def action_still_right(self) -> None:
        """Says that the chosen answer holds, as its sources are shown: it is named no more until they change again."""
        if chosen := self.chosen:
            with self.sentences():
                changes = self.query_one(QuestionFull).changes(chosen.id)
                if not changes:
                    self.notify("its sources say what they said")
                    return
                await self.data.questions.still_right(chosen.id, changes)
                self.notify("still right: it is named no more, unless its sources change again")
                await self._looked_at()

    @work
    async def action_withdraw(self) -> None:
        """Asks, then takes the chosen answer back."""
        if not (chosen := self.chosen) or chosen.decision != "answer" or chosen.withdrawn_at or chosen.shadow:
            self.notify("choose an answer that stands")
            return
        what = f"{one_line(chosen.question)}\n\nOn Discord a line that says so takes the place of the answer."
        if await confirmed(self.app, "Take the answer back?", what, "Withdraw"):
            with self.sentences():
                done = await self.data.questions.withdraw(chosen.id)
                posted = ": the bot takes it off Discord within seconds, or once it runs" if chosen.reply_id else ""
                self.notify(f"withdrawn{posted}" if done else "somebody else was quicker: it was withdrawn already")
                await self._looked_at()

    async def _looked_at(self) -> None:
        """What was seen to goes from the list of what is to be looked at."""
        if self.query_one(QuestionPages).narrowing.changed:
            await self._show_changed()
        self.reload()

    async def _show_changed(self) -> None:
        numbers = await self.data.questions.changed()
        self.query_one(QuestionPages).narrow(Narrowing(self.data.space, changed=True, numbers=numbers))

    async def write_answer(self, question: str, answer: str) -> None:
        """Asks for the answer to ``question``, beginning with ``answer``; to be called in a worker."""
        written = await self.app.push_screen_wait(AnswerDialog(question, answer))
        if written is not None:
            with self.sentences():
                self.notify("the answer is being taken in …")
                location = await self.data.questions.write_answer(written.question, written.answer)
                self.notify(f"the next who asks is answered from {location}", markup=False)
                self.reload()
