"""A disk that is full, an index file that is broken or belongs to somebody else, a database that is locked."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import EXAMPLE, KnowbotCommand

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

QUESTION = "how do I reset the admin password"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB, which needs the right to mount one."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_named_and_nothing_that_was_stored_is_lost(small_disk: Path) -> None:
    knowbot = KnowbotCommand(small_disk / "data")
    few = EXAMPLE / "faq.md"
    knowbot.ok("ingest", str(few))
    before = _sources(knowbot)
    ballast = small_disk / "ballast"
    free = shutil.disk_usage(small_disk).free
    ballast.write_bytes(b"\0" * (free - 200_000))
    assert "free some space" in knowbot.refused("ingest", str(EXAMPLE))
    ballast.unlink()
    assert _sources(knowbot) == before
    knowbot.ok("ingest", str(EXAMPLE))
    assert "all is well" in knowbot.ok("doctor")


def test_a_full_disk_refuses_a_backup_and_a_reindex_and_both_are_done_once_there_is_room(small_disk: Path) -> None:
    knowbot = KnowbotCommand(small_disk / "data")
    knowbot.ok("ingest", str(EXAMPLE))
    before = _sources(knowbot)
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * (shutil.disk_usage(small_disk).free - 300_000))
    assert "free some space" in knowbot.refused("backup", str(small_disk / "copy.db"))
    assert "free some space" in knowbot.refused("reindex", "--encoder", "hashing:1024")
    assert not (small_disk / "copy.db").exists()
    assert _sources(knowbot) == before
    assert "free some space" in knowbot.refused("forget", "faq.md")
    ballast.unlink()
    knowbot.ok("backup", str(small_disk / "copy.db"))
    knowbot.ok("reindex", "--encoder", "hashing:256")
    knowbot.ok("doctor", "--fix")
    assert "all is well" in knowbot.ok("doctor")


def test_a_read_only_data_folder_is_named_by_every_command_and_nothing_is_lost(small_disk: Path) -> None:
    knowbot = KnowbotCommand(small_disk / "data")
    knowbot.ok("ingest", str(EXAMPLE / "faq.md"))
    before = _sources(knowbot)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for command in (["ask", QUESTION], ["ingest", str(EXAMPLE)], ["refresh"], ["doctor"], ["forget", "faq.md"]):
        assert "check its permissions" in knowbot.refused(*command)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert _sources(knowbot) == before
    assert "all is well" in knowbot.ok("doctor")


def test_an_index_file_of_another_space_is_not_believed(tmp_path: Path) -> None:
    ours, theirs = KnowbotCommand(tmp_path / "ours"), KnowbotCommand(tmp_path / "theirs")
    ours.ok("ingest", str(EXAMPLE))
    theirs.ok("ingest", str(EXAMPLE / "faq.md"))
    before = _sources(ours)
    shutil.rmtree(ours.data_dir / "index")
    shutil.copytree(theirs.data_dir / "index", ours.data_dir / "index")
    assert _sources(ours) == before
    shutil.rmtree(ours.data_dir / "index")
    assert _sources(ours) == before
    ours.ok("doctor", "--fix")
    assert "complete and agrees" in ours.ok("index", "verify")


@pytest.mark.parametrize("place", [0.02, 0.3, 0.6, 0.98])
def test_flipped_bits_in_the_index_never_crash_and_never_change_an_answer(tmp_path: Path, place: float) -> None:
    knowbot = KnowbotCommand(tmp_path, settings=(("KNOWBOT_EXACT_UP_TO", "0"),))
    knowbot.ok("ingest", str(EXAMPLE))
    before = _sources(knowbot)
    for file in (path for path in (tmp_path / "index").iterdir() if path.is_file()):
        content = bytearray(file.read_bytes())
        first = int(len(content) * place)
        content[first : first + 20] = bytes(byte ^ 0xFF for byte in content[first : first + 20])
        file.write_bytes(content)
    assert _sources(knowbot) == before


def test_a_corrupt_database_is_refused_by_every_command_and_never_overwritten(tmp_path: Path) -> None:
    knowbot = KnowbotCommand(tmp_path)
    knowbot.ok("ingest", str(EXAMPLE / "faq.md"))
    database = tmp_path / "knowbot.db"
    content = bytearray(database.read_bytes())
    content[:4096] = os.urandom(4096)
    database.write_bytes(content)
    for command in (["ask", QUESTION], ["ingest", str(EXAMPLE)], ["refresh"], ["doctor"], ["costs"]):
        assert "nothing was changed" in knowbot.refused(*command)
    assert database.read_bytes() == bytes(content)


def test_a_database_locked_for_a_while_delays_and_does_not_fail(tmp_path: Path) -> None:
    knowbot = KnowbotCommand(tmp_path)
    knowbot.ok("ingest", str(EXAMPLE / "faq.md"))
    holder = sqlite3.connect(tmp_path / "knowbot.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    process = knowbot.start("ask", QUESTION, "--json")
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=4)
    holder.execute("ROLLBACK")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert json.loads(out)["sources"]


def _sources(knowbot: KnowbotCommand) -> list[object]:
    sources: list[object] = json.loads(knowbot.ok("ask", QUESTION, "--json"))["sources"]
    return sources
