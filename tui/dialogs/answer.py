"""An operator's answer to a question, before it becomes a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Label, Static, TextArea

from tui.dialogs.base import Dialog

_SAY = "It becomes a document that every member may read, and the next who asks is answered from it."


@dataclass(frozen=True)
class WrittenAnswer:
    """The question as it shall be found, and the answer in Markdown."""

    question: str
    answer: str


class AnswerDialog(Dialog[WrittenAnswer]):
    """Both can be edited; Enter is a new line of the answer."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "save", "Save", priority=True)]

    def __init__(self, question: str, answer: str) -> None:
        super().__init__()
        self._question, self._answer = question, answer

    def compose(self) -> ComposeResult:
        """The question and the answer."""
        with self.frame("Write the answer") as box:
            box.border_subtitle = "Ctrl+S: save   Escape: leave"
            yield Static(_SAY, markup=False)
            yield Label("Question")
            yield Input(self._question, id="question-text", select_on_focus=False)
            yield Label("Answer")
            yield TextArea(self._answer, id="answer-text", soft_wrap=True)
            yield Static("", id="complaint", markup=False)

    def on_mount(self) -> None:
        """The answer is what is missing."""
        self.query_one(TextArea).focus()

    def action_save(self) -> None:
        """Hands both over, unless one is empty."""
        question, answer = self.query_one(Input).value.strip(), self.query_one(TextArea).text.strip()
        if question and answer:
            self.dismiss(WrittenAnswer(question, answer))
        else:
            self.query_one("#complaint", Static).update("! both the question and the answer have to be written")
