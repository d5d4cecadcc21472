"""Extraction in a process of its own, bounded in time and memory: a hostile file ends that process and nothing else.

The process serves one document after another; after a document that ended it, the next one starts another.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from retrieval.extract import extract
from retrieval.types import Extracted, Heading
from storage.errors import KnowbotError

_PLAIN = frozenset({".md", ".markdown", ".txt", ".text"})
_PLAIN_BYTES = 64_000
"""Up to here Markdown and text are read at once: nothing in them is unpacked, and the worst of them takes a moment."""

_MOST_UNREAD = 400_000_000
_BLOCK = 1 << 20
_PATIENCE = 2.0
_PASSED_ON = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR")


class ExtractionFailedError(KnowbotError):
    """Reading the document took too long or too much memory, or crashed."""


class RefusedDocumentError(KnowbotError):
    """The document cannot be read, as its reader says."""


class _EndedError(Exception):
    """The process is gone."""


class _TooLongError(Exception):
    """The process has not answered in time."""


class BoundedExtractor:
    """Calls ``extract`` elsewhere. Threads take turns. Close it, or let it go with the process."""

    def __init__(self, seconds: float = 60.0, memory: int = 1_500_000_000) -> None:
        """``seconds`` for one document, ``memory`` in bytes for the process that reads it."""
        self._seconds, self._memory = seconds, memory
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __call__(self, data: bytes, location: str, kind: str = "", charset: str | None = None, /) -> Extracted:
        """As ``extract``, whose errors come as RefusedDocumentError; raises ExtractionFailedError beyond the bounds."""
        suffix = kind or PurePosixPath(location).suffix.lower()
        # Windows neither waits for pipes nor bounds memory this way: there documents are read at once.
        if (suffix in _PLAIN and len(data) <= _PLAIN_BYTES) or sys.platform == "win32":
            return extract(data, location, kind, charset)
        request = {"location": location, "kind": kind, "charset": charset, "bytes": len(data)}
        with self._lock:
            try:
                answer = self._ask(json.dumps(request).encode("ascii") + b"\n" + data)
            except _TooLongError as error:
                self._kill()
                limit = f"{self._seconds:.0f} seconds"
                raise ExtractionFailedError(f"{location} took more than {limit} to read: split or drop it.") from error
            except (_EndedError, OSError, ValueError) as error:
                self._kill()
                limit = f"{self._memory / 1e9:.1f} GB"
                raise ExtractionFailedError(
                    f"{location} ended the process that read it, as damaged files do and those that need more than "
                    f"{limit} of memory: leave it out."
                ) from error
        return _extracted(answer)

    def close(self) -> None:
        """Ends the process; it is started again when it is needed."""
        with self._lock:
            self._kill()

    def _ask(self, request: bytes) -> dict[str, Any]:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        deadline = time.monotonic() + self._seconds
        return _answered(process.stdin.fileno(), process.stdout.fileno(), request, deadline)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._kill()
            self._process = _start(self._memory, self._seconds)
        return self._process

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        with suppress(subprocess.TimeoutExpired):  # a killed process may be kept by a disk that does not answer
            process.wait(_PATIENCE)


def _start(memory: int, seconds: float) -> subprocess.Popen[bytes]:
    package = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
    # No token and no key goes to where a hostile file might get hold of it.
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "retrieval.extractors.child", str(memory), str(seconds + _PATIENCE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env={**environment, "PYTHONPATH": path},
        start_new_session=True,
    )
    assert process.stdin is not None
    os.set_blocking(process.stdin.fileno(), False)
    return process


def _answered(to: int, back: int, request: bytes, deadline: float) -> dict[str, Any]:
    """Sends the request and reads the line that answers it. Raises _TooLongError, _EndedError or OSError."""
    unsent, answer = memoryview(request), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(to, selectors.EVENT_WRITE)
        selector.register(back, selectors.EVENT_READ)
        while not answer.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or len(answer) > _MOST_UNREAD:
                raise _TooLongError
            for key, _ in selector.select(left):
                if key.fd == to:
                    unsent = unsent[os.write(to, unsent[:_BLOCK]) :]
                    if not unsent:
                        selector.unregister(to)
                elif block := os.read(back, _BLOCK):
                    answer += block
                else:
                    raise _EndedError
    decoded: dict[str, Any] = json.loads(answer)
    return decoded


def _extracted(answer: dict[str, Any]) -> Extracted:
    if "error" in answer:
        raise RefusedDocumentError(answer["error"])
    headings = tuple(Heading(**heading) for heading in answer["headings"])
    return Extracted(answer["title"], answer["text"], answer["format"], headings)
