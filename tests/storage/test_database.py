from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from storage.database import (
    Connection,
    DatabaseLockedError,
    DiskFullError,
    FolderUnusableError,
    connect,
    write_block,
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Connection]:
    opened = connect(tmp_path / "some.db")
    opened.execute("CREATE TABLE word (text TEXT NOT NULL)")
    yield opened
    opened.close()


def words(db: Connection) -> list[str]:
    return [text for (text,) in db.rows("SELECT text FROM word ORDER BY rowid")]


def write(db: Connection, word: str) -> None:
    with write_block(db):
        db.execute("INSERT INTO word VALUES (?)", (word,))


def test_a_write_block_keeps_all_of_it_or_nothing(db: Connection) -> None:
    def write_and_fail() -> None:
        with write_block(db):
            write(db, "lost")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    write(db, "kept")
    assert words(db) == ["kept"]


def test_a_block_inside_a_block_joins_it(db: Connection) -> None:
    def fail_outside() -> None:
        with write_block(db):
            with write_block(db):
                write(db, "inner")
            assert words(db) == ["inner"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_outside()
    assert words(db) == []


def test_a_write_block_waits_for_another_writer(db: Connection) -> None:
    other = connect(db.path)
    holds = threading.Event()

    def hold_the_lock() -> None:
        with write_block(other):
            holds.set()
            time.sleep(0.3)
            other.execute("INSERT INTO word VALUES ('first')")

    writer = threading.Thread(target=hold_the_lock)
    writer.start()
    holds.wait()
    with write_block(db):
        assert words(db) == ["first"]
        db.execute("INSERT INTO word VALUES ('second')")
    writer.join()
    other.close()
    assert words(db) == ["first", "second"]


def test_a_lock_that_is_never_released_is_named(db: Connection) -> None:
    other = connect(db.path)
    db.execute("PRAGMA busy_timeout = 20")
    with (
        write_block(other),
        pytest.raises(DatabaseLockedError, match=r"some\.db is locked by another process: wait"),
    ):
        write(db, "never")
    other.close()


def test_threads_that_share_a_connection_take_turns(db: Connection) -> None:
    def write_two(name: str) -> None:
        with write_block(db):
            db.execute("INSERT INTO word VALUES (?)", (name,))
            time.sleep(0.01)
            db.execute("INSERT INTO word VALUES (?)", (name,))

    threads = [threading.Thread(target=write_two, args=(name,)) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert words(db)[::2] == words(db)[1::2]
    assert sorted(words(db)) == sorted("aabbccddeeff")


def test_a_thread_does_not_meet_the_unfinished_work_of_another(db: Connection) -> None:
    halfway = threading.Event()

    def write_and_fail() -> None:
        with suppress(ZeroDivisionError), write_block(db):
            db.execute("INSERT INTO word VALUES ('unfinished')")
            halfway.set()
            time.sleep(0.05)
            raise ZeroDivisionError

    writer = threading.Thread(target=write_and_fail)
    writer.start()
    halfway.wait()
    assert words(db) == []
    writer.join()


def test_a_full_disk_is_named_and_leaves_what_was_there(db: Connection) -> None:
    write(db, "kept")
    db.rows("PRAGMA max_page_count = 3")
    with pytest.raises(DiskFullError, match=r"some\.db could not be written .*free some space"), write_block(db):
        write(db, "x" * 100_000)
    assert words(db) == ["kept"]


def test_a_file_that_must_not_be_written_is_named(db: Connection) -> None:
    db.execute("PRAGMA query_only = ON")
    with pytest.raises(FolderUnusableError, match=r"some\.db cannot be opened for writing .*permissions"):
        write(db, "never")


def test_a_mistake_in_the_program_is_not_dressed_up(db: Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError), write_block(db):
        db.execute("INSERT INTO word VALUES (NULL)")
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        db.rows("SELECT * FROM nowhere")


def test_connections_keep_references_and_write_ahead(db: Connection) -> None:
    assert db.rows("PRAGMA foreign_keys") == [(1,)]
    assert db.rows("PRAGMA journal_mode") == [("wal",)]
    assert db.rows("PRAGMA busy_timeout") == [(10_000,)]
