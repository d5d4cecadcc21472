"""The worker process: does what is queued, one job after another, and is gone when there is nothing left.

It is apart from the bot, so that a hostile document or a full memory ends a job and not the bot, and so that nothing
slow ever stands between a member and an answer.
"""

from __future__ import annotations

import os

from bot.limits import ONE_THREAD, is_out_of_memory, out_of_memory, take_little

if __name__ == "__main__":
    os.environ.update(ONE_THREAD)

import argparse
import logging
import signal
import socket
import subprocess
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO
from uuid import uuid4

from bot.heartbeat import Heartbeat, LeaseLostError, StoppedError
from bot.jobs import run_job
from bot.logs import WORKER_LOG, log_to_file, log_to_stderr
from bot.options import Options
from bot.secret import all_secrets
from bot.settings import Settings, load_settings
from retrieval.engine import Engine
from storage.errors import KnowbotError
from storage.jobs import Job, Jobs, QueueWatch
from storage.records import JobState
from storage.stores import open_stores

logger = logging.getLogger("bot.worker")

IDLE_SECONDS = 3.0
"""How long a worker waits for another job before it is gone."""

LOG_FILE = "worker.log"
"""In the data folder: where a worker's log goes whose starter has its screen for itself."""

_LOOK_SECONDS = 0.25
_LARGEST_LOG = 1 << 20
_STDERR = 2


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
        """Until nothing has been due for IDLE_SECONDS, or until ``stop``."""
        idle_since = time.monotonic()
        while not self._stopping and time.monotonic() - idle_since < IDLE_SECONDS:
            job = self._jobs.claim(self._holder, time.time())
            if job is None:
                time.sleep(_LOOK_SECONDS)
            else:
                self._do(job)
                idle_since = time.monotonic()

    def _do(self, job: Job) -> None:
        memory_mb = self._settings.worker_memory_mb
        with Heartbeat(self._heartbeats, job, lambda: self._stopping, memory_mb) as heartbeat:
            try:
                state, outcome = self._attempt(job, heartbeat)
            except LeaseLostError:
                logger.warning("job %d (%s) was taken over by another worker and is dropped here", job.id, job.name)
            except StoppedError:
                heartbeat.beat()
                self._jobs.give_back(job)
            else:
                heartbeat.beat()
                self._jobs.end(job, state, outcome, time.time())
                logger.info("job %d (%s) %s: %s", job.id, job.name, state, outcome)

    def _attempt(self, job: Job, heartbeat: Heartbeat) -> tuple[JobState, str]:
        try:
            return "done", run_job(self._engine, self._settings, job, heartbeat.progress)
        except (LeaseLostError, StoppedError):
            raise
        except KnowbotError as error:
            return "failed", str(error)
        except Exception as error:
            logger.exception("job %d (%s) failed", job.id, job.name)
            return "failed", self._explained(error)

    def _explained(self, error: Exception) -> str:
        if not is_out_of_memory(error):
            return f"it failed unexpectedly ({type(error).__name__}): the worker's log says where"
        # What is left of the memory may be in pieces: the next job begins in a worker of its own.
        self._stopping = True
        return out_of_memory(self._settings.worker_memory_mb)


class WorkerStarter:
    """Starts a worker when there is work and nobody does it; to be polled about once a second, from any one thread.

    A worker that fails at once, because of its settings say, is started again after a pause that grows.
    """

    def __init__(self, queue: QueueWatch, data_dir: Path, config: Path | None = None, log: Path | None = None) -> None:
        """``data_dir`` and ``config`` as resolved for this process; ``log`` as ``start_worker`` takes it."""
        self._queue, self._data_dir, self._config, self._log = queue, data_dir, config, log
        self._worker: subprocess.Popen[bytes] | None = None
        self._failures = 0
        self._not_before = 0.0

    def poll(self) -> None:
        """Starts a worker where one is needed."""
        if self._is_working() or time.monotonic() < self._not_before:
            return
        if self._queue.is_work_waiting(time.time()):
            self._worker = start_worker(self._data_dir, self._config, self._log)

    def stop(self, patience: float = 5.0) -> None:
        """Has the worker give its job back and waits for it, ``patience`` seconds at most; then it is killed."""
        worker, self._worker = self._worker, None
        if worker is None or worker.poll() is not None:
            return
        worker.terminate()
        try:
            worker.wait(patience)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()

    def _is_working(self) -> bool:
        if self._worker is None:
            return False
        code = self._worker.poll()
        if code is None:
            return True
        self._worker = None
        self._failures = self._failures + 1 if code else 0
        if code:
            pause = min(5.0 * 2 ** (self._failures - 1), 300.0)
            self._not_before = time.monotonic() + pause
            logger.warning("a worker ended with %d; the next one is started in %.0f s at the earliest", code, pause)
        return False


def start_worker(data_dir: Path, config: Path | None = None, log: Path | None = None) -> subprocess.Popen[bytes]:
    """Starts a worker over ``data_dir`` and does not wait for it; signals to this process's group do not reach it.

    Its log goes where this process's stderr goes, or is added to the file ``log``.
    """
    package = Path(__file__).resolve().parent.parent
    # A folder called "bot" or "storage" where somebody happens to stand must not be imported instead of ours.
    path = os.pathsep.join([str(package), *filter(None, [os.environ.get("PYTHONPATH")])])
    line = [sys.executable, "-P", "-m", "bot.worker", "--data-dir", str(data_dir)]
    line += ["--config", str(config)] if config else []
    with _output(log) as output:
        return subprocess.Popen(
            line,
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _output(log: Path | None) -> AbstractContextManager[IO[bytes] | int]:
    if log is None:
        return nullcontext(_STDERR)
    log.parent.mkdir(parents=True, exist_ok=True)
    is_full = log.exists() and log.stat().st_size > _LARGEST_LOG
    return log.open("wb" if is_full else "ab")


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
