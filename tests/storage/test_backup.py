"""A copy of the database, and back: what is refused, what is kept, and what is never touched."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from storage.backup import FOLDER, BackupExistsError, backup, daily_backup
from storage.database import FolderUnusableError
from storage.restore import DatabaseInTheWayError, DatabaseInUseError, NotABackupError, restore
from storage.stores import DATABASE, DatabaseTooNewError, Stores, open_stores
from tests.storage.building import document, new_corpus, random_units


def locations(data_dir: Path) -> list[str]:
    with open_stores(data_dir) as stores:
        return list(stores.documents.hashes("default"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A backup of a database with one document; the database itself is in the folder ``source``."""
    with open_stores(tmp_path / "source") as stores:
        new_corpus(stores).add("a.md", random_units(3))
        return backup(stores, tmp_path / "copy.db")


def test_a_backup_holds_everything_that_was_committed(stores: Stores, tmp_path: Path) -> None:
    corpus = new_corpus(stores)
    corpus.add("a.md", random_units(3))
    written = backup(stores, tmp_path / "deep" / "copy.db")
    restore(written, tmp_path / "again", 0.0)
    with open_stores(tmp_path / "again") as again:
        assert again.integrity_problems() == []
        every = "SELECT chunk_id, data FROM vector ORDER BY id"
        assert again.db.rows(every) == stores.db.rows(every)
        assert len(again.db.rows(every)) == 3


def test_a_backup_made_while_others_write_is_sound(stores: Stores, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with open_stores(stores.data_dir) as other:
            for number in range(10_000):
                other.documents.put("default", document(f"{number}.md", "text " * 200), 1.0)
                if stop.wait(0.002):
                    return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [backup(stores, tmp_path / f"{number}.db") for number in range(3)]
    finally:
        stop.set()
        writer.join()
    for number, copy in enumerate(copies):
        restore(copy, tmp_path / f"again{number}", 0.0)
        with open_stores(tmp_path / f"again{number}") as again:
            assert again.integrity_problems() == []


def test_a_file_that_exists_is_left_alone(stores: Stores, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(BackupExistsError, match="left alone"):
        backup(stores, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_a_backup_that_cannot_be_written_leaves_nothing(stores: Stores, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderUnusableError):
        backup(stores, tmp_path / "file" / "copy.db")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "file"]


def test_daily_backups_keep_the_latest_and_sweep_what_a_kill_left(stores: Stores) -> None:
    folder = stores.data_dir / FOLDER
    folder.mkdir()
    (folder / ".knowbot-19700101-000000.db.part").write_bytes(b"half")
    for day in range(5):
        daily_backup(stores, 3, day * 86_400.0)
    assert sorted(path.name for path in folder.iterdir()) == [f"knowbot-1970010{day}-000000.db" for day in (3, 4, 5)]


def test_a_restore_refuses_a_folder_with_a_database_until_it_is_told_to(copy: Path, tmp_path: Path) -> None:
    with open_stores(tmp_path / "data") as stores:
        stores.documents.put("default", document("b.md"), 1.0)
        (tmp_path / "data" / "index").mkdir()
        (tmp_path / "data" / "index" / "1.json").write_text("{}")
    with pytest.raises(DatabaseInTheWayError, match="--yes"):
        restore(copy, tmp_path / "data", 0.0)
    assert locations(tmp_path / "data") == ["b.md"]
    former = restore(copy, tmp_path / "data", 0.0, replace=True)
    assert locations(tmp_path / "data") == ["a.md"]
    assert former is not None
    assert not (tmp_path / "data" / "index").exists()
    restore(former, tmp_path / "elsewhere", 0.0)
    assert locations(tmp_path / "elsewhere") == ["b.md"]


def test_a_restore_refuses_a_database_that_somebody_works_with(copy: Path, tmp_path: Path) -> None:
    with open_stores(tmp_path / "data") as stores:
        stores.documents.put("default", document("b.md"), 1.0)
        with pytest.raises(DatabaseInUseError, match="stop knowbot"):
            restore(copy, tmp_path / "data", 0.0, replace=True)
        stores.documents.put("default", document("c.md"), 1.0)
    assert locations(tmp_path / "data") == ["b.md", "c.md"]


def test_a_restore_names_who_has_a_database_open_even_where_it_is_damaged(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    database = tmp_path / "data" / DATABASE
    database.write_bytes(b"rubbish" * 1000)
    holding = [sys.executable, "-c", "import sys; held = open(sys.argv[1]); print(); input()", str(database)]
    with subprocess.Popen(holding, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(DatabaseInUseError, match=rf"in use by process {holder.pid} \(python.*stop that"):
            restore(copy, tmp_path / "data", 0.0, replace=True)
        assert database.read_bytes() == b"rubbish" * 1000
        holder.communicate(b"\n")
    assert restore(copy, tmp_path / "data", 0.0, replace=True) is not None


def test_a_damaged_database_is_moved_aside_as_it_is(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / DATABASE).write_bytes(b"rubbish" * 1000)
    former = restore(copy, tmp_path / "data", 0.0, replace=True)
    assert former is not None
    assert former.read_bytes() == b"rubbish" * 1000
    assert locations(tmp_path / "data") == ["a.md"]


def test_what_is_no_backup_is_refused_and_changes_nothing(copy: Path, tmp_path: Path) -> None:
    foreign, torn, turned = tmp_path / "foreign.db", tmp_path / "torn.db", tmp_path / "turned.db"
    with closing(sqlite3.connect(foreign)) as db:
        db.execute("CREATE TABLE cats (name)")
    whole = copy.read_bytes()
    torn.write_bytes(whole[: len(whole) // 2])
    turned.write_bytes(whole[:8192] + os.urandom(len(whole) - 8192))
    rubbish = tmp_path / "rubbish.db"
    rubbish.write_text("no database at all, but long enough to be read as the header of one " * 9)
    for file in (foreign, torn, turned, rubbish, tmp_path / "nowhere.db"):
        with pytest.raises(NotABackupError, match=file.name):
            restore(file, tmp_path / "data", 0.0)
    assert not (tmp_path / "data").exists()


def test_a_backup_of_a_newer_version_is_refused(copy: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(copy)) as db:
        db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('knowbot', 'm900', '')")
        db.commit()
    with pytest.raises(DatabaseTooNewError, match="m900"):
        restore(copy, tmp_path / "data", 0.0)


def test_what_is_still_in_the_write_ahead_log_of_a_copied_folder_is_restored_too(tmp_path: Path) -> None:
    with open_stores(tmp_path / "source") as stores:
        stores.documents.put("default", document("a.md"), 1.0)
        for end in ("", "-wal", "-shm"):
            (tmp_path / f"raw.db{end}").write_bytes((tmp_path / "source" / f"{DATABASE}{end}").read_bytes())
    restore(tmp_path / "raw.db", tmp_path / "data", 0.0)
    assert locations(tmp_path / "data") == ["a.md"]


def test_the_backup_just_written_is_kept_though_the_clock_was_set_back(stores: Stores) -> None:
    new_corpus(stores).add("a.md", random_units(3))
    daily_backup(stores, 2, 5_000_000.0)
    daily_backup(stores, 2, 6_000_000.0)
    back = daily_backup(stores, 2, 1_000_000.0)
    assert back.exists()
    assert len(list((stores.data_dir / FOLDER).glob("*.db"))) == 2
