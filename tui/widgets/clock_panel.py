"""The jobs of the clock as a table."""

from __future__ import annotations

from collections.abc import Sequence

from tui.data.jobs import Due
from tui.widgets.clock_text import DUE_COLUMNS, due_row
from tui.widgets.panel import TablePanel

_NO_CLOCK = "The clock belongs to the bot, and this console was started without its settings."


class ClockPanel(TablePanel):
    """What is due when, and how it went the last time."""

    def __init__(self) -> None:
        super().__init__("The clock", DUE_COLUMNS, id="clock")
        self._due: tuple[Due, ...] = ()

    @property
    def chosen(self) -> Due | None:
        """The one under the cursor."""
        return next((due for due in self._due if due.name == self.table.current), None)

    def show_due(self, due: Sequence[Due], now: float) -> None:
        """Shows the clock as it is now."""
        self._due = tuple(due)
        self.show([due_row(each, now) for each in due], _NO_CLOCK)
