"""When a call is worth another try, how long to wait before it, and what to say when it was the last."""

from __future__ import annotations

import logging
import math
import random
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from json import JSONDecodeError
from typing import TYPE_CHECKING

from storage.errors import KnowbotError

if TYPE_CHECKING:
    import openai
    import stamina

logger = logging.getLogger(__name__)

_NO_MONEY = "insufficient_quota"
_JITTER_SHARE = 0.1
_AGAIN = frozenset({408, 409, 425, 429})


class ApiUnavailableError(KnowbotError):
    """The API did not give an answer that can be used, however often it was asked."""


class ApiRefusedError(KnowbotError):
    """The API says no, and would say so again."""


class MalformedReplyError(Exception):
    """A reply that is not what was asked for; asking again may help."""


@dataclass(frozen=True)
class Patience:
    """How long a caller waits, all in seconds. ``attempt`` bounds one request, ``total`` all attempts together.

    A server that asks for a longer pause than ``longest_pause`` is not waited for.
    """

    attempts: int
    attempt: float
    total: float
    longest_pause: float
    first_wait: float = 0.5
    longest_wait: float = 20.0


MEMBERS_WAIT = Patience(attempts=3, attempt=10.0, total=20.0, longest_pause=5.0)
"""Somebody has asked and is waiting."""

NOBODY_WAITS = Patience(attempts=6, attempt=120.0, total=600.0, longest_pause=90.0)
"""Documents are taken in."""


def tries(patience: Patience) -> AsyncIterable[stamina.Attempt]:
    """The attempts of one call, with growing pauses and jitter between them, to be used with ``async for``."""
    import stamina  # noqa: PLC0415 - a tenth of a second, which nobody who calls no API shall wait

    # Where structlog is not set up, its own hook writes to standard output, among the answers.
    stamina.instrumentation.set_on_retry_hooks(())
    return stamina.retry_context(
        on=lambda error: _told(error, pause_before_retry(error, patience.longest_pause)),
        attempts=patience.attempts,
        timeout=patience.total,
        wait_initial=patience.first_wait,
        wait_max=patience.longest_wait,
        wait_jitter=patience.first_wait,
    )


def _told(error: Exception, pause: bool | float) -> bool | float:
    if pause is not False:
        logger.info("an API failed (%s) and is asked again", type(error).__name__)
    return pause


def pause_before_retry(error: Exception, longest_pause: float) -> bool | float:
    """False for what would fail again, the seconds that the server asks for, or True for the usual backoff."""
    import openai  # noqa: PLC0415 - half a second, and a call has been made already

    if isinstance(error, openai.APIStatusError):
        if error.code == _NO_MONEY or error.type == _NO_MONEY or not _may_pass(error.status_code):
            return False
        pause = retry_after(error.response.headers, datetime.now(UTC))
        if pause is None:
            return True
        # All requests in flight were told the same moment.
        return pause * (1 + random.uniform(0, _JITTER_SHARE)) if pause <= longest_pause else False
    return isinstance(error, openai.APIError | TimeoutError | JSONDecodeError | MalformedReplyError)


def is_refusal(error: Exception) -> bool:
    """True where the API answered with an error, so that nothing was done and nothing is charged."""
    import openai  # noqa: PLC0415 - see pause_before_retry

    return isinstance(error, openai.APIStatusError)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds that a reply asks to wait, from ``retry-after-ms`` or ``retry-after`` (seconds or a date)."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    try:
        at = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())


def in_words(error: Exception, host: str, model: str) -> KnowbotError:
    """What to tell whoever made the call, once no attempt is left."""
    import openai  # noqa: PLC0415 - see pause_before_retry

    if isinstance(error, KnowbotError):
        return error
    if not isinstance(error, openai.APIStatusError):
        return _unavailable(host, "it did not answer as it should", error)
    if error.code == _NO_MONEY or error.type == _NO_MONEY:
        return ApiUnavailableError(f"{host} says that the account has no credit left: top it up, then try again")
    if error.status_code == 401:
        return ApiRefusedError(f"{host} refused the key: set OPENAI_API_KEY to a valid one")
    if error.status_code == 404:
        return ApiRefusedError(f"{host} has no model '{model}': choose one that it offers")
    if _may_pass(error.status_code):
        pause = retry_after(error.response.headers, datetime.now(UTC))
        wanted = f" and asks to wait {pause:.0f} seconds" if pause else ""
        return _unavailable(host, f"it answers {error.status_code}{wanted}", error)
    return ApiRefusedError(f"{host} refused a request to '{model}' ({_message(error)}): correct the settings")


def _may_pass(status: int) -> bool:
    return status in _AGAIN or status >= 500


def _unavailable(host: str, what: str, error: Exception) -> ApiUnavailableError:
    return ApiUnavailableError(
        f"{host} cannot be used just now, {what} ({type(error).__name__}): try again later; what was stored is kept"
    )


def _message(error: openai.APIStatusError) -> str:
    """The API's own words, one line of them."""
    body = error.body
    said = body.get("message") if isinstance(body, dict) else None
    return " ".join(str(said or error.status_code).split())[:200]
