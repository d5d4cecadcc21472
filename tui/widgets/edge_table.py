"""A table that says when its cursor is to leave it: whoever reads by the page has more."""

from __future__ import annotations

from rich.text import Text
from textual.message import Message
from textual.widgets import DataTable


class EdgeTable(DataTable[Text]):
    """The cursor stays where it is; ``Edge`` is what a page is turned on."""

    class Edge(Message):
        """The cursor was to go beyond the last row (``pages`` 1) or the first one (-1)."""

        def __init__(self, pages: int) -> None:
            super().__init__()
            self.pages = pages

    def action_cursor_down(self) -> None:
        """See DataTable; at the last row whoever has more pages is told."""
        self._step_over(self.row_count - 1, 1)
        super().action_cursor_down()

    def action_cursor_up(self) -> None:
        """See DataTable; at the first row whoever has more pages is told."""
        self._step_over(0, -1)
        super().action_cursor_up()

    def _step_over(self, edge: int, pages: int) -> None:
        if self.row_count and self.cursor_row == edge:
            self.post_message(self.Edge(pages))
