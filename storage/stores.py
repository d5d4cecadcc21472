"""The data folder: opens the database in it, checks that it is ours and sound, and hands out the stores."""

from __future__ import annotations

import os
import sqlite3
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from storage.asked import Asked
from storage.audit import Audit
from storage.chunks import Chunks
from storage.database import Connection, DatabaseDamagedError, connect, damaged, in_words, write_block
from storage.deferrals import Deferrals
from storage.documents import Documents
from storage.drifts import Drifts
from storage.embedding_cache import EmbeddingCache
from storage.errors import KnowbotError
from storage.exams import Exams
from storage.excluded import Excluded
from storage.flags import Flags
from storage.forgetting import Forgetting
from storage.generations import Generations
from storage.golden import Golden
from storage.interactions import Interactions
from storage.jobs import Jobs, QueueWatch
from storage.known_questions import KnownQuestions
from storage.ledger import Ledger
from storage.members import Handovers, OptOuts
from storage.message_documents import AnswerDrafts, MessageDocuments
from storage.migrations import applied_steps, known_steps, migrations
from storage.query_adapters import QueryAdapters
from storage.recorded import Recorded
from storage.schedule import Schedule
from storage.second_looks import SecondLooks
from storage.servers import Servers
from storage.shelf import Shelf
from storage.sources import Sources
from storage.spending import Spending
from storage.surveys import Surveys
from storage.taught import Taught
from storage.tunables import Tunables
from storage.unread import Unread
from storage.validators import PageValidators
from storage.vectors import Vectors

DATABASE = "knowbot.db"
_HEADER_BYTES = 100


class DatabaseTooNewError(KnowbotError):
    """A later version of knowbot has changed the schema."""


@dataclass(frozen=True)
class Stores:
    """Everything that is kept in one data folder. Close it, or use it as a context manager."""

    data_dir: Path
    db: Connection
    documents: Documents
    sources: Sources
    chunks: Chunks
    generations: Generations
    vectors: Vectors
    embedding_cache: EmbeddingCache
    interactions: Interactions
    recorded: Recorded
    asked: Asked
    golden: Golden
    ledger: Ledger
    taught: Taught
    tunables: Tunables
    flags: Flags
    jobs: Jobs
    queue_watch: QueueWatch
    schedule: Schedule
    spending: Spending
    validators: PageValidators
    known_questions: KnownQuestions
    opt_outs: OptOuts
    handovers: Handovers
    audit: Audit
    message_documents: MessageDocuments
    answer_drafts: AnswerDrafts
    excluded: Excluded
    forgetting: Forgetting
    surveys: Surveys
    servers: Servers
    unread: Unread
    shelf: Shelf
    deferrals: Deferrals
    query_adapters: QueryAdapters
    drifts: Drifts
    exams: Exams
    second_looks: SecondLooks

    def write(self) -> AbstractContextManager[None]:
        """A block of writes that are kept together or not at all; see ``write_block``."""
        return write_block(self.db)

    def data_version(self) -> int:
        """Another number after every change that was committed over another connection than this one."""
        return int(self.db.rows("PRAGMA data_version")[0][0])

    def integrity_problems(self) -> list[str]:
        """What SQLite finds wrong, one sentence each: pages and indexes, references, the full-text index. Slow."""
        # On damaged pages the other two could only fail.
        return _page_problems(self.db) or [*_reference_problems(self.db), *_full_text_problems(self.db)]

    def close(self) -> None:
        """Closes the connection; the stores cannot be used afterwards."""
        self.db.close()

    def __enter__(self) -> Stores:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_stores(data_dir: Path) -> Stores:
    """Opens the data folder and brings its schema up to date; many processes may do so at once, also the first time.

    Raises FolderUnusableError, DatabaseDamagedError, DatabaseTooNewError, DatabaseLockedError or DiskFullError. A
    database that is refused is not changed.
    """
    path = data_dir / DATABASE
    with in_words(data_dir):
        data_dir.mkdir(parents=True, exist_ok=True)
    _refuse_unwritable(path)
    _refuse_damaged(path)
    db = connect(path)
    try:
        _migrate(db)
    except BaseException:
        db.close()
        raise
    return _stores(data_dir, db)


def _stores(data_dir: Path, db: Connection) -> Stores:
    return Stores(
        data_dir,
        db,
        Documents(db),
        Sources(db),
        Chunks(db),
        Generations(db),
        Vectors(db),
        EmbeddingCache(db),
        Interactions(db),
        Recorded(db),
        Asked(db),
        Golden(db),
        Ledger(db),
        Taught(db),
        Tunables(db),
        Flags(db),
        Jobs(db),
        QueueWatch(db),
        Schedule(db),
        Spending(db),
        PageValidators(db),
        KnownQuestions(db),
        OptOuts(db),
        Handovers(db),
        Audit(db),
        MessageDocuments(db),
        AnswerDrafts(db),
        Excluded(db),
        Forgetting(db),
        Surveys(db),
        Servers(db),
        Unread(db),
        Shelf(db),
        Deferrals(db),
        QueryAdapters(db),
        Drifts(db),
        Exams(db),
        SecondLooks(db),
    )


def _refuse_unwritable(path: Path) -> None:
    """SQLite opens what it may not write and fails at the first change; a sentence now is worth more."""
    for needed in (path.parent, path):
        if needed.exists() and not os.access(needed, os.W_OK):
            with in_words(needed):
                raise PermissionError("it is read-only")


def _refuse_damaged(path: Path) -> None:
    """Has SQLite read the schema. Read-only, since a damaged file shall stay exactly as it is.

    An empty file is sound: another process has just created it. The file is opened by nobody but SQLite: whoever closes
    a file drops all locks that this process has on it, those of its other connections included, and the next process
    would take the log away under them.
    """
    with in_words(path):
        size = path.stat().st_size if path.exists() else 0
        if size == 0:
            return
        if size < _HEADER_BYTES:
            raise damaged(path, "it is shorter than the header of an SQLite file")
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as reader:
            reader.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _migrate(db: Connection) -> None:
    """Applies what is missing. Who is up to date takes no lock, so that reading never waits for a writer."""
    with in_words(db.path):
        known, applied = known_steps(), applied_steps(db)
    if not applied <= known:
        raise DatabaseTooNewError(
            f"{db.path} was written by a newer knowbot (it knows the schema step {min(applied - known)}): "
            "update knowbot, or choose another data folder"
        )
    if applied != known:
        with write_block(db):
            migrations.apply(db)


def _page_problems(db: Connection) -> list[str]:
    try:
        found = [str(line) for (line,) in db.rows("PRAGMA integrity_check(20)")]
    except DatabaseDamagedError as error:
        return [str(error)]
    return [] if found == ["ok"] else [f"{db.path} is damaged: {line}" for line in found]


def _reference_problems(db: Connection) -> list[str]:
    return [
        f"row {row} of {table} points to a row of {parent} that is gone"
        for table, row, parent, _ in db.rows("PRAGMA foreign_key_check")
    ]


def _full_text_problems(db: Connection) -> list[str]:
    try:
        # Rank 1 compares the index with the chunks themselves, not only with its own pages.
        db.rows("INSERT INTO chunk_fts (chunk_fts, rank) VALUES ('integrity-check', 1)")
    except DatabaseDamagedError:
        return ["the full-text index does not match the chunks: rebuild it with knowbot doctor --fix"]
    return []
