"""The worker process: does what is queued, one job after another, and is gone when there is nothing left.

It is apart from the bot, so that a hostile document or a full memory ends a job and not the bot, and so that nothing
slow ever stands between a member and an answer.
"""

from __future__ import annotations

import os

from bot.work.limits import ONE_THREAD, is_out_of_memory, out_of_memory, take_little

if __name__ == "__main__":
    os.environ.update(ONE_THREAD)

import argparse
import logging
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from bot.observing.log_files import WORKER_LOG
from bot.observing.logs import log_to_file, log_to_stderr
from bot.secret import all_secrets
from bot.settings import Settings, load_settings
from bot.terminal.options import Options
from bot.work.heartbeat import Heartbeat, LeaseLostError, StoppedError
from bot.work.jobs import Done, run_job
from retrieval.engine import Engine
from storage.database import DatabaseGoneError
from storage.errors import KnowbotError
from storage.jobs import Job, Jobs
from storage.records import JobState
from storage.stores import open_stores

logger = logging.getLogger("bot.worker")

IDLE_SECONDS = 3.0
"""How long a worker waits for another job before it is gone."""

_LOOK_SECONDS = 0.25


class Worker:
    """Claims jobs and does them. ``heartbeats`` is the queue once more, on a connection of its own."""

    def __init__(self, engine: Engine, heartbeats: Jobs, settings: Settings) -> None:
        self._engine, self._heartbeats, self._settings = engine, heartbeats, settings
        self._jobs = engine.stores.jobs
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._stopping = False

    def stop(self, *_: object) -> None:
        """Ends the work at its next step; may be called by a signal."""
        self._stopping = True

    def run(self) -> None:
        """Until nothing has been due for IDLE_SECONDS, until ``stop``, or until its database is replaced by another."""
        idle_since = time.monotonic()
        while not self._has_to_stop() and time.monotonic() - idle_since < IDLE_SECONDS:
            job = self._jobs.claim(self._holder, time.time())
            if job is None:
                time.sleep(_LOOK_SECONDS)
            else:
                self._do(job)
                idle_since = time.monotonic()

    def _has_to_stop(self) -> bool:
        # A database that is only gone may come back; what is written meanwhile is not lost then.
        with suppress(DatabaseGoneError):
            if not self._stopping and self._engine.stores.db.is_replaced():
                logger.warning("another database is in the place of the one whose jobs these are: this worker ends")
                self._stopping = True
        return self._stopping

    def _do(self, job: Job) -> None:
        memory_mb = self._settings.worker_memory_mb
        with Heartbeat(self._heartbeats, job, self._has_to_stop, memory_mb) as heartbeat:
            try:
                state, done = self._attempt(job, heartbeat)
            except LeaseLostError:
                logger.warning("job %d (%s) was taken over by another worker and is dropped here", job.id, job.name)
            except StoppedError:
                heartbeat.beat()
                self._jobs.give_back(job)
            else:
                heartbeat.beat()
                self._jobs.end(job, state, done.sentence, time.time(), done.figures)
                logger.info("job %d (%s) %s: %s", job.id, job.name, state, done.sentence)

    def _attempt(self, job: Job, heartbeat: Heartbeat) -> tuple[JobState, Done]:
        try:
            return "done", run_job(self._engine, self._settings, job, heartbeat.progress)
        except (LeaseLostError, StoppedError):
            raise
        except KnowbotError as error:
            return "failed", Done(str(error), {})
        except Exception as error:
            logger.exception("job %d (%s) failed", job.id, job.name)
            return "failed", Done(self._explained(error), {})

    def _explained(self, error: Exception) -> str:
        if not is_out_of_memory(error):
            return f"it failed unexpectedly ({type(error).__name__}): the worker's log says where"
        # What is left of the memory may be in pieces: the next job begins in a worker of its own.
        self._stopping = True
        return out_of_memory(self._settings.worker_memory_mb)


def main() -> int:
    """The process: reads its options, bounds itself, works. Exit 0 unless it could not begin or its queue broke."""
    parser = argparse.ArgumentParser(prog="python -m bot.worker", description=__doc__)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--config", type=Path)
    given = parser.parse_args()
    log_to_stderr()
    try:
        settings = load_settings(Options(given.data_dir, given.config))
        log_to_stderr(all_secrets(), settings.log)
        log_to_file(settings.data_dir / WORKER_LOG, all_secrets(), settings.log.content)
        take_little(settings.worker_memory_mb)
        with Engine(settings.data_dir, settings.retrieval) as engine, open_stores(settings.data_dir) as beside:
            worker = Worker(engine, beside.jobs, settings)
            signal.signal(signal.SIGTERM, worker.stop)
            signal.signal(signal.SIGINT, worker.stop)
            worker.run()
    except KnowbotError as error:
        logger.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
