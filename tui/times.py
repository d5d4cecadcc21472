"""Times as people say them, in local time."""

from __future__ import annotations

from datetime import date, datetime, timedelta


def short_time(at: float | None, now: float) -> str:
    """``14:05`` today, ``yesterday``, ``12 Mar`` this year, else ``2024-03-12``; ``never`` for None."""
    if at is None:
        return "never"
    then, today = datetime.fromtimestamp(at), datetime.fromtimestamp(now).date()
    if then.date() == today:
        return f"{then:%H:%M}"
    if then.date() == today - timedelta(days=1):
        return "yesterday"
    return f"{then.day} {then:%b}" if then.year == today.year else f"{then:%Y-%m-%d}"


def day_name(day: str) -> str:
    """``12 Mar`` for an ISO date."""
    then = date.fromisoformat(day)
    return f"{then.day} {then:%b}"


def full_time(at: float) -> str:
    """``2026-03-12 14:05``."""
    return f"{datetime.fromtimestamp(at):%Y-%m-%d %H:%M}"


def duration(seconds: float) -> str:
    """``8 s``, ``3 min``, ``2 h``, ``4 days``: how long something takes or took, roughly."""
    if seconds < 90:
        return f"{max(round(seconds), 0)} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600)} h" if seconds < 36 * 3600 else f"{round(seconds / 86_400)} days"
