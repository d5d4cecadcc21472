"""Takes the bytes of what was deleted out of the files: index, full-text index, free pages, write-ahead log.

A deleted row is out of every answer at once, but SQLite leaves its bytes in free pages, FTS5 in its segments, USearch
in its graph. An erasure that was interrupted stays noted until somebody finishes it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from storage.backup import FOLDER
from storage.database import PATIENCE, in_words
from storage.errors import KnowbotError
from storage.index.index_files import sweep_orphans
from storage.records import Generation
from storage.stores import DATABASE, Stores
from storage.vector_index import VectorIndex

_PAUSE = 0.05
_TRIES = 5


class ErasureUnfinishedError(KnowbotError):
    """What was forgotten answers nothing any more, but its bytes are still in a file."""


@dataclass(frozen=True)
class Erased:
    """How many index files were written anew, and what the database's file holds now."""

    index_files: int
    database_bytes: int


@dataclass(frozen=True)
class Copy:
    """Another database in the data folder, as a backup is or what a restore replaced; ``made_at`` by its file."""

    path: Path
    made_at: float
    is_scheduled: bool


def unfinished_since(stores: Stores) -> float | None:
    """When the oldest erasure was asked for that is not finished; None where there is none."""
    oldest: float | None = stores.db.rows("SELECT min(asked_at) FROM erasure")[0][0]
    return oldest


def erase(stores: Stores) -> Erased:
    """Writes every file anew that may hold what was deleted; answers go on meanwhile. Not inside a write block.

    Takes room for a second copy of the database for a while. Raises DiskFullError, DatabaseLockedError and
    ErasureUnfinishedError; it is taken up again then by calling it again.
    """
    asked = [number for (number,) in stores.db.rows("SELECT id FROM erasure")]
    generations = stores.generations.live(None)
    for generation in generations:
        _rewrite(stores, generation)
    sweep_orphans(stores)
    stores.chunks.rebuild_full_text()
    _compact(stores)
    with stores.write():
        for number in asked:
            stores.db.execute("DELETE FROM erasure WHERE id = ?", (number,))
    return Erased(len(generations), stores.db.path.stat().st_size)


def copies_holding(data_dir: Path, sql: str, values: Mapping[str, object]) -> list[Copy]:
    """The copies of the database in the data folder where a query finds something, or that cannot be read; old first.

    Copies that were taken elsewhere are nobody's to know.
    """
    found = [*(data_dir / FOLDER).glob("*.db"), *(data_dir / FOLDER).glob(".*.part"), *data_dir.glob("*.db")]
    holding = [path for path in found if path.name != DATABASE and _may_hold(path, sql, values)]
    copies = [Copy(path, path.stat().st_mtime, path.match(f"{FOLDER}/knowbot-*.db")) for path in holding]
    return sorted(copies, key=lambda copy: copy.made_at)


def _rewrite(stores: Stores, generation: Generation) -> None:
    """Another process may publish at the same moment, from what it read before; then ours has to come after it."""
    index = VectorIndex(stores, generation)
    for _ in range(_TRIES):
        if index.save(afresh=True):
            return
    raise ErasureUnfinishedError(
        f"another process keeps writing the index of space '{generation.space}': run `knowbot doctor --fix` "
        "to finish what was to be forgotten"
    )


def _compact(stores: Stores) -> None:
    """VACUUM writes all pages anew, by way of the log; emptying the log then puts them where the old ones were."""
    with stores.db.lock, in_words(stores.db.path):
        stores.db.execute("VACUUM")
        deadline = time.monotonic() + PATIENCE
        while stores.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > deadline:
                raise ErasureUnfinishedError(
                    f"another process has been reading {stores.db.path} for long, so its log cannot be emptied: end "
                    "it and run `knowbot doctor --fix` to finish what was to be forgotten"
                )
            time.sleep(_PAUSE)


def _may_hold(path: Path, sql: str, values: Mapping[str, object]) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            return bool(copy.execute(sql, values).fetchone())
    except sqlite3.Error:
        return True
