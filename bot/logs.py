"""The log goes to stderr, where the platform keeps and rotates it; secrets are blotted out before it is written."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_BLOT = "[secret]"
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


def log_to_stderr(secrets: Sequence[str] = (), level: int = logging.INFO) -> None:
    """Colours on a terminal; elsewhere one line of ``key=value`` an event, which journald and Docker take as it is."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    plain: list[Processor] = [
        structlog.processors.format_exc_info,
        _Blot(secrets),
        structlog.processors.LogfmtRenderer(),
    ]
    coloured: list[Processor] = [_Blot(secrets), structlog.dev.ConsoleRenderer()]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(coloured if sys.stderr.isatty() else plain),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
