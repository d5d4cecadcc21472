"""The answer lane: questions wait here together, are encoded as one batch, and are answered off the event loop.

Nothing else runs on these threads. What takes long (ingest, refresh, reindex) is the worker process's.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from retrieval.engine import Engine
from retrieval.types import Answer, Question
from storage.errors import KnowbotError

logger = logging.getLogger(__name__)

MOST_WAITING = 100
"""Beyond this many questions without an answer the next is refused, rather than answered when nobody waits any more."""

_BATCH = 32
_SEARCH_THREADS = _SHORT_THREADS = 2

P = ParamSpec("P")
T = TypeVar("T")


class LaneBusyError(KnowbotError):
    """More questions wait than can be answered in time."""


class AnswerLane:
    """Answers questions for coroutines. One thread encodes what waits; a small pool searches and extracts.

    Every question needs the database several times beside its search; threads of its own do that, so that under load
    nobody queues up again and again.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._encoder = ThreadPoolExecutor(1, thread_name_prefix="encoder")
        self._search = ThreadPoolExecutor(_SEARCH_THREADS, thread_name_prefix="search")
        self._short = ThreadPoolExecutor(_SHORT_THREADS, thread_name_prefix="short")
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._asked_at: dict[asyncio.Future[Answer], float] = {}
        self.is_closed = False
        self._draining: asyncio.Task[None] | None = None

    def warm_up(self, space: str) -> None:
        """Loads the space's encoder in the background, so that the first member does not wait for it."""
        self._encoder.submit(self._engine.answers.warm_up, space).add_done_callback(_say_what_failed)

    async def answer(self, question: Question) -> Answer:
        """What ``engine.answers.answer`` returns and raises, and LaneBusyError."""
        if self.waiting >= MOST_WAITING:
            raise LaneBusyError("more questions wait than can be answered in time: ask again in a minute")
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked_at[future] = time.monotonic()
        future.add_done_callback(lambda done: self._asked_at.pop(done, None))
        self._waiting.append((question, future))
        if self._draining is None or self._draining.done():
            self._draining = asyncio.create_task(self._drain())
        return await future

    @property
    def waiting(self) -> int:
        """How many questions are not answered yet, those that are being answered among them."""
        return len(self._asked_at)

    def longest_wait(self) -> float:
        """For how many seconds the oldest of them has waited."""
        return time.monotonic() - min(self._asked_at.values(), default=time.monotonic())

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs something short that touches the database (a vote, a record), not behind the questions that wait."""
        return await asyncio.get_running_loop().run_in_executor(self._short, lambda: work(*args, **kwargs))

    async def close(self) -> None:
        """Ends the threads once they have finished what they are at; questions that still wait are dropped."""
        self.is_closed = True
        for _, future in self._waiting:
            future.cancel()
        self._waiting.clear()
        for threads in (self._encoder, self._search, self._short):
            await asyncio.to_thread(threads.shutdown, cancel_futures=True)

    async def _drain(self) -> None:
        """While one batch is searched for, the next one is encoded already."""
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
            try:
                questions = [question for question, _ in batch]
                vectors = await loop.run_in_executor(self._encoder, self._engine.answers.encode, questions)
            except Exception as error:  # noqa: BLE001 - each of those who wait is told, and the next batch goes on
                for _, future in batch:
                    _settle(future, error)
                continue
            for (question, future), vector in zip(batch, vectors, strict=True):
                searched = loop.run_in_executor(self._search, self._engine.answers.answer, question, vector)
                searched.add_done_callback(lambda done, future=future: _settle(future, done))  # type: ignore[misc]


def _say_what_failed(warmed_up: Future[None]) -> None:
    """The operator learns it at the start, not when a member asks."""
    if not warmed_up.cancelled() and (error := warmed_up.exception()):
        logger.warning("questions cannot be answered yet: %s", error)


def _settle(future: asyncio.Future[Answer], outcome: asyncio.Future[Answer] | BaseException) -> None:
    """Hands on a result or an error, unless whoever asked has gone."""
    if future.done():
        return
    error = outcome if isinstance(outcome, BaseException) else outcome.exception()
    if error is not None:
        future.set_exception(error)
    elif isinstance(outcome, asyncio.Future):
        future.set_result(outcome.result())
