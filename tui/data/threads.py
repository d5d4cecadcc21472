"""The threads that the console's work is done in, so that the screen never waits for a disk, a lock or a model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from retrieval.engine import Engine
from storage.database import refuse_gone
from storage.errors import KnowbotError

T = TypeVar("T")

CLOSING_SECONDS = 1.0
"""How long a console that is being left waits for work under way; the work itself is always finished."""


class UnexpectedError(KnowbotError):
    """Something failed that nobody had thought of."""


class EngineThread:
    """One engine and the one thread that uses it. It is opened at the first call, and again after a failed one.

    Where the database is another one meanwhile, restored from a backup say, that is opened instead; where it is gone
    that is said, and nothing goes into a file that nobody will find.
    """

    def __init__(self, open_engine: Callable[[], Engine], name: str) -> None:
        self.openings = 0
        self._open_engine = open_engine
        self._engine: Engine | None = None
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"console-{name}")

    async def run(self, work: Callable[[Engine], T]) -> T:
        """What ``work`` returns, done in the thread. Raises KnowbotError and nothing else."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._run, work)

    def close(self) -> Future[None]:
        """Closes the engine after whatever is under way; no call is taken from now on."""
        closed = self._executor.submit(self._close)
        self._executor.shutdown(wait=False)
        return closed

    def _run(self, work: Callable[[Engine], T]) -> T:
        try:
            if self._engine is not None and self._engine.stores.db.is_replaced():
                self._close()
            if self._engine is None:
                self._engine = self._open_engine()
                self.openings += 1
            return work(self._engine)
        except KnowbotError:
            raise
        except Exception as error:
            # A traceback over the screen helps nobody: what went wrong is said in words, and the console goes on.
            raise UnexpectedError(
                f"this failed in a way that knowbot does not know ({type(error).__name__}: {error}): "
                "`knowbot doctor` may tell more, and please report it"
            ) from error

    def _close(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = None


class Threads:
    """Four threads with an engine each, since whoever shares a connection waits for its other users.

    ``reading`` never waits for a lock; ``acting`` writes and encodes, and waits where another process writes;
    ``looking`` does what may take long and changes nothing. ``checking`` does so unasked, for seconds: all files, the
    whole database.
    """

    def __init__(self, open_engine: Callable[[], Engine]) -> None:
        self._open_engine = open_engine
        self._database: Path | None = None
        self.reading, self.acting, self.looking, self.checking = (
            EngineThread(self._open, name) for name in ("reads", "acts", "looks", "checks")
        )

    def _open(self) -> Engine:
        """Opening makes a new folder where there is none; in the place of one that was there it would look like it."""
        if self._database:
            refuse_gone(self._database)
        engine = self._open_engine()
        self._database = engine.stores.db.path
        return engine

    async def close(self) -> None:
        """Closes the engines; work that takes longer than CLOSING_SECONDS is finished after the screen is gone."""
        closing = [thread.close() for thread in (self.reading, self.acting, self.looking, self.checking)]
        await asyncio.wait([asyncio.wrap_future(future) for future in closing], timeout=CLOSING_SECONDS)
