"""Thresholds: what the bot decides by, tried out on what was asked before it counts."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from retrieval.gate import GateThresholds
from retrieval.lab import Traffic
from tui.admin_data import AdminData
from tui.data.thresholds import Thresholds
from tui.screens.base import ConsoleScreen
from tui.widgets.histogram import Histogram
from tui.widgets.panel import TablePanel, TextPanel
from tui.widgets.reliability import Reliability
from tui.widgets.sliders import Sliders
from tui.widgets.threshold_text import (
    HISTORY_COLUMNS,
    NEAR_COLUMNS,
    TRAFFIC,
    history_rows,
    near_rows,
    preview_text,
    scores_for,
)

_NOTHING_NEAR = "No recorded message is decided by this threshold."
_NO_HISTORY = "Nobody has changed them: the defaults are in force."


class ThresholdsScreen(ConsoleScreen):
    """Moves thresholds; only Enter and undo change what counts."""

    NAME = "thresholds"
    PURPOSE = "What the bot decides by, tried out on what was asked before it counts."
    PARTS = (Sliders,)
    AUTO_FOCUS = "Sliders"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "apply", "Apply", priority=True),
        Binding("u", "undo", "Undo"),
        Binding("h", "turn('-history')", "History"),
        Binding("d", "turn('-reliability')", "Reliability"),
        Binding("s", "next_traffic", "Traffic"),
        Binding("escape", "discard", "Discard"),
    ]

    def __init__(self, data: AdminData) -> None:
        super().__init__(data)
        self._view: Thresholds | None = None
        self._traffic: Traffic = "all"

    def body(self) -> ComposeResult:
        """Sliders above; below them a plot, the preview, and the messages beside the threshold or the history."""
        yield Sliders()
        with Horizontal(id="threshold-bottom"):
            yield Histogram()
            yield Reliability()
            with Vertical(id="threshold-side"):
                yield TextPanel("Preview", id="preview")
                yield TablePanel("Nearest to it: ▲ above, ▼ below", NEAR_COLUMNS, id="threshold-near")
                yield TablePanel("History", HISTORY_COLUMNS, id="threshold-history")

    async def load(self) -> None:
        """See ConsoleScreen."""
        self._view = view = await self.data.thresholds.view(self._traffic)
        self.query_one(Sliders).in_force = view.in_force
        self.query_one("#threshold-history", TablePanel).show(history_rows(view), _NO_HISTORY)
        self.query_one(Reliability).show(view.reliability)
        await self._preview()

    @on(Sliders.Moved)
    def _moved(self) -> None:
        self.run_worker(self._preview(), group="preview", exclusive=True)

    @work
    async def action_apply(self) -> None:
        """Lets what the sliders say count, for every process."""
        sliders = self.query_one(Sliders)
        if not sliders.differs:
            self.notify("these thresholds are in force already: left and right move them")
            return
        with self.sentences():
            wanted = sliders.wanted
            await self.data.thresholds.apply(wanted, sliders.in_force)
            self._settle(wanted)
            self.notify("applied: the bot decides by it from its next message on")

    @work
    async def action_undo(self) -> None:
        """Takes the last change back."""
        with self.sentences():
            self._settle(await self.data.thresholds.undo(self.query_one(Sliders).in_force))
            self.notify("undone: what counted before counts again")

    def action_discard(self) -> None:
        """Back to what is in force."""
        self.query_one(Sliders).discard()

    def action_turn(self, which: str) -> None:
        """Shows the history instead of the messages, or the reliability instead of the histogram, and back."""
        self.toggle_class(which)

    def action_next_traffic(self) -> None:
        """All recorded messages, those that could be answered, or those that were only heard."""
        kinds = tuple(TRAFFIC)
        self._traffic = kinds[(kinds.index(self._traffic) + 1) % len(kinds)]
        self.reload()

    def _settle(self, in_force: GateThresholds) -> None:
        sliders = self.query_one(Sliders)
        sliders.in_force = in_force
        sliders.discard()
        self.reload()

    async def _preview(self) -> None:
        sliders = self.query_one(Sliders)
        with self.sentences():
            preview = await self.data.thresholds.preview(sliders.wanted, sliders.chosen)
            panel = self.query_one("#preview", TextPanel)
            panel.border_title = "Preview: not applied yet" if sliders.differs else "Preview"
            panel.border_subtitle = TRAFFIC[self._traffic]
            panel.set_class(sliders.differs, "pending")
            panel.show(preview_text(preview, sliders.differs, sliders.chosen))
            self.query_one("#threshold-near", TablePanel).show(near_rows(preview.effect), _NOTHING_NEAR)
        if self._view:
            scores = scores_for(sliders.chosen, self._view.recorded)
            self.query_one(Histogram).show(sliders.chosen, scores, sliders.value, sliders.value_in_force)
