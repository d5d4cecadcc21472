"""The process that reads documents for ``retrieval/extractors/bounded.py``, one after another, until its input ends.

Messages both ways are a line of JSON; a request's line is followed by as many bytes as it says. JSON and no pickle:
what has read a hostile document must not be able to run anything in the parent.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

from retrieval.extract import extract
from storage.errors import KnowbotError


def main() -> None:
    """Reads requests from stdin, answers on what stdout was; whatever a library prints goes to stderr."""
    _take_at_most(int(sys.argv[1]))
    seconds = float(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    requests = sys.stdin.buffer
    while line := requests.readline():
        # The parent ends us in time; if it is gone, the alarm does.
        signal.setitimer(signal.ITIMER_REAL, seconds)
        answers.write(json.dumps(_answer(json.loads(line), requests)).encode("ascii") + b"\n")
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.flush()


def _take_at_most(memory: int) -> None:
    """Bounds the address space, in bytes; a lower bound that was set before stays."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _answer(request: dict[str, Any], requests: BinaryIO) -> dict[str, Any]:
    """What was extracted, or the sentence of the error; a MemoryError ends the process, whose state is then unknown."""
    location = request["location"]
    data = requests.read(request["bytes"])
    try:
        return asdict(extract(data, location, request["kind"], request["charset"]))
    except KnowbotError as error:
        return {"error": str(error)}
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  (whatever a library raises at a file, is the file's)
        return {"error": f"{location} could not be read ({type(error).__name__}): save it anew, or leave it out."}


if __name__ == "__main__":
    main()
