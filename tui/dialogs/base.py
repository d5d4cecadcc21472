"""What every dialog has: a frame with a title, and a way out."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Dialog(ModalScreen[Result | None]):
    """Its type states its answer; None where it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Cancel")]

    def frame(self, title: str) -> Vertical:
        """The box that the dialog's widgets go into."""
        box = Vertical(classes="dialog")
        box.border_title = title
        box.border_subtitle = "Enter: do it   Escape: leave"
        return box

    def action_leave(self) -> None:
        """Nothing is done."""
        self.dismiss(None)
