"""One SQLite file: the connection, its write block, and SQLite's refusals in words that a person can act on."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from storage.errors import KnowbotError

PATIENCE = 10.0
"""Seconds that a statement waits for another process's lock before it gives up."""


class DatabaseLockedError(KnowbotError):
    """Another process held its write lock for longer than PATIENCE."""


class DatabaseDamagedError(KnowbotError):
    """The file is no SQLite database, or a broken one."""


class DiskFullError(KnowbotError):
    """There is no room to write, or the device refuses to."""


class DatabaseGoneError(KnowbotError):
    """The file that was opened is not in its place any more."""


class DatabaseReplacedError(KnowbotError):
    """Another file is in the place of the one that was opened."""


class FolderUnusableError(KnowbotError):
    """The data folder or a file in it cannot be created, read or written."""


class Connection(Database):
    """A connection with foreign keys, write-ahead log and patience; raises the errors above instead of SQLite's.

    Threads may share it. A write block and every read hold ``lock``, so that no thread meets the unfinished work of
    another.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False))
        self.path = path
        self.lock = threading.RLock()
        self._opened: os.stat_result | None = None

    @property
    def unfinished(self) -> bool:
        """True inside a write block: what is read may be undone, and is not to be remembered."""
        return self.conn.in_transaction

    def note_place(self) -> None:
        """Remembers which file this is."""
        self._opened = self.path.stat()

    def is_replaced(self) -> bool:
        """True where another file has taken this one's place, so that what is written here reaches nobody.

        Raises DatabaseGoneError where there is none in its place.
        """
        refuse_gone(self.path)
        with in_words(self.path):
            found = self.path.stat()
        return self._opened is not None and not os.path.samestat(found, self._opened)

    def refuse_replaced(self) -> None:
        """Raises DatabaseReplacedError where ``is_replaced``, and DatabaseGoneError as that does."""
        if self.is_replaced():
            raise DatabaseReplacedError(
                f"{self.path} is another file now than the one that was opened, a restored backup perhaps: it has to "
                "be opened anew"
            )

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
        """All rows that a statement returns."""
        with self.lock, in_words(self.path):
            return self.execute(sql, parameters).fetchall()


def connect(path: Path) -> Connection:
    """Opens ``path``, which is created where it is missing; safe beside other processes that do the same."""
    with in_words(path):
        db = Connection(path)
        try:
            db.execute("PRAGMA foreign_keys = ON")
            # Written into the file, so only the first start switches; the switch waits for others who switch.
            if db.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                db.execute("PRAGMA journal_mode = WAL").fetchone()
            db.execute("PRAGMA synchronous = NORMAL")
            db.note_place()
        except BaseException:
            db.close()
            raise
        return db


@contextmanager
def write_block(db: Connection) -> Iterator[None]:
    """One transaction: all of the block is kept or, where it raises, nothing. Inside another block it joins that one.

    It takes the write lock at once. A transaction that begins by reading and writes later would fail without waiting
    as soon as another process is writing.
    """
    with db.lock:
        if db.unfinished:
            yield
            return
        with in_words(db.path):
            db.execute("BEGIN IMMEDIATE")
            try:
                yield
                db.commit()
            except BaseException:
                db.rollback()
                raise


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turns what SQLite or the operating system say about ``path`` into a KnowbotError where a person can mend it."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        explained = _explained(error, path)
        if explained is None:
            raise
        raise explained from error


def _explained(error: sqlite3.Error | OSError, path: Path) -> KnowbotError | None:
    if isinstance(error, OSError):
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return disk_full(error, path) if full else _unusable(error, path)
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:  # the low byte is the kind, the rest is detail
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return DatabaseLockedError(
                f"{path} is locked by another process: wait until its work is done, or end it, and try again"
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(path, str(error))
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            return disk_full(error, path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return _unusable(error, path)
    return None


def refuse_gone(path: Path) -> None:
    """Raises DatabaseGoneError where a file that was there is not any more."""
    if not path.exists():
        raise DatabaseGoneError(f"{path} is gone: put the data folder back, or end this program and choose another one")


def damaged(path: Path, reason: str) -> DatabaseDamagedError:
    """The error for a database that cannot be read."""
    return DatabaseDamagedError(
        f"{path} cannot be read as a database ({reason}) and nothing was changed: "
        "restore a backup, or move the file away and ingest again"
    )


def disk_full(error: Exception, path: Path) -> DiskFullError:
    """The error for a file that could not be written."""
    return DiskFullError(f"{path} could not be written ({_reason(error)}): free some space on its disk and try again")


def _unusable(error: Exception, path: Path) -> FolderUnusableError:
    return FolderUnusableError(
        f"{path} cannot be opened for writing ({_reason(error)}): check its permissions, or choose another data folder"
    )


def _reason(error: Exception) -> str:
    """Without the path, which the operating system adds and the sentence has already."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
