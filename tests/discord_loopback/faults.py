"""Refusals on demand: rate limits, server errors, missing permissions."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field

from tests.discord_loopback.basics import Json

HTML = "<html><head><title>{0}</title></head><body>cloudflare</body></html>"


@dataclass
class Fault:
    """An answer that stands in for the real one. ``times`` counts down; None never ends."""

    method: str
    path: re.Pattern[str]
    status: int
    body: Json
    times: int | None
    retry_after: float | None = None
    carried_out: bool = False

    def strikes(self, method: str, path: str) -> bool:
        return self.times != 0 and self.method in ("*", method) and bool(self.path.fullmatch(path))

    def headers(self) -> dict[str, str]:
        """A 429 without Via is taken for Cloudflare's ban, and one with a bucket for that bucket's."""
        if self.retry_after is None:
            return {}
        found = {"Via": "1.1 google", "Retry-After": str(self.retry_after)}
        if self.body["global"]:
            return {**found, "X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
        return {
            **found,
            "X-RateLimit-Scope": "user",
            "X-RateLimit-Bucket": f"bucket-{self.path.pattern}",
            "X-RateLimit-Limit": "1",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(time.time() + self.retry_after),
            "X-RateLimit-Reset-After": str(self.retry_after),
        }

    def text(self) -> tuple[str, str]:
        """The body and its type. What fails in front of Discord's servers answers with a page, not with JSON."""
        if self.status > 500:
            return HTML.format(self.status), "text/html"
        return json.dumps(self.body), "application/json"


@dataclass
class Faults:
    """The faults that lie in wait, by method (``*`` for any) and a regular expression for the whole path."""

    _waiting: list[Fault] = field(default_factory=list)
    struck: list[tuple[str, str, int]] = field(default_factory=list)
    impatient: list[str] = field(default_factory=list)
    """Requests that came before the time that a 429 had named."""

    _closed: list[tuple[Fault, str, float]] = field(default_factory=list)

    def rate_limit(self, method: str, path: str, *, times: int = 1, retry_after: float = 0.2) -> None:
        """429 for one bucket."""
        self._limit(method, path, times, retry_after, {"global": False})

    def rate_limit_everything(self, *, times: int = 1, retry_after: float = 0.2) -> None:
        """429 for the bot as a whole. What answers an interaction is exempt from it."""
        self._limit("*", "(?!interactions/|webhooks/).*", times, retry_after, {"global": True})

    def fail(self, method: str, path: str, *, status: int = 500, times: int = 1) -> None:
        """A server error. discord.py tries again after 500, 502, 504 and 524."""
        body = {"message": f"{status}: Internal Server Error", "code": 0}
        self._waiting.append(Fault(method, re.compile(path), status, body, times))

    def lose_answer(self, method: str, path: str, *, status: int = 502, times: int = 1) -> None:
        """The request is carried out, and its answer gets lost behind Discord's front."""
        self._waiting.append(Fault(method, re.compile(path), status, {}, times, carried_out=True))

    def disallow(
        self, method: str, path: str, code: int = 50013, message: str = "Missing Permissions", times: int | None = None
    ) -> None:
        """403, until ``clear`` unless a number is given."""
        body = {"message": message, "code": code}
        self._waiting.append(Fault(method, re.compile(path), 403, body, times))

    def clear(self) -> None:
        self._waiting.clear()
        self._closed.clear()

    def strike(self, method: str, path: str) -> Fault | None:
        """The fault that this request runs into."""
        self._note_impatience(method, path)
        for fault in self._waiting:
            if fault.strikes(method, path):
                fault.times = None if fault.times is None else fault.times - 1
                self.struck.append((method, path, fault.status))
                if fault.retry_after is not None:
                    self._closed.append((fault, path, time.monotonic() + fault.retry_after))
                return fault
        return None

    def _note_impatience(self, method: str, path: str) -> None:
        for fault, limited, until in self._closed:
            covers = bool(fault.path.fullmatch(path)) if fault.body["global"] else path == limited
            if covers and fault.method in ("*", method) and time.monotonic() < until:
                self.impatient.append(f"{method} {path}")

    def _limit(self, method: str, path: str, times: int, retry_after: float, extra: Json) -> None:
        body = {"message": "You are being rate limited.", "retry_after": retry_after, **extra}
        self._waiting.append(Fault(method, re.compile(path), 429, body, times, retry_after))
