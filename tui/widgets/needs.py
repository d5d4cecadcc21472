"""What needs an operator: what is wrong first, then what is worth a look, each with the key of its screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from tui.data.overview import DAY, Inspection, Overview
from tui.data.trends import Trend
from tui.times import short_time
from tui.widgets.health import at_time
from tui.widgets.job_text import job_name
from tui.widgets.live_table import Column, LiveTable, Row
from tui.widgets.panel import TablePanel
from tui.widgets.question_list import CHANGED
from tui.widgets.tab_line import TABS
from tui.words import count, one_line, share

_COLUMNS = (Column("", 1), Column("key", 3), Column("what"))
_NEARLY = 0.8
_KEYS = {tab.name: tab.key for tab in TABS}


@dataclass(frozen=True)
class Need:
    """Something to see to on ``screen``; ``what`` is what is looked at there. ``wrong`` where it cannot wait."""

    words: str
    screen: str = ""
    what: str = ""
    wrong: bool = True


class Needs(TablePanel):
    """A line each; Enter goes where it is seen to."""

    class Chosen(Message):
        """Somebody wants to see to something."""

        def __init__(self, need: Need) -> None:
            super().__init__()
            self.need = need

    def __init__(self) -> None:
        super().__init__("What needs you", _COLUMNS, id="needs")
        self._needs: Sequence[Need] = ()

    def compose(self) -> ComposeResult:
        """The table, and below it the chosen line in full."""
        yield from super().compose()
        yield Static("", classes="sentence", markup=False)

    def show_needs(self, view: Overview, inspection: Inspection | None) -> None:
        """Shows them as they are now."""
        self._needs = needs = list(_needs(view, inspection))
        self.border_title = _title(sum(need.wrong for need in needs), inspection, view.now)
        self.set_class(any(need.wrong for need in needs), "pending")
        self.show([_row(need) for need in needs], "" if inspection else "everything is being checked …")
        self._show_sentence()

    @on(LiveTable.RowHighlighted)
    def _show_sentence(self) -> None:
        chosen = self._chosen()
        self.query_one(".sentence", Static).update(one_line(chosen.words) if chosen else "")

    @on(LiveTable.RowSelected)
    def _go(self) -> None:
        chosen = self._chosen()
        if chosen and chosen.screen:
            self.post_message(self.Chosen(chosen))

    def _chosen(self) -> Need | None:
        return next((need for need in self._needs if need.words == self.table.current), None)


def _row(need: Need) -> Row:
    cells = ("✗" if need.wrong else "!", _KEYS.get(need.screen, ""), need.words)
    return Row(need.words, cells, "bold" if need.wrong else "")


def _title(wrong: int, inspection: Inspection | None, now: float) -> str:
    checked = f"checked {short_time(inspection.at, now)}" if inspection else "still checking"
    if wrong:
        return f"✗ {count(wrong, 'thing needs you', 'things need you')}, {checked}"
    return f"✓ Nothing is wrong, {checked}" if inspection else f"Nothing wrong seen so far, {checked}"


def _needs(view: Overview, inspection: Inspection | None) -> Iterator[Need]:
    if not view.counts.documents:
        yield Need("there is nothing to answer from: press 2, then a, to add a folder of documents", "knowledge")
    if view.silent_since is not None:
        since = at_time(view.silent_since, view.now)
        yield Need(f"the bot seems to be stopped: it should have queued work {since}. `knowbot run` starts it", "jobs")
    failed = (job for job in view.jobs if job.state == "failed" and not job.was_cancelled)
    for job in (job for job in failed if (job.ended_at or 0) > view.now - DAY):
        yield Need(f"{job_name(job)} failed, {at_time(job.ended_at or 0, view.now)}: {job.outcome}", "jobs")
    yield from (Need(problem, "jobs") for problem in (inspection.problems if inspection else ()))
    for each in view.budget:
        if each.limit and each.spent >= _NEARLY * each.limit:
            used = share(each.spent, each.limit)
            yield Need(f"{used} of this {each.period}'s budget is spent", "costs", wrong=each.spent >= each.limit)
    yield from _worth_a_look(view, inspection)


def _worth_a_look(view: Overview, inspection: Inspection | None) -> Iterator[Need]:
    week = {trend.name: trend for trend in view.trends}
    if view.open_flags:
        waiting = count(view.open_flags, "message waits", "messages wait")
        yield Need(f"{waiting} for a verdict: on topic or not", "flags", wrong=False)
    if inspection and inspection.stale:
        behind = count(len(inspection.stale), "document is", "documents are")
        yield Need(f"{behind} out of date: press 2, then r, to refresh", "knowledge", wrong=False)
    if inspection and inspection.recalled:
        quoting = count(inspection.recalled, "answer quotes", "answers quote")
        yield Need(f"{quoting} what has changed since", "questions", CHANGED, wrong=False)
    yield from (Need(sentence, "thresholds", wrong=False) for sentence in view.moved)
    if unhelpful := _sum(week, "not helpful"):
        votes = count(unhelpful, "vote of the last 7 days says", "votes of the last 7 days say")
        yield Need(f"{votes} that an answer did not help", "questions", "not helpful", wrong=False)
    if unsure := _sum(week, "unsure"):
        asked = count(unsure, "question of the last 7 days", "questions of the last 7 days")
        yield Need(f"{asked} got no answer: write some", "questions", "unsure", wrong=False)


def _sum(week: dict[str, Trend], name: str) -> int:
    return int(week[name].week) if name in week else 0
