"""Processes as a user starts them: how long they take, what memory they need, when a terminal shows something."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence

from tests.command_line import ROOT

_LAUNCH = """
import os, sys, time
null = os.open(os.devnull, os.O_WRONLY)
started = time.perf_counter()
actions = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=actions)
_, status, used = os.wait4(child, 0)
print(time.perf_counter() - started, used.ru_maxrss, os.waitstatus_to_exitcode(status))
"""
_ROWS, _COLUMNS = 36, 120
_MOST_SECONDS = 60.0


def run(command: Sequence[str]) -> tuple[float, float]:
    """Seconds and the most megabytes of a process.

    It is started by a small one: a process's peak counts what its parent had when it was made, and a benchmark has
    models in its memory.
    """
    launcher = [sys.executable, "-I", "-S", "-c", _LAUNCH, *command]
    told = subprocess.run(launcher, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True).stdout
    seconds, kilobytes, code = told.split()
    if int(code):
        raise RuntimeError(f"{command} ended with {code}")
    return float(seconds), float(kilobytes) / 1000


def until_shown(command: Sequence[str], mark: str) -> float:
    """Seconds from the start of a process until ``mark`` has been written to its terminal; it is ended then."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color"}
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    try:
        return _seen(ours, mark.encode(), started)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _seen(terminal: int, mark: bytes, started: float) -> float:
    shown = bytearray()
    while (left := started + _MOST_SECONDS - time.perf_counter()) > 0:
        if select.select([terminal], [], [], left)[0]:
            shown += os.read(terminal, 1 << 16)
            if mark in shown:
                return time.perf_counter() - started
    raise RuntimeError(f"{mark.decode()} was not shown: {bytes(shown[-500:])!r}")
