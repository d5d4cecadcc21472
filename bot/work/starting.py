"""Starting a worker where one is needed; the bot and the console do so, and need not know what it does."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO

from storage.jobs import QueueWatch

logger = logging.getLogger("bot.worker")

LOG_FILE = "worker.log"
"""In the data folder: where a worker's log goes whose starter has its screen for itself."""

_LARGEST_LOG = 1 << 20
_STDERR = 2


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
    package = Path(__file__).resolve().parents[2]
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
