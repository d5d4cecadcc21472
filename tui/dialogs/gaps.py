"""What members asked and nobody wrote down: questions without an answer, by topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from retrieval.exploring.gaps import Gap
from tui.data.questions import Gaps
from tui.dialogs.base import Dialog
from tui.times import short_time
from tui.widgets.live_table import Column, LiveTable, Row
from tui.words import one_line

_SAY = "Unanswered questions of the last month that belong together, as the last survey found them."
_NEVER = "Nobody has surveyed this space yet. Press s: the worker looks at everything, and the gaps appear here."
_NONE = "The last survey found no gaps: what was asked was answered, or nothing was asked twice."
_COLUMNS = (Column("asked", 5, "right"), Column("topic"), Column("what is written", 32, wide_only=True))


@dataclass(frozen=True)
class GapChosen:
    """What to do: show a gap's questions, write its answer, or have a new survey made (``gap`` is None)."""

    what: Literal["show", "answer", "survey"]
    gap: Gap | None = None


class GapsDialog(Dialog[GapChosen]):
    """A line a gap; below it what was asked, in members' words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "answer", "Write the answer"),
        Binding("s", "survey", "Survey now"),
    ]

    def __init__(self, gaps: Gaps) -> None:
        super().__init__()
        self._gaps = gaps

    def compose(self) -> ComposeResult:
        """The gaps, and examples of the chosen one."""
        title = "What is missing"
        if self._gaps.made_at is not None:
            title += f", as of {short_time(self._gaps.made_at, self._gaps.now)}"
        with self.frame(title) as box:
            box.add_class("wide")
            box.border_subtitle = "Enter: its questions   a: write the answer   s: survey now   Escape: leave"
            yield Static(_SAY, markup=False, classes="legend")
            yield LiveTable(_COLUMNS, id="gap-table")
            yield Static(self._note(), id="gap-examples", markup=False)

    def on_mount(self) -> None:
        """Shows them."""
        table = self.query_one(LiveTable)
        table.display = bool(self._gaps.gaps)
        table.show_rows([_row(place, gap) for place, gap in enumerate(self._gaps.gaps)])

    @on(LiveTable.RowHighlighted)
    def _show_examples(self) -> None:
        if gap := self._chosen():
            self.query_one("#gap-examples", Static).update("\n".join(f"· {one_line(each)}" for each in gap.examples))

    @on(LiveTable.RowSelected)
    def _show(self) -> None:
        if gap := self._chosen():
            self.dismiss(GapChosen("show", gap))

    def action_answer(self) -> None:
        """An answer for all of them."""
        if gap := self._chosen():
            self.dismiss(GapChosen("answer", gap))

    def action_survey(self) -> None:
        """Has the worker look at everything again."""
        self.dismiss(GapChosen("survey"))

    def _note(self) -> str:
        if self._gaps.gaps:
            return ""
        return _NEVER if self._gaps.made_at is None else _NONE

    def _chosen(self) -> Gap | None:
        key = self.query_one(LiveTable).current
        return self._gaps.gaps[int(key)] if key is not None else None


def _row(place: int, gap: Gap) -> Row:
    written = "nothing near it" if gap.missing else f"{gap.nearest} is near, and no answer"
    return Row(str(place), (f"{len(gap.questions):,}", gap.name, written))
