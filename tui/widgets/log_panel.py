"""The log as a table, narrowed down by words or to what is grave."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input

from tui.data.log import LogData
from tui.widgets.clock_text import log_row
from tui.widgets.live_table import Column
from tui.widgets.panel import TablePanel
from tui.widgets.words_box import WordsBox

_NO_LOG = "Nothing was logged yet: the bot and the worker write here from their next start on."
_NO_MATCH = "No line of the log is like that. Escape shows all."
_LOG_COLUMNS = (Column("when", 8), Column("level", 8), Column("part", 12, wide_only=True), Column("what"))


class LogPanel(TablePanel):
    """The latest lines of ``data`` that are wanted."""

    class Narrowed(Message):
        """Other lines are to be read."""

    def __init__(self, data: LogData) -> None:
        super().__init__("Log", _LOG_COLUMNS, id="log")
        self._data = data
        self._grave_only = False
        self._wanted = ""

    def compose(self) -> ComposeResult:
        """The box for words and the table."""
        yield WordsBox("the log", "log-words")
        yield from super().compose()

    async def read(self, now: float) -> None:
        """Shows what the files hold by now."""
        lines = await self._data.latest(self._grave_only, self._wanted)
        which = ", warnings and errors" if self._grave_only else ""
        sought = f" with “{self._wanted}”" if self._wanted else ""
        self.border_title = f"Log: {len(lines):,} lines{which}{sought}, newest first"
        self.show([log_row(line, now) for line in lines], _NO_MATCH if which or sought else _NO_LOG)

    def start_search(self) -> None:
        """Puts the cursor into the box for words."""
        self.query_one(WordsBox).start()

    def turn_grave(self) -> None:
        """Warnings and errors only, or everything."""
        self._narrow(not self._grave_only, self._wanted)

    def clear(self) -> None:
        """Every line."""
        self._narrow(False, "")

    @on(Input.Submitted)
    def _searched(self, submitted: Input.Submitted) -> None:
        self._narrow(self._grave_only, submitted.value.strip())

    def _narrow(self, grave_only: bool, wanted: str) -> None:
        self._grave_only, self._wanted = grave_only, wanted
        self.query_one(WordsBox).settle(wanted, self.table)
        self.post_message(self.Narrowed())
