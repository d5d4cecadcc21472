"""What is double or strange among the documents, beside their tree."""

from __future__ import annotations

from textual import on, work
from textual.message import Message

from storage.errors import KnowbotError
from tui.data.shelf import Oddities, ShelfData
from tui.widgets.live_table import LiveTable
from tui.widgets.odd_rows import ODD_COLUMNS, location_of, odd_rows, odd_title
from tui.widgets.panel import TablePanel

_LOOKING = "looking at every passage …"
_NOTHING = "Nothing says the same twice, and no document is unlike all others."


class OddSide(TablePanel):
    """Shows what the last survey found; asks for one where there is none, or once more."""

    class Chosen(Message):
        """A document is to be shown."""

        def __init__(self, location: str) -> None:
            super().__init__()
            self.location = location

    def __init__(self, data: ShelfData) -> None:
        super().__init__("Doubles and strangers", ODD_COLUMNS, id="oddities")
        self._data = data

    @work(group="survey", exclusive=True)
    async def look(self, afresh: bool) -> None:
        """What was found last, or with ``afresh`` now."""
        try:
            found = None if afresh else await self._data.oddities()
            if found is None:
                self.show([], _LOOKING)
                found = await self._data.survey()
        except KnowbotError as error:
            self.show([], f"! {error}")
        else:
            self._show_found(found)

    @on(LiveTable.RowSelected)
    def _selected(self) -> None:
        if location := location_of(self.table.current):
            self.post_message(self.Chosen(location))

    def _show_found(self, found: Oddities) -> None:
        self.border_title = odd_title(found)
        self.show(odd_rows(found), _NOTHING)
