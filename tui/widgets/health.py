"""Health and the day's decisions in words."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from storage.jobs import Job
from tui.data.overview import DAY, Inspection, Overview
from tui.times import short_time
from tui.widgets.job_text import job_name
from tui.words import DECISIONS, bar, count, decision_words, share, short_model

_BAR = 18


def health_text(view: Overview, inspection: Inspection | None) -> Content:
    """What is wrong first, then who is at work, and by what the bot answers."""
    lines = [*_verdict(view, inspection), Content("")]
    facts = {
        "Asked": _asked(view),
        "Clock": _clock(view),
        "Worker": _worker(view),
        "Index": _index(view),
        "Flags": _flags(view),
    }
    lines += [Content.from_markup("[$secondary]$name[/]  $fact", name=f"{n:<6}", fact=f) for n, f in facts.items()]
    return Content("\n").join(lines)


def decisions_text(view: Overview) -> Content:
    """A line with a bar for each decision."""
    total = sum(view.decisions.values())
    if not total:
        return Content("Nobody has asked anything.\n\nTry it: press 2, then /, and ask as a member would.")
    lines = [
        Content.from_markup(
            "$name [b]$number[/b]  [$primary]$bar[/] [$secondary]$share[/]",
            name=f"{decision_words(decision):<12}",
            number=f"{view.decisions.get(decision, 0):>5,}",
            bar=bar(view.decisions.get(decision, 0), total, _BAR),
            share=f"{share(view.decisions.get(decision, 0), total):>5}",
        )
        for decision in DECISIONS
    ]
    return Content("\n").join([*lines, Content(f"{'in all':<12} {total:>5,}")])


def _verdict(view: Overview, inspection: Inspection | None) -> Iterator[Content]:
    problems = [*_seen_at_once(view), *(inspection.problems if inspection else ())]
    checked = f"checked {short_time(inspection.at, view.now)}" if inspection else "still checking"
    if not problems:
        words = "Nothing is wrong" if inspection else "Nothing wrong seen so far"
        yield Content.from_markup("[b $text-success]✓ $words[/]  [$secondary]$checked[/]", words=words, checked=checked)
        return
    found = count(len(problems), "thing needs you", "things need you")
    yield Content.from_markup("[b $text-error]✗ $found[/]  [$secondary]$checked[/]", found=found, checked=checked)
    for problem in problems:
        yield Content(f"  • {problem}")


def _seen_at_once(view: Overview) -> Iterator[str]:
    if not view.counts.documents:
        yield "there is nothing to answer from: press 2, then a, to add a folder of documents"
    failed = [job for job in view.jobs if job.state == "failed" and (job.ended_at or 0) > view.now - DAY]
    if failed:
        yield f"{job_name(failed[0])} failed, {_at(failed[0].ended_at or 0, view.now)}: {failed[0].outcome}"


def _asked(view: Overview) -> str:
    if view.latest is None:
        return "nothing yet: `knowbot run` starts the Discord bot"
    return f"last {_at(view.latest.asked_at, view.now)}, through {view.latest.origin}"


def _clock(view: Overview) -> str:
    """The scheduler lives in the bot: what it queued last tells whether both live."""
    scheduled = [job for job in view.jobs if job.origin == "schedule"]
    if not scheduled:
        return "has queued nothing yet: it runs with the bot"
    newest = max(scheduled, key=lambda job: job.queued_at)
    return f"last queued {job_name(newest)}, {_at(newest.queued_at, view.now)}"


def _at(at: float, now: float) -> str:
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


def _flags(view: Overview) -> str:
    return f"{view.open_flags:,} open: press 5" if view.open_flags else "none open"
