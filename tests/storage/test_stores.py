from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database import DatabaseDamagedError, FolderUnusableError, connect, write_block
from storage.migrations import migrations
from storage.stores import DatabaseTooNewError, Stores, open_stores
from tests.command_line import ROOT
from tests.storage.building import EVERYONE, Corpus, document, passage, random_units

OPEN_AND_WRITE = """
import sys
from pathlib import Path
from storage.stores import open_stores
with open_stores(Path(sys.argv[1])) as stores:
    stores.tunables.set("default", "name", sys.argv[2], "test", 1.0)
"""


def test_the_folder_is_made_with_a_sound_database(tmp_path: Path) -> None:
    with open_stores(tmp_path / "new" / "data") as stores:
        assert (tmp_path / "new" / "data" / "knowbot.db").exists()
        assert stores.integrity_problems() == []


def test_eight_processes_may_start_for_the_first_time_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN_AND_WRITE, str(tmp_path / "data")]
    root = Path(__file__).parents[2]
    started = [subprocess.Popen([*command, str(i)], cwd=root, stderr=subprocess.PIPE, text=True) for i in range(8)]
    assert [process.communicate()[1] for process in started] == [""] * 8
    with open_stores(tmp_path / "data") as stores:
        assert {line.value for line in stores.tunables.history("default", "name")} == set("01234567")
        assert len(stores.db.rows("SELECT * FROM _sqlite_migrations")) == len(migrations.applied(stores.db))


def test_opening_does_not_wait_for_a_writer(stores: Stores) -> None:
    with stores.write():
        stores.tunables.set("default", "name", 1, "test", 1.0)
        with open_stores(stores.data_dir) as other:
            assert other.tunables.get("default", "name", 0) == 0


def text_instead(path: Path) -> None:
    path.write_text("my notes\n" * 1000)


def cut_in_the_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def cut_in_the_middle(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scribbled_over_the_schema(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[100:4000] = os.urandom(3900)
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [text_instead, cut_in_the_header, cut_in_the_middle, scribbled_over_the_schema])
def test_a_damaged_database_is_refused_and_not_touched(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    open_stores(tmp_path).close()
    path = tmp_path / "knowbot.db"
    damage(path)
    before = path.read_bytes()
    with pytest.raises(DatabaseDamagedError, match=r"knowbot\.db .*nothing was changed: restore a backup, or move"):
        open_stores(tmp_path)
    assert path.read_bytes() == before


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with open_stores(tmp_path) as stores:
        stores.db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('knowbot', 'm999_wings', 'later')"
        )
    with pytest.raises(DatabaseTooNewError, match=r"m999_wings.*update knowbot"):
        open_stores(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for impossible in (tmp_path / "file", tmp_path / "file" / "data", Path("/proc/knowbot")):
        with pytest.raises(FolderUnusableError, match=f"{impossible} cannot be opened.*choose another data folder"):
            open_stores(impossible)


def test_a_read_only_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        os, "access", lambda path, mode: False
    )  # root, who runs tests in a container, may write anywhere
    with pytest.raises(FolderUnusableError, match="it is read-only"):
        open_stores(tmp_path)


def test_an_interrupted_first_start_is_finished(tmp_path: Path) -> None:
    (tmp_path / "knowbot.db").touch()
    open_stores(tmp_path).close()
    db = connect(tmp_path / "half.db")
    with write_block(db):
        migrations.apply(db, stop_before="m003_conversation")
    db.close()
    (tmp_path / "half.db").rename(tmp_path / "knowbot.db")
    with open_stores(tmp_path) as stores:
        assert migrations.pending(stores.db) == []


def test_a_reference_to_nothing_is_found(corpus: Corpus) -> None:
    corpus.add("a.md", random_units(2))
    db = corpus.stores.db
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("DELETE FROM document")
    assert corpus.stores.integrity_problems() == [
        "row 1 of chunk points to a row of document that is gone",
        "row 2 of chunk points to a row of document that is gone",
    ]


def test_a_full_text_index_that_lost_a_passage_is_found_and_mended(corpus: Corpus) -> None:
    stores = corpus.stores
    number = stores.documents.put("default", document("a.md"), 1.0)
    stores.chunks.put(number, corpus.generation.chunking_id, [passage(0, "apples and pears")])
    stores.db.execute("INSERT INTO chunk_fts (chunk_fts) VALUES ('delete-all')")
    assert stores.integrity_problems() == [
        "the full-text index does not match the chunks: rebuild it with knowbot doctor --fix"
    ]
    stores.chunks.rebuild_full_text()
    assert stores.integrity_problems() == []
    assert list(stores.chunks.lexical(corpus.generation, {"pear": 1.0}, EVERYONE, 1.0, 10))


def test_damage_in_the_middle_of_the_file_is_a_sentence(tmp_path: Path) -> None:
    with open_stores(tmp_path) as stores:
        for number in range(200):
            stores.documents.put("default", document(f"{number}.md", "word " * 1000), 1.0)
    path = tmp_path / "knowbot.db"
    content = bytearray(path.read_bytes())
    for start in range(len(content) // 2, len(content), 4096):
        content[start : start + 40] = b"\xff" * 40
    path.write_bytes(content)
    with open_stores(tmp_path) as stores:
        problems = stores.integrity_problems()
    assert problems
    assert all("knowbot.db" in problem for problem in problems)


def test_what_is_written_is_seen_by_others_although_the_folder_was_opened_twice(tmp_path: Path) -> None:
    """A file that is closed drops every lock that this process has on it; a stranger then takes the log for its own."""
    read = "import sys, pathlib; from storage.stores import open_stores; s = open_stores(pathlib.Path(sys.argv[1])); "
    read += "print(s.tunables.get('default', 'name', 0)); s.close()"
    with open_stores(tmp_path) as first, open_stores(tmp_path):
        for value in (1, 2):
            first.tunables.set("default", "name", value, "test", 1.0)
            seen = subprocess.run(
                [sys.executable, "-c", read, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
            )
            assert seen.stdout.split() == [str(value)]
