"""What every table can do, wherever it stands: its line is copied, and all of it becomes a file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.screen import Screen

from storage.errors import KnowbotError
from tui.admin_data import AdminData
from tui.dialogs.path import PathDialog
from tui.export import Record, export
from tui.widgets.live_table import LiveTable
from tui.widgets.panel import TextPanel
from tui.words import count

COPIED_LETTERS = 60


class TableActions(Screen[None]):
    """Acts on the table, or the text, that has the focus; without one on the first table of the screen."""

    NAME: ClassVar[str]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy_line", "Copy the line, or the text", show=False),
        Binding("ctrl+e", "export_table", "Export the table", show=False),
    ]
    data: AdminData

    async def records(self, table: LiveTable) -> Sequence[Record]:
        """What an export of ``table`` holds: what is shown, unless a screen has more to give than fits into cells."""
        return table.records()

    def action_copy_line(self) -> None:
        """Puts the line under the cursor, or the text that has the focus, into the clipboard."""
        text = self.focused.text if isinstance(self.focused, TextPanel) else self._line()
        if not text:
            self.notify("there is nothing to copy here")
            return
        self.app.copy_to_clipboard(text)
        self.notify(f"copied: {text[:COPIED_LETTERS].strip()}{'…' if len(text) > COPIED_LETTERS else ''}", markup=False)

    @work
    async def action_export_table(self) -> None:
        """Asks where to, and writes the table as CSV or JSON."""
        table = self.table_in_use()
        if table is None:
            self.notify("there is no table on this screen", severity="warning")
            return
        try:
            records = await self.records(table)
            path = await self.app.push_screen_wait(self._where(len(records)))
            if path is not None:
                await asyncio.to_thread(export, records, path)
                self.notify(f"{count(len(records), 'line')} written to {path}", markup=False)
        except KnowbotError as error:
            self.notify(str(error), title="Not exported", severity="error", timeout=12, markup=False)

    def table_in_use(self) -> LiveTable | None:
        """The table with the focus, or the first one that is shown."""
        if isinstance(self.focused, LiveTable):
            return self.focused
        return next((table for table in self.query(LiveTable) if table.row_count), None)

    def _where(self, lines: int) -> PathDialog:
        say = f"{count(lines, 'line')}. A name that ends in .csv or .json says which of the two is written."
        name = f"knowbot-{self.NAME}-{datetime.now():%Y-%m-%d}.csv"
        return PathDialog("Export the table", say, Path.home() / name)

    def _line(self) -> str:
        table = self.table_in_use()
        return table.line() if table else ""
