"""A backup becomes the database again; what was there before is kept beside it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from storage.database import DatabaseDamagedError, DatabaseLockedError, in_words
from storage.errors import KnowbotError
from storage.in_use import users_of
from storage.migrations import applied_steps, known_steps
from storage.stores import DATABASE, DatabaseTooNewError

_PATIENCE = 1.0


class NotABackupError(KnowbotError):
    """The file is no database of knowbot's, or a broken one."""


class DatabaseInTheWayError(KnowbotError):
    """The data folder has a database already."""


class DatabaseInUseError(KnowbotError):
    """Another process works with the database that was to be replaced."""


def restore(file: Path, data_dir: Path, now: float, replace: bool = False) -> Path | None:
    """Makes ``file`` the database of ``data_dir``; returns where the former one is kept, None where there was none.

    Raises NotABackupError, DatabaseTooNewError, DatabaseInTheWayError unless ``replace``, and DatabaseInUseError while
    another process works with the former one; nothing was changed then. The index files go: they are rebuilt.
    """
    _refuse_unusable(file)
    target = data_dir / DATABASE
    if target.exists() and not replace:
        raise DatabaseInTheWayError(
            f"{data_dir} has a database already: add --yes to have it moved aside, or choose another data folder"
        )
    aside = data_dir / f".{DATABASE}.part"
    with in_words(data_dir):
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            _copy(file, aside)
            former = _moved_aside(target, now) if target.exists() else None
            shutil.rmtree(data_dir / "index", ignore_errors=True)
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
    return former


def _refuse_unusable(file: Path) -> None:
    """Reads all of it, and changes nothing."""
    if not file.is_file():
        raise NotABackupError(f"{file} is not there: name a file that `knowbot backup` wrote")
    try:
        with in_words(file), closing(_reader(file)) as reader:
            applied = applied_steps(Database(reader))
            problem = str(reader.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except DatabaseDamagedError as error:
        raise NotABackupError(f"{file} cannot be read as a database: name another backup") from error
    if not applied:
        raise NotABackupError(f"{file} is a database, but not one of knowbot's: name one that `knowbot backup` wrote")
    if newer := applied - known_steps():
        raise DatabaseTooNewError(
            f"{file} was written by a newer knowbot (it knows the schema step {min(newer)}): update knowbot"
        )
    if problem != "ok":
        raise NotABackupError(f"{file} is damaged ({problem}): name another backup")


def _reader(file: Path) -> sqlite3.Connection:
    """Read-only. Beside a file that nobody writes to, SQLite need not put its own ones."""
    is_alone = not file.with_name(f"{file.name}-wal").exists()
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro{'&immutable=1' if is_alone else ''}", uri=True)


def _copy(file: Path, aside: Path) -> None:
    aside.unlink(missing_ok=True)
    with closing(_reader(file)) as source, closing(sqlite3.connect(aside)) as copy:
        source.backup(copy)
    with aside.open("rb") as written:
        os.fsync(written.fileno())


def _moved_aside(target: Path, now: float) -> Path:
    _refuse_in_use(target)
    former = target.with_name(time.strftime("knowbot-before-%Y%m%d-%H%M%S.db", time.gmtime(now)))
    for end in ("-shm", "-wal", ""):  # a damaged one has still all three
        part = target.with_name(target.name + end)
        if part.exists():
            part.rename(former.with_name(former.name + end))
    return former


def _refuse_in_use(target: Path) -> None:
    """Only who is alone with a database may end its write-ahead log, which puts everything into the one file.

    Of a damaged one SQLite does not tell; whoever has that open would go on with the file that is moved aside.
    """
    if users := users_of(target):
        raise DatabaseInUseError(
            f"{target} is in use by {' and '.join(users)}: stop that, then restore again; nothing changed"
        )
    try:
        with in_words(target), closing(sqlite3.connect(target, timeout=_PATIENCE)) as db:
            db.execute("PRAGMA journal_mode = DELETE").fetchone()
    except DatabaseLockedError as error:
        raise DatabaseInUseError(
            f"{target} is in use: stop knowbot (the bot, its worker, the console), then restore again; nothing changed"
        ) from error
    except DatabaseDamagedError:
        return
