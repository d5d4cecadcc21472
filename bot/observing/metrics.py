"""What is counted while knowbot runs, for Prometheus. No label tells of a member, a server or a text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from types import SimpleNamespace

import aiohttp
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

from bot.outgoing.error_kinds import kind_of
from retrieval.types import Answer

FAILED, REFUSED = "failed", "refused"
"""The outcomes of a question that ended in an error, or that asked nothing; the others are decisions."""

WHOLE = "whole"
"""The stage that holds all others, waiting in the lane included."""

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_NAMED = frozenset({401, 403, 404, 429})


class Metrics:
    """Counters in a registry of their own, so that two clients of one process do not share any."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._questions = Counter(
            "knowbot_questions", "Questions by what became of them", ["outcome"], registry=self.registry
        )
        self._heard = Counter(
            "knowbot_shadow_messages",
            "Messages that were only listened to, by what would have become of them",
            ["outcome"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "knowbot_stage_seconds",
            "Seconds that each stage of an answer took",
            ["stage"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._flags = Counter("knowbot_flags", "Messages that were flagged", ["kind"], registry=self.registry)
        self._discord = Counter(
            "knowbot_discord_errors",
            "Requests that Discord answered with an error, or not at all; those tried again count each time",
            ["status"],
            registry=self.registry,
        )

    @asynccontextmanager
    async def asking(self, shadow: bool = False) -> AsyncIterator[None]:
        """Times a question from when it was asked to its answer, and counts it where it fails."""
        started = perf_counter()
        try:
            yield
        except Exception as error:
            self._counter(shadow).labels(REFUSED if kind_of(error).is_expected else FAILED).inc()
            raise
        finally:
            self._seconds.labels(WHOLE).observe(perf_counter() - started)

    def answered(self, answer: Answer, shadow: bool = False) -> None:
        """Counts a question, or what was only listened to, and how long each stage of its answer took."""
        self._counter(shadow).labels(answer.decision).inc()
        for stage, milliseconds in answer.milliseconds.items():
            self._seconds.labels(stage).observe(milliseconds / 1000)

    def flagged(self, kind: str) -> None:
        """Counts a flag."""
        self._flags.labels(kind).inc()

    def _counter(self, shadow: bool) -> Counter:
        return self._heard if shadow else self._questions

    def http_trace(self) -> aiohttp.TraceConfig:
        """Has every request to Discord watched, also those that discord.py repeats by itself."""
        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(self._on_end)
        trace.on_request_exception.append(self._on_exception)
        return trace

    async def _on_end(
        self, session: aiohttp.ClientSession, context: SimpleNamespace, ended: aiohttp.TraceRequestEndParams
    ) -> None:
        status = ended.response.status
        if status >= 400:
            self._discord.labels(str(status) if status in _NAMED else f"{status // 100}xx").inc()

    async def _on_exception(
        self, session: aiohttp.ClientSession, context: SimpleNamespace, failed: aiohttp.TraceRequestExceptionParams
    ) -> None:
        self._discord.labels("unreachable").inc()
