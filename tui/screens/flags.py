"""Flags: messages that looked off topic, for a verdict that teaches."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from storage.errors import KnowbotError
from storage.flags import OFF_TOPIC, Flag
from storage.records import Label
from tui.admin_data import AdminData
from tui.data.conversations import Decided, Flagged, Reason
from tui.screens.base import ConsoleScreen
from tui.widgets.flag_text import FLAG_COLUMNS, flag_row, flag_text, reason_text, taught_words
from tui.widgets.live_table import LiveTable
from tui.widgets.panel import TablePanel, TextPanel
from tui.words import count

_NONE_OPEN = "No flag is open. Press f to see those that were decided."
_LOOKING = Content("Looking for what it resembles ...")
PAUSE_SECONDS = 0.15
_NONE = "No message has looked off topic yet. Flags come from the channels that the bot watches."


class FlagsScreen(ConsoleScreen):
    """A list, open flags first; a verdict closes a flag and teaches its message at once."""

    NAME = "flags"
    PURPOSE = "Messages that looked off topic. A verdict teaches the judge at once."
    AUTO_FOCUS = "LiveTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "decide('in')", "On topic"),
        Binding("o", "decide('out')", "Off topic"),
        Binding("z", "reopen", "Undo"),
        Binding("f", "toggle_all", "All / open"),
    ]

    def __init__(self, data: AdminData) -> None:
        super().__init__(data)
        self._view: Flagged | None = None
        self._open_only = True
        self._decided: list[int] = []
        self._reasons: dict[int, Reason] = {}
        self._explaining: int | None = None

    def body(self) -> ComposeResult:
        """The list above, the message below."""
        yield TablePanel("Open flags", FLAG_COLUMNS, id="flag-table")
        yield TextPanel("The message", id="flag-detail")
        yield TextPanel("Why, and what a verdict would change", id="flag-reason")

    async def load(self) -> None:
        """See ConsoleScreen."""
        self._view = view = await self.data.conversations.flags(self._open_only)
        panel = self.query_one(TablePanel)
        kind = "open flag" if self._open_only else "flag"
        panel.border_title = count(len(view.flags), kind)
        panel.show([flag_row(flag, view.now) for flag in view.flags], _NONE_OPEN if self._open_only else _NONE)
        self._show_chosen()

    @work
    async def action_decide(self, verdict: Label) -> None:
        """Says what the chosen message is, and teaches it."""
        flag = self._chosen()
        if flag is None:
            return
        with self.sentences():
            decided = await self.data.conversations.decide(flag, verdict)
            self._decided.append(flag.id)
            self._tell(f"taught {'on topic' if verdict == 'in' else 'off topic'}", decided)

    @work
    async def action_reopen(self) -> None:
        """Takes a verdict back: the chosen flag's, else the last one given here."""
        flag = self._chosen()
        number = flag.id if flag and flag.verdict else self._decided[-1] if self._decided else None
        if number is None:
            self.notify("there is no verdict to take back: f shows the decided flags, z reopens the chosen one")
            return
        with self.sentences():
            decided = await self.data.conversations.reopen(number)
            self._decided = [each for each in self._decided if each != number]
            self._tell("open again", decided)

    def action_toggle_all(self) -> None:
        """Open flags, or all."""
        self._open_only = not self._open_only
        self.reload()

    @on(LiveTable.RowHighlighted)
    def _show_chosen(self) -> None:
        flag = self._chosen()
        detail = self.query_one("#flag-detail", TextPanel)
        detail.display = flag is not None
        # A verdict on a suspicious message teaches nothing.
        self.query_one("#flag-reason", TextPanel).display = flag is not None and flag.kind == OFF_TOPIC
        if flag:
            detail.show(flag_text(flag))
            self._show_reason(flag)

    def _show_reason(self, flag: Flag) -> None:
        if known := self._reasons.get(flag.id):
            self.query_one("#flag-reason", TextPanel).show(reason_text(known))
        elif flag.id != self._explaining:
            self._explaining = flag.id
            self.query_one("#flag-reason", TextPanel).show(_LOOKING)
            self._explain(flag)

    @work(group="reason", exclusive=True)
    async def _explain(self, flag: Flag) -> None:
        """Whoever hurries through the list has nothing worked out for the messages that are passed by."""
        await asyncio.sleep(PAUSE_SECONDS)
        try:
            self._reasons[flag.id] = reason = await self.data.conversations.reason(flag)
        except KnowbotError as error:
            self.query_one("#flag-reason", TextPanel).show(Content(str(error)))
        else:
            self.query_one("#flag-reason", TextPanel).show(reason_text(reason))

    def _chosen(self) -> Flag | None:
        key = self.query_one(TablePanel).table.current
        return next((flag for flag in (self._view.flags if self._view else ()) if str(flag.id) == key), None)

    def _tell(self, what: str, decided: Decided) -> None:
        # Whatever was taught may have changed every other opinion.
        self._reasons.clear()
        self._explaining = None
        self.notify(f"{what}; {taught_words(decided)}", markup=False)
        self.reload()
