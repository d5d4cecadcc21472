"""Lines of the clock's table and of the log's."""

from __future__ import annotations

from datetime import datetime

from tui.data.jobs import Due
from tui.data.log import LogLine
from tui.times import duration, short_time
from tui.widgets.job_text import job_mark, job_words
from tui.widgets.live_table import Column, Row
from tui.words import plain

DUE_COLUMNS = (
    Column("job", 12),
    Column("every", 7),
    Column("next run", 12),
    Column("last run", 9),
    Column("how it went"),
)
_GRAVE = {"warning": "! warning", "error": "✗ error", "critical": "✗ error"}
_DAY = 86_400.0


def due_row(due: Due, now: float) -> Row:
    """A line of a table with DUE_COLUMNS."""
    last = due.latest
    when = short_time(last.ended_at, now) if last else "never"
    went = f"{job_mark(last).split()[0]} {job_words(last, now)}" if last else ""
    return Row(
        due.name, (plain(due.name), duration(due.every), _next(due, now), when, went), "dim" if due.rests else ""
    )


def log_row(line: LogLine, now: float) -> Row:
    """A line of the log; today's with their seconds."""
    then = datetime.fromtimestamp(line.at)
    when = f"{then:%H:%M:%S}" if now - line.at < _DAY else short_time(line.at, now)
    part = line.part.rpartition(".")[2]
    style = "bold" if line.level in _GRAVE else ""
    return Row(f"{line.at} {line.number}", (when, _GRAVE.get(line.level, line.level), part, line.words), style)


def _next(due: Due, now: float) -> str:
    if due.rests:
        return "‖ rests"
    if due.next_at is None:
        return "with the bot"
    left = due.next_at - now
    return f"in {duration(left)}" if left > 0 else f"{duration(-left)} late"
