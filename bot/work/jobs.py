"""What a worker can do: the name of each job, and the function that does it and says what it came to."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from bot.settings import Settings
from retrieval.engine import Engine
from storage.backup import daily_backup
from storage.errors import KnowbotError
from storage.jobs import Job

OnProgress = Callable[[int, int], None]
JobFunction = Callable[[Engine, Settings, Job, OnProgress], str]


class UnknownJobError(KnowbotError):
    """No job has that name."""


class JobArgumentError(KnowbotError):
    """A job lacks what it needs to be told."""


class NothingRefreshedError(KnowbotError):
    """There were sources, and none of them could be read."""


class ProblemsFoundError(KnowbotError):
    """A check has found what it cannot mend by itself."""


def run_job(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> str:
    """Does a job to its end and says in a sentence what came of it; raises KnowbotError, and what progress raises."""
    if job.name not in JOBS:
        raise UnknownJobError(f"there is no job '{job.name}': those that there are are {', '.join(JOBS)}")
    return JOBS[job.name](engine, settings, job, on_progress)


def _ingest(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> str:
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
    return (
        f"{path}: {len(report.new)} new, {len(report.changed)} changed, {report.unchanged} unchanged, "
        f"{len(report.gone)} gone, {len(report.skipped)} skipped{skipped}"
    )


def _refresh(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> str:
    report = engine.refresher.refresh(job.space or None, job.arguments.get("source"), on_progress)
    if report.failed:
        raise NothingRefreshedError(report.sentence)
    return report.sentence


def _reindex(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> str:
    encoder, dimensions = job.arguments.get("encoder"), job.arguments.get("dimensions")
    accept_lower = bool(job.arguments.get("accept_lower"))
    done = engine.library.reindex(job.space or settings.space, encoder, dimensions, on_progress, accept_lower)
    generation = done.target.generation
    state = "switched to" if done.switched else "already on"
    return (
        f"{state} generation {generation.id}: {generation.encoder['name']}, {generation.dimensions} dimensions, "
        f"{done.total} chunks, {done.encoded} of them encoded now"
    )


def _evict(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> str:
    return f"{engine.upkeep.evict_cache()} vectors that nobody asked for were forgotten"


def _roll_up(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> str:
    done = engine.upkeep.roll_up()
    return f"{done.lines} old lines of the ledger went, their sums a day stay; {done.jobs} ended jobs forgotten"


def _check_index(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> str:
    dropped = engine.refresher.drop_retired(settings.keep_retired)
    engine.upkeep.ready_encoders()
    saved = engine.upkeep.save_indexes()
    problems = engine.upkeep.problems()
    if problems:
        raise ProblemsFoundError("; ".join(problems))
    return f"nothing is wrong; {saved} index files were written anew, {dropped} retired indexes deleted"


def _backup(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> str:
    written = daily_backup(engine.stores, settings.keep_backups, time.time())
    return f"{written} was written ({written.stat().st_size / 1e6:.1f} MB)"


def _retention(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> str:
    gone = engine.members.forget_older(settings.keep_questions)
    left = engine.left_servers.forget(settings.keep_left_servers)
    servers = "".join(f"; everything of server {each.name or each.id}, which was left, is forgotten" for each in left)
    return (
        f"{gone.questions} questions with their votes and flags, {gone.audit_lines} lines of the audit and "
        f"{gone.drafts} drafts were older than {settings.keep_questions / 86_400:g} days and are forgotten{servers}"
    )


def _survey(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> str:
    spaces = [job.space] if job.space else [each.space for each in engine.upkeep.overview() if each.counts.documents]
    found = {space: engine.explorer.survey(space, on_progress) for space in spaces}
    sentences = (
        f"{space}: {len(each.topics)} topics, {sum(gap.missing for gap in each.gaps)} subjects asked for in vain, "
        f"{len(each.duplicates)} groups of duplicates, {len(each.outliers)} documents unlike the rest"
        for space, each in found.items()
    )
    return "; ".join(sentences) or "there is nothing to look at yet"


def _drift(engine: Engine, settings: Settings, job: Job, on_progress: OnProgress) -> str:
    spaces = [job.space] if job.space else [each.space for each in engine.upkeep.overview()]
    found = "; ".join(engine.drift.look(space).outcome for space in spaces)
    return found or "there is no space to look at yet"


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
}
"""By the names that the queue, the schedule and `knowbot jobs run` know them by."""
