"""The log goes to stderr, where the platform keeps and rotates it, and to a file that the console shows.

Secrets are blotted out before anything is written.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog
from structlog.processors import ExceptionRenderer
from structlog.typing import Processor

from bot.observing.blotting import Blot, traceback_of
from bot.settings import Format, LogSettings

_LARGEST_FILE = 1 << 20
_FORMER_FILES = 2
_OURS = ("bot", "retrieval", "storage")
_QUIET = ("discord", "apscheduler", "httpx", "sentence_transformers")


_RENDERERS: Mapping[Format, Processor] = {
    "json": structlog.processors.JSONRenderer(ensure_ascii=False),
    "logfmt": structlog.processors.LogfmtRenderer(),
    # structlog's own way of showing a traceback on a terminal shows the values of variables as well.
    "console": structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
}
_SHARED: list[Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(allow=("trouble", "kind")),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def log_to_stderr(secrets: Sequence[str] = (), log: LogSettings | None = None) -> None:
    """As ``log`` says; ``auto``: colours on a terminal, elsewhere ``key=value``, which journald and Docker take so.

    While libraries debug they write out what members write, so they do only where ``content`` is wanted.
    """
    log = log or LogSettings()
    level = logging.getLevelNamesMapping()[log.level.upper()]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(secrets, log.content, _RENDERERS[_chosen(log.format)]))
    logging.basicConfig(handlers=[handler], level=level if log.content else max(level, logging.INFO), force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(level if log.content and level == logging.DEBUG else logging.WARNING)


def _chosen(wanted: Format) -> Format:
    if wanted != "auto":
        return wanted
    return "console" if sys.stderr.isatty() else "logfmt"


def _formatter(secrets: Sequence[str], content: bool, renderer: Processor) -> logging.Formatter:
    """``content``: whether errors may say what they were given to work on."""
    explained = structlog.processors.format_exc_info if content else ExceptionRenderer(traceback_of)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            explained,
            Blot(secrets),
            renderer,
        ],
    )


def log_to_file(path: Path, secrets: Sequence[str] = (), content: bool = False) -> None:
    """Beside stderr: one JSON object a line, from INFO on whatever else is debugged, in at most three files of 1 MB."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=_LARGEST_FILE, backupCount=_FORMER_FILES, encoding="utf-8", delay=True)
    handler.setLevel(logging.INFO)
    handler.setFormatter(_formatter(secrets, content, _RENDERERS["json"]))
    logging.getLogger().addHandler(handler)
