"""The log goes to stderr, where the platform keeps and rotates it, and to a file that the console shows.

Secrets are blotted out before anything is written.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_BLOT = "[secret]"
BOT_LOG, WORKER_LOG = "bot.log.jsonl", "worker.log.jsonl"
"""In the data folder; a file for each process, since two that turn the same file over would lose lines."""

_LARGEST_FILE = 1 << 20
_FORMER_FILES = 2
_QUIET = ("discord", "apscheduler", "httpx", "sentence_transformers")


class _Blot:
    """Replaces every secret in whatever is logged, tracebacks included."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = [secret for secret in secrets if secret]

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
        for key, value in event.items():
            if isinstance(value, str):
                for secret in self._secrets:
                    value = value.replace(secret, _BLOT)
                event[key] = value
        return event


_SHARED: list[Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def log_to_stderr(secrets: Sequence[str] = (), level: int = logging.INFO) -> None:
    """Colours on a terminal; elsewhere one line of ``key=value`` an event, which journald and Docker take as it is."""
    plain: list[Processor] = [
        structlog.processors.format_exc_info,
        _Blot(secrets),
        structlog.processors.LogfmtRenderer(),
    ]
    coloured: list[Processor] = [_Blot(secrets), structlog.dev.ConsoleRenderer()]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(coloured if sys.stderr.isatty() else plain),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def log_to_file(path: Path, secrets: Sequence[str] = ()) -> None:
    """Beside stderr: one JSON object a line, from INFO on whatever else is debugged, in at most three files of 1 MB."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=_LARGEST_FILE, backupCount=_FORMER_FILES, encoding="utf-8", delay=True)
    handler.setLevel(logging.INFO)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _Blot(secrets),
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.getLogger().addHandler(handler)
