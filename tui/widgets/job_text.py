"""A job in words, wherever jobs are shown."""

from __future__ import annotations

from collections.abc import Sequence

from storage.jobs import Job
from tui.times import duration, short_time
from tui.widgets.live_table import Column, Row
from tui.words import bar, count, plain, short_places

_MARKS = {"running": "► running", "queued": "· waiting", "done": "✓ done", "failed": "✗ failed"}
_PAUSED, _CANCELLED = "‖ paused", "⊘ dropped"
_BAR = 16

JOB_COLUMNS = (
    Column("state", 9),
    Column("job", 20),
    Column("what came of it"),
    Column("when", 10),
    Column("by", 8, wide_only=True),
)


def job_name(job: Job) -> str:
    """``reindex to hashing:64``, ``ingest …/handbook``."""
    name = plain(job.name)
    if job.arguments.get("encoder"):
        name += f" to {job.arguments['encoder']}"
    if job.arguments.get("dimensions"):
        name += f", {job.arguments['dimensions']} dimensions"
    if source := job.arguments.get("source"):
        name += f" source {source}"
    if path := job.arguments.get("path"):
        name += f" {short_places([str(path), '/'])[str(path)]}"
    return name


def job_mark(job: Job) -> str:
    """The state with its sign, so that a list is scanned quickly and needs no colour."""
    if job.was_cancelled:
        return _CANCELLED
    return _PAUSED if job.state == "queued" and job.paused_at is not None else _MARKS[job.state]


def job_words(job: Job, now: float) -> str:
    """How far it is, why it waits, or what came of it."""
    if job.state == "running":
        return "pausing …" if job.paused_at is not None else _progress(job, now)
    if job.state == "queued" and job.paused_at is not None:
        done = f" at {job.done_units:,} of {job.total_units:,}" if job.total_units else ""
        return f"rests{done} since {short_time(job.paused_at, now)}"
    if job.state == "queued":
        return _after_missed(job, "waits for the worker")
    # The path stands in the job's name already.
    return _after_missed(job, job.outcome.removeprefix(f"{job.arguments.get('path')}: "))


def job_row(job: Job, now: float) -> Row:
    """A line of a table with JOB_COLUMNS."""
    when = short_time(job.ended_at or job.started_at or job.queued_at, now)
    style = "bold" if job.state in ("running", "failed") and not job.was_cancelled else ""
    return Row(str(job.id), (job_mark(job), job_name(job), job_words(job, now), when, job.origin), style)


def cancelling(job: Job) -> str:
    """What goes when a job is cancelled, and what stays."""
    waits = "rests" if job.paused_at is not None else "waits"
    half = " The half-built index is deleted on the screen Index." if job.name == "reindex" else ""
    return f"{job_name(job)}, job {job.id}, {waits}. What it has stored so far stays.{half}"


def turned(job: Job, done: bool) -> str:
    """What became of pausing a job, or of letting it go on, as it was shown before."""
    name = f"{job_name(job)}, job {job.id}"
    if not done:
        return f"{name}: somebody else was quicker, or it has ended; what it is now is shown"
    return f"{name} rests; what is stored stays" if job.paused_at is None else f"{name} goes on where it was"


def current_job(jobs: Sequence[Job], now: float) -> str:
    """The work at hand in one line: what runs, else what waits, else what ended last."""
    if not jobs:
        return "no work so far"
    job = jobs[0]
    ended = f" {short_time(job.ended_at, now)}" if job.ended_at else ""
    return f"{job_mark(job)}{ended}  {job_name(job)}  {job_words(job, now)}"


def _progress(job: Job, now: float) -> str:
    if job.lease_until is not None and job.lease_until < now:
        return "its worker has gone silent; another one takes over"
    if not job.total_units:
        return f"{count(job.done_units, 'step')} done" if job.done_units else "has begun"
    left = job.seconds_left(now)
    remaining = f"  about {duration(left)} left" if left is not None else ""
    return f"{bar(job.done_units, job.total_units, _BAR)} {job.done_units:,} of {job.total_units:,}{remaining}"


def _after_missed(job: Job, words: str) -> str:
    return f"after {count(job.missed, 'missed run')}: {words}" if job.missed else words
