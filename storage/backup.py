"""A copy of the database while others write to it: SQLite's own backup, written aside and renamed."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from storage.database import in_words
from storage.errors import KnowbotError
from storage.stores import Stores

FOLDER = "backups"
_PAGES_A_STEP = 1024


class BackupExistsError(KnowbotError):
    """A file is where the backup was to be written."""


def backup(stores: Stores, target: Path) -> Path:
    """Copies the database, with vectors and without the index files, which are rebuilt from it; returns ``target``.

    Raises BackupExistsError, DiskFullError or FolderUnusableError; what is there under that name is never touched.
    """
    if target.exists():
        raise BackupExistsError(f"{target} exists and was left alone: choose another name, or move it away first")
    aside = target.with_name(f".{target.name}.part")
    with in_words(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.unlink(missing_ok=True)
        try:
            with closing(sqlite3.connect(stores.db.path)) as source, closing(sqlite3.connect(aside)) as copy:
                source.backup(copy, pages=_PAGES_A_STEP, sleep=0.01)
            with aside.open("rb") as written:
                os.fsync(written.fileno())
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
    return target


def daily_backup(stores: Stores, keep: int, now: float) -> Path:
    """Writes ``backups/knowbot-<UTC time>.db`` in the data folder and deletes the oldest beyond ``keep``."""
    folder = stores.data_dir / FOLDER
    for unfinished in folder.glob(".knowbot-*.part"):
        unfinished.unlink(missing_ok=True)
    written = backup(stores, folder / time.strftime("knowbot-%Y%m%d-%H%M%S.db", time.gmtime(now)))
    # A clock that was set back names the new one before all others; it stays all the same.
    others = sorted(file for file in folder.glob("knowbot-*.db") if file != written)
    for old in others[: max(len(others) - (keep - 1), 0)]:
        old.unlink(missing_ok=True)
    return written
