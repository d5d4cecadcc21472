"""A document's text to be changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Label, Static, TextArea

from retrieval.handed_in.editor import Editable
from tui.dialogs.base import Dialog


@dataclass(frozen=True)
class Edited:
    """The text as it is to be, and of an answer its question."""

    title: str
    text: str


class EditDialog(Dialog[Edited]):
    """Nothing is stored before ctrl+s; Escape has to be pressed twice where something was changed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "save", "Save", priority=True)]

    def __init__(self, editable: Editable) -> None:
        super().__init__()
        self._editable = editable
        self._warned = False

    def compose(self) -> ComposeResult:
        """The text, and above an answer its question."""
        with self.frame(f"Edit {self._editable.location}") as box:
            box.add_class("editor")
            box.border_subtitle = "ctrl+s: save   Escape: leave"
            if self._editable.kind == "answer":
                yield Label("Question")
                yield Input(self._editable.title, id="title")
            yield TextArea(self._editable.text, id="text", soft_wrap=True, tab_behavior="focus")
            yield Static("", id="complaint", markup=False)

    def on_mount(self) -> None:
        """The text is what is edited most."""
        self.query_one(TextArea).focus()

    def action_save(self) -> None:
        """Hands the text back; an empty one is refused, since forgetting is something else."""
        edited = self._edited()
        if not edited.text.strip() or not edited.title.strip():
            self._complain("an empty document answers nothing: Escape leaves, delete on the list forgets it")
            return
        self.dismiss(edited)

    def action_leave(self) -> None:
        """Leaves; what was changed is dropped only when asked twice."""
        unchanged = self._edited() == Edited(self._editable.title, self._editable.text)
        if unchanged or self._warned:
            self.dismiss(None)
            return
        self._warned = True
        self._complain("what you changed is not saved: Escape once more drops it, ctrl+s saves it")

    def _edited(self) -> Edited:
        titles = list(self.query("#title").results(Input))
        return Edited(titles[0].value if titles else self._editable.title, self.query_one(TextArea).text)

    def _complain(self, sentence: str) -> None:
        self.query_one("#complaint", Static).update(f"! {sentence}")
