"""How things stand, in words."""

from __future__ import annotations

from textual.content import Content

from retrieval.costs.budget import Left
from storage.jobs import Job
from tui.data.overview import Inspection, Overview
from tui.times import short_time
from tui.widgets.job_text import job_name
from tui.words import bar, count, short_model

_BAR = 10


def state_text(view: Overview, inspection: Inspection | None) -> Content:
    """Who is at work, by what the bot answers, how fresh that is, and what may still be spent."""
    facts = {
        "Asked": _asked(view),
        "Clock": _clock(view),
        "Worker": _worker(view),
        "Index": _index(view),
        "Fresh": _fresh(view, inspection),
        **{f"Budget {each.period}": _left(each) for each in view.budget},
    }
    if not view.budget:
        facts["Budget"] = "none set"
    lines = [Content.from_markup("[$secondary]$name[/]  $fact", name=f"{n:<6}", fact=f) for n, f in facts.items()]
    return Content("\n").join(lines)


def _asked(view: Overview) -> str:
    if view.latest is None:
        return "nothing yet: `knowbot run` starts the Discord bot"
    return f"last {at_time(view.latest.asked_at, view.now)}, through {view.latest.origin}"


def _clock(view: Overview) -> str:
    """The scheduler lives in the bot: what it queued last tells whether both live."""
    scheduled = [job for job in view.jobs if job.origin == "schedule"]
    if not scheduled:
        return "has queued nothing yet: it runs with the bot"
    newest = max(scheduled, key=lambda job: job.queued_at)
    return f"last queued {job_name(newest)}, {at_time(newest.queued_at, view.now)}"


def at_time(at: float, now: float) -> str:
    """``at 14:05``, ``yesterday``: where it follows a verb."""
    said = short_time(at, now)
    return f"at {said}" if ":" in said else said


def _worker(view: Overview) -> str:
    running = next((job for job in view.jobs if job.state == "running"), None)
    waiting = sum(job.state == "queued" for job in view.jobs)
    queue = f", {waiting} waiting" if waiting else ""
    if running is None:
        return f"idle{queue}"
    return f"{_alive(running, view.now)}{queue}"


def _alive(job: Job, now: float) -> str:
    if job.lease_until is not None and job.lease_until >= now:
        return f"at work on {job_name(job)}"
    return f"silent since {short_time(job.lease_until, now)} while it worked on {job_name(job)}"


def _index(view: Overview) -> str:
    if view.generation is None or view.passages is None:
        return "none yet"
    name, dimensions = short_model(str(view.generation.encoder["name"])), view.generation.dimensions
    missing = f", {view.passages.missing:,} without a vector" if view.passages.missing else ""
    return f"{name}, {dimensions} dimensions, {count(view.passages.chunks, 'passage')}{missing}"


def _fresh(view: Overview, inspection: Inspection | None) -> str:
    looked = [source.refreshed_at for source in view.sources if source.refreshed_at is not None]
    if not view.sources:
        return "nothing taken in yet"
    oldest = f"looked at since {short_time(min(looked), view.now)}" if looked else "never looked at again"
    if inspection is None:
        return oldest
    return f"{oldest}; {len(inspection.stale):,} out of date" if inspection.stale else f"{oldest}; all up to date"


def _left(each: Left) -> str:
    left = max(each.limit - each.spent, 0.0)
    return f"{bar(each.spent, each.limit, _BAR)} {left:.2f} of {each.limit:.2f} USD left"
