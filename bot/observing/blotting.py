"""What must not get into a log: secrets, and words of members that an error of some library quotes."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterator, Sequence

from structlog.typing import EventDict, ExcInfo, WrappedLogger

from storage.errors import KnowbotError

BLOT = "[secret]"
WITHHELD = "(its words are withheld, they may be a member's: content = true under [log] shows them)"

_TOLD = (KnowbotError, OSError, MemoryError, ImportError)
_TOLD_OF = {"aiohttp": ("ClientError",), "discord": ("HTTPException", "ClientException")}
"""Errors of libraries, which come only where somebody has imported them: the worker and the console do without."""

_TOKENS = re.compile(r"((?:webhooks|interactions)/\d+/)[\w.-]{20,}")
"""In addresses of Discord: whoever has such a token can answer in knowbot's name for a quarter of an hour."""

_MOST_CAUSES = 10


class Blot:
    """Replaces every secret in whatever is logged, tracebacks included."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = [secret for secret in secrets if secret]

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
        """A processor of structlog's."""
        for key, value in event.items():
            if isinstance(value, str):
                for secret in self._secrets:
                    value = value.replace(secret, BLOT)
                event[key] = _TOKENS.sub(rf"\1{BLOT}", value)
        return event


def quotes_nobody(error: BaseException) -> bool:
    """True for errors whose words are about files, networks, settings and Discord's rules.

    Any other may hold what it was given to work on: a KeyError its key, a decoder its text.
    """
    told = [getattr(sys.modules[module], name) for module in _TOLD_OF.keys() & sys.modules for name in _TOLD_OF[module]]
    return isinstance(error, (*_TOLD, *told))


def traceback_of(exc_info: ExcInfo) -> str:
    """A traceback with its causes, first cause first; without the words of errors that may quote a member.

    Values of variables are in no traceback.
    """
    return "\n".join(_rendered(exc_info[1]))


def _rendered(error: BaseException, depth: int = 0) -> Iterator[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and depth < _MOST_CAUSES:
        yield from _rendered(cause, depth + 1)
        yield "which led to:"
    yield "Traceback (most recent call last):"
    yield from (line.rstrip("\n") for line in traceback.format_tb(error.__traceback__))
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    yield f"{name}: {error if quotes_nobody(error) else WITHHELD}"
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions[:_MOST_CAUSES]:
            yield from _rendered(each, depth + 1)
