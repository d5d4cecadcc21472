"""With which encoder everything is encoded anew, and what that takes, before it is begun."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Input, Label, Static

from retrieval.planning.plan import ReindexPlan
from storage.errors import KnowbotError
from storage.records import Generation
from tui.dialogs.base import Dialog
from tui.widgets.index_text import plan_text

_MEANING = (
    "The new index is built beside the present one of {dimensions} dimensions, which goes on answering until the new "
    "one is complete and finds as much. It is kept: b goes back to it. A build can rest and go on."
)
_FIRST = "Enter: estimate   Escape: leave"
_THEN = "Enter once more: build it   Escape: leave"


@dataclass(frozen=True)
class Reindex:
    """What to build: None keeps the present encoder, or gives as many dimensions as the encoder has."""

    encoder: str | None
    dimensions: int | None


class ReindexDialog(Dialog[Reindex]):
    """Asks for the encoder and the dimensions; Enter estimates, and once more begins."""

    def __init__(self, present: Generation, plan: Callable[[str | None, int | None], Awaitable[ReindexPlan]]) -> None:
        super().__init__()
        self._present, self._plan = present, plan
        self._estimated: Reindex | None = None

    def compose(self) -> ComposeResult:
        """The questions, and below them the estimate."""
        with self.frame("Encode everything anew") as box:
            box.border_subtitle = _FIRST
            yield Static(_MEANING.format(dimensions=self._present.dimensions), markup=False)
            yield Label("Encoder")
            yield Input(str(self._present.encoder["name"]), id="encoder", compact=True)
            yield Label("Dimensions")
            yield Input(placeholder="as many as the encoder gives", id="dimensions", type="integer", compact=True)
            yield Static("", id="estimate", markup=False)
            yield Static("", id="complaint", markup=False)

    @on(Input.Changed)
    def _changed(self) -> None:
        if self._estimated is not None and self._estimated != self._wanted():
            self._estimated = None
            self.query_one("#estimate", Static).update("")
            self.query_one(".dialog").border_subtitle = _FIRST

    @on(Input.Submitted)
    def _submitted(self) -> None:
        wanted = self._wanted()
        if wanted is None:
            self.query_one("#complaint", Static).update("! the dimensions are a number above 0, or nothing")
        elif wanted == self._estimated:
            self.dismiss(wanted)
        else:
            self._estimate(wanted)

    @work(exclusive=True)
    async def _estimate(self, wanted: Reindex) -> None:
        estimate, complaint = self.query_one("#estimate", Static), self.query_one("#complaint", Static)
        complaint.update("")
        estimate.update("counting, and timing a sample: that may load the model …")
        try:
            plan = await self._plan(wanted.encoder, wanted.dimensions)
        except KnowbotError as error:
            estimate.update("")
            complaint.update(f"! {error}")
            return
        estimate.update(plan_text(plan))
        self._estimated = wanted
        self.query_one(".dialog").border_subtitle = _THEN

    def _wanted(self) -> Reindex | None:
        """What the fields say; None where they say nothing that could be built."""
        encoder, dimensions = (self.query_one(name, Input).value.strip() for name in ("#encoder", "#dimensions"))
        if dimensions and not (dimensions.isdecimal() and int(dimensions) > 0):
            return None
        present = str(self._present.encoder["name"])
        return Reindex(None if encoder in ("", present) else encoder, int(dimensions) if dimensions else None)
