"""With which encoder everything is encoded anew."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Label, Static

from storage.records import Generation
from tui.dialogs.base import Dialog
from tui.words import count


@dataclass(frozen=True)
class Reindex:
    """What to build: None keeps the present encoder, or gives as many dimensions as the encoder has."""

    encoder: str | None
    dimensions: int | None


class ReindexDialog(Dialog[Reindex]):
    """Asks for the encoder and the dimensions, and says what that means."""

    def __init__(self, present: Generation, passages: int) -> None:
        super().__init__()
        self._present, self._passages = present, passages

    def compose(self) -> ComposeResult:
        """The questions."""
        with self.frame("Encode everything anew"):
            yield Static(self._meaning(), markup=False)
            yield Label("Encoder")
            yield Input(str(self._present.encoder["name"]), id="encoder")
            yield Label("Dimensions")
            yield Input(placeholder="as many as the encoder gives", id="dimensions", type="integer")
            yield Static("", id="complaint", markup=False)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        encoder, dimensions = (self.query_one(name, Input).value.strip() for name in ("#encoder", "#dimensions"))
        if dimensions and not (dimensions.isdecimal() and int(dimensions) > 0):
            self.query_one("#complaint", Static).update("! the dimensions are a number above 0, or nothing")
            return
        present = str(self._present.encoder["name"])
        self.dismiss(Reindex(None if encoder in ("", present) else encoder, int(dimensions) if dimensions else None))

    def _meaning(self) -> str:
        return (
            f"{count(self._passages, 'passage')} will be encoded, beside the present index of "
            f"{self._present.dimensions} dimensions. That one goes on answering until the new one is complete, "
            "and is kept: `knowbot index rollback` returns to it."
        )
