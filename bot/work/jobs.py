"""What a worker can do: the name of each job, and the function that does it and says what it came to."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.settings import Settings
from retrieval.engine import Engine
from storage.backup import daily_backup
from storage.errors import KnowbotError
from storage.jobs import Job

Figures = Mapping[str, int | float | str]


@dataclass(frozen=True)
class Done:
    """What came of a job: a sentence, and what the job's row keeps of it for those who read another language."""

    sentence: str
    figures: Figures


OnProgress = Callable[[int, int], None]
JobFunction = Callable[[Engine, Settings, Job, OnProgress], Done]


class UnknownJobError(KnowbotError):
    """No job has that name."""


class JobArgumentError(KnowbotError):
    """A job lacks what it needs to be told."""


class NothingRefreshedError(KnowbotError):
    """There were sources, and none of them could be read."""


class ProblemsFoundError(KnowbotError):
    """A check has found what it cannot mend by itself."""


def run_job(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> Done:
    """Does a job to its end and says what came of it; raises KnowbotError, and what progress raises."""
    if job.name not in JOBS:
        raise UnknownJobError(f"there is no job '{job.name}': those that there are are {', '.join(JOBS)}")
    return JOBS[job.name](engine, settings, job, on_progress)


def _ingest(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> Done:
    if "path" not in job.arguments:
        raise JobArgumentError("an ingest has to be told a path: queue it with that of a folder or a file, or a URL")
    path, space = str(job.arguments["path"]), job.space or settings.space
    offer = engine.library.offer(path, space, job.arguments.get("ignore"))
    total, done = len(offer.documents), 0

    def step(_: str) -> None:
        nonlocal done
        done += 1
        on_progress(done, max(total, done))

    report = engine.library.ingest(offer, space, step)
    skipped = "".join(f"; {skip.location}: {skip.reason}" for skip in report.skipped[:3])
    return _done(
        "{path}: {new} new, {changed} changed, {unchanged} unchanged, {gone} gone, {skipped} skipped",
        skipped,
        path=path,
        new=len(report.new),
        changed=len(report.changed),
        unchanged=report.unchanged,
        gone=len(report.gone),
        skipped=len(report.skipped),
    )


def _refresh(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> Done:
    report = engine.refresher.refresh(job.space or None, job.arguments.get("source"), on_progress)
    if report.failed:
        raise NothingRefreshedError(report.sentence)
    return Done(report.sentence, report.figures)


def _reindex(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> Done:
    encoder, dimensions = job.arguments.get("encoder"), job.arguments.get("dimensions")
    accept_lower = bool(job.arguments.get("accept_lower"))
    done = engine.library.reindex(job.space or settings.space, encoder, dimensions, on_progress, accept_lower)
    generation = done.target.generation
    state = "switched to" if done.switched else "already on"
    return _done(
        state
        + " generation {number}: {encoder}, {dimensions} dimensions, {chunks} chunks, {encoded} of them encoded now",
        number=generation.id,
        encoder=str(generation.encoder["name"]),
        dimensions=generation.dimensions,
        chunks=done.total,
        encoded=done.encoded,
    )


def _evict(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> Done:
    return _done("{vectors} vectors that nobody asked for were forgotten", vectors=engine.upkeep.evict_cache())


def _roll_up(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> Done:
    done = engine.upkeep.roll_up()
    said = "{lines} old lines of the ledger went, their sums a day stay; {jobs} ended jobs forgotten"
    return _done(said, lines=done.lines, jobs=done.jobs)


def _check_index(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> Done:
    dropped = engine.refresher.drop_retired(settings.keep_retired)
    engine.upkeep.ready_encoders()
    saved = engine.upkeep.save_indexes()
    problems = engine.upkeep.problems()
    if problems:
        raise ProblemsFoundError("; ".join(problems))
    said = "nothing is wrong; {saved} index files were written anew, {dropped} retired indexes deleted"
    return _done(said, saved=saved, dropped=dropped)


def _backup(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> Done:
    written = daily_backup(engine.stores, settings.keep_backups, time.time())
    return _done(
        "{file} was written ({megabytes} MB)", file=str(written), megabytes=round(written.stat().st_size / 1e6, 1)
    )


def _retention(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> Done:
    gone = engine.members.forget_older(settings.keep_questions)
    left = engine.left_servers.forget(settings.keep_left_servers)
    servers = "".join(f"; everything of server {each.name or each.id}, which was left, is forgotten" for each in left)
    return _done(
        "{questions} questions with their votes and flags, {audit_lines} lines of the audit and {drafts} drafts were "
        "older than {days:g} days and are forgotten",
        servers,
        questions=gone.questions,
        audit_lines=gone.audit_lines,
        drafts=gone.drafts,
        days=settings.keep_questions / 86_400,
        servers=len(left),
    )


def _survey(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> Done:
    spaces = [job.space] if job.space else [each.space for each in engine.upkeep.overview() if each.counts.documents]
    found = {space: engine.explorer.survey(space, on_progress) for space in spaces}
    sentences = (
        f"{space}: {len(each.topics)} topics, {sum(gap.missing for gap in each.gaps)} subjects asked for in vain, "
        f"{len(each.duplicates)} groups of duplicates, {len(each.outliers)} documents unlike the rest"
        for space, each in found.items()
    )
    figures: Figures = {
        "spaces": ", ".join(found),
        "topics": sum(len(each.topics) for each in found.values()),
        "gaps": sum(gap.missing for each in found.values() for gap in each.gaps),
        "duplicates": sum(len(each.duplicates) for each in found.values()),
        "outliers": sum(len(each.outliers) for each in found.values()),
    }
    return Done("; ".join(sentences) or "there is nothing to look at yet", figures)


def _drift(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> Done:
    spaces = [job.space] if job.space else [each.space for each in engine.upkeep.overview()]
    found = [engine.drift.look(space) for space in spaces]
    sentence = "; ".join(each.outcome for each in found) or "there is no space to look at yet"
    return Done(sentence, {"spaces": len(found), "moved": sum(bool(each.moved) for each in found)})


def _exam(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> Done:
    spaces = [job.space] if job.space else [each.space for each in engine.upkeep.overview() if each.counts.documents]
    taken = [engine.exams.take(space) for space in spaces]
    sentence = "; ".join(each.outcome for each in taken) or "there is nothing to ask about yet"
    return Done(sentence, {"spaces": len(taken), "questions": sum(each.questions for each in taken)})


def _done(said: str, more: str = "", /, **figures: int | float | str) -> Done:
    """The sentence ``said`` with its figures filled in, and what follows it as it is."""
    return Done(said.format_map(figures) + more, figures)


JOBS: Mapping[str, JobFunction] = {
    "ingest": _ingest,
    "refresh": _refresh,
    "reindex": _reindex,
    "evict": _evict,
    "roll_up": _roll_up,
    "check_index": _check_index,
    "backup": _backup,
    "retention": _retention,
    "survey": _survey,
    "drift": _drift,
    "exam": _exam,
}
"""By the names that the queue, the schedule and `knowbot jobs run` know them by."""
