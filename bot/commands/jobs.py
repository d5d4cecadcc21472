"""``jobs``: what the worker did and does; having it do something now, rest, go on, and never be done."""

from __future__ import annotations

import time

import click
from rich.console import Console
from rich.table import Table

from bot.settings import load_settings
from bot.terminal.options import Options, locating
from bot.terminal.progress import progress
from bot.work.jobs import JOBS
from bot.work.starting import LOG_FILE, WorkerStarter
from storage.errors import KnowbotError
from storage.jobs import Job, Jobs
from storage.stores import open_stores

NEEDS_A_PATH = "ingest"
"""The one job that cannot be run by its name alone; it has a command of its own."""

_OUT = Console(highlight=False, markup=False, soft_wrap=True)
_STATUS = Console(stderr=True, highlight=False)
_LOOK_SECONDS = 0.2


class JobFailedError(KnowbotError):
    """The job came to no good end; the message is its outcome."""


class JobEndedError(KnowbotError):
    """The job is over, so it cannot rest."""


class JobAtWorkError(KnowbotError):
    """Somebody works at the job, or it has ended, so it cannot be cancelled."""


@click.group(invoke_without_command=True)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many to show.")
@locating
def jobs(options: Options, limit: int) -> None:
    """List what the worker is doing, has to do and did; `jobs run NAME` has it done now."""
    if click.get_current_context().invoked_subcommand:
        return
    with open_stores(load_settings(options).data_dir) as stores:
        found = stores.jobs.recent(limit)
    if not found:
        _OUT.print("no job was queued yet: `knowbot run` queues them on schedule, `knowbot jobs run NAME` one now")
        return
    table = Table("id", "job", "space", "state", "progress", "left", "origin", "missed", "outcome", box=None)
    for job in found:
        table.add_row(*_row(job, time.time()))
    Console(highlight=False, markup=False, width=None if _OUT.is_terminal else 240).print(table)


@jobs.command("run")
@click.argument("name", type=click.Choice([name for name in JOBS if name != NEEDS_A_PATH]))
@click.option("--space", help="Only this space; without it all, where the job is about spaces at all.")
@locating
def run_now(options: Options, name: str, space: str | None) -> None:
    """Queue the job NAME and wait until a worker has done it.

    Where none is at work one is started, and ended afterwards. An interrupted job goes back into the queue.
    """
    settings = load_settings(options)
    with open_stores(settings.data_dir) as stores:
        queued = stores.jobs.add(name, space or "", time.time())
        starter = WorkerStarter(stores.queue_watch, settings.data_dir, options.config, settings.data_dir / LOG_FILE)
        try:
            job = _followed(stores.jobs, queued.id, starter)
        finally:
            starter.stop()
    if job.state == "failed":
        raise JobFailedError(job.outcome)
    _OUT.print(f"{job.name}: {job.outcome}")


@jobs.command()
@click.argument("number", type=int)
@locating
def pause(options: Options, number: int) -> None:
    """Have job NUMBER rest until `jobs resume`; whatever it has stored is kept."""
    with open_stores(load_settings(options).data_dir) as stores:
        job = stores.jobs.get(number)
        if not stores.jobs.pause(number, time.time()) and job.paused_at is None:
            raise JobEndedError(f"job {number} ({job.name}) has ended: there is nothing to pause")
    _OUT.print(f"job {number} ({job.name}) rests: `knowbot jobs resume {number}` lets it go on where it is")


@jobs.command()
@click.argument("number", type=int)
@locating
def resume(options: Options, number: int) -> None:
    """Let job NUMBER, which was paused, go on."""
    with open_stores(load_settings(options).data_dir) as stores:
        job = stores.jobs.get(number)
        stores.jobs.resume(number)
    _OUT.print(f"job {number} ({job.name}) waits for the worker, which the bot and the console start by themselves")


@jobs.command()
@click.argument("number", type=int)
@locating
def cancel(options: Options, number: int) -> None:
    """Take job NUMBER, which waits or rests, out of the queue; whatever it has stored is kept."""
    with open_stores(load_settings(options).data_dir) as stores:
        job = stores.jobs.get(number)
        if not stores.jobs.cancel(number, "command", time.time()):
            raise JobAtWorkError(
                f"job {number} ({job.name}) is {job.state}: only work that waits or rests can be cancelled, "
                f"and `knowbot jobs pause {number}` has it rest"
            )
    _OUT.print(f"job {number} ({job.name}) is cancelled")


def _followed(queue: Jobs, job_id: int, starter: WorkerStarter) -> Job:
    with progress(_STATUS) as tell:
        while (job := queue.get(job_id)).state in ("queued", "running"):
            starter.poll()
            if job.state == "running" and job.total_units:
                tell(job.name, job.done_units, job.total_units)
            time.sleep(_LOOK_SECONDS)
    return job


def _row(job: Job, now: float) -> list[str]:
    done = f"{job.done_units} of {job.total_units}" if job.total_units else ""
    left = job.seconds_left(now)
    missed = str(job.missed) if job.missed else ""
    state = "cancelled" if job.was_cancelled else job.state if job.paused_at is None else "paused"
    return [str(job.id), job.name, job.space, state, done, _duration(left), job.origin, missed, job.outcome]


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
