"""A question in full: in two panels, or where there is little room in one."""

from __future__ import annotations

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from retrieval.freshness.recall import Change
from retrieval.reviewing.review import Explained
from storage.errors import KnowbotError
from storage.records import Interaction
from tui.data.questions import QuestionsData
from tui.widgets.panel import TextPanel
from tui.widgets.question_detail import question_reckoned, question_said


class QuestionFull(Horizontal):
    """What was said, and how it came about; hidden while no question is chosen."""

    def __init__(self, data: QuestionsData) -> None:
        super().__init__(id="question-full")
        self._data = data
        self._shown: Explained | None = None

    def compose(self) -> ComposeResult:
        """The two panels."""
        yield TextPanel("What was said", id="question-detail")
        yield TextPanel("How it came about", id="question-reckoning")

    @work(group="explain", exclusive=True)
    async def show(self, question: Interaction | None) -> None:
        """Reads how it was decided, and shows it; a question that is gone says so."""
        self.display = question is not None
        if question is None:
            return
        try:
            self._explain(await self._data.explain(question.id))
        except KnowbotError as error:
            self._show_panels(Content(str(error)), None)

    def shows(self, explained: Explained) -> bool:
        """False where the question is shown, and as it was before it became golden, or ceased to be."""
        shown = self._shown
        return not shown or shown.question.id != explained.question.id or shown.golden == explained.golden

    def changes(self, question_id: int) -> tuple[Change, ...]:
        """What is shown to have changed since that question was answered; nothing while another one is shown."""
        shown = self._shown
        return shown.changes if shown and shown.question.id == question_id else ()

    def _explain(self, explained: Explained) -> None:
        self._shown = explained
        said, reckoned = question_said(explained), question_reckoned(explained)
        if self.screen.has_class("-narrow"):
            self._show_panels(Content("\n\n").join([said, reckoned]), None)
        else:
            self._show_panels(said, reckoned)

    def _show_panels(self, said: Content, reckoned: Content | None) -> None:
        self.query_one("#question-detail", TextPanel).show(said)
        beside = self.query_one("#question-reckoning", TextPanel)
        beside.display = reckoned is not None
        beside.show(reckoned or Content(""))
