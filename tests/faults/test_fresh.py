"""``kill -9`` in refresh, switch, rollback, backup and forget: afterwards all is as in a twin that nobody disturbed."""

from __future__ import annotations

import json
import random
import shutil
import time
from pathlib import Path

import pytest

from storage.erasure import unfinished_since
from storage.stores import open_stores
from tests.command_line import EXAMPLE, KnowbotCommand

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

KILLS = 6
MARKER = "zyxquorl"
QUESTIONS = ("how do I reset the admin password", "what port does the web interface use", "how do refunds work")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example that may be edited."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "docs"))


@pytest.fixture
def knowbot(tmp_path: Path, folder: Path) -> KnowbotCommand:
    knowbot = KnowbotCommand(tmp_path / "data")
    knowbot.ok("ingest", str(folder))
    return knowbot


def test_a_refresh_that_is_killed_again_and_again_ends_like_an_undisturbed_one(
    tmp_path: Path, folder: Path, knowbot: KnowbotCommand
) -> None:
    twin = KnowbotCommand(Path(shutil.copytree(knowbot.data_dir, tmp_path / "twin")))
    for number, file in enumerate(sorted(folder.rglob("*.md"))):
        if number % 3 == 0:
            file.unlink()
        elif number % 3 == 1:
            file.write_text(f"{file.read_text('utf-8')}\n\n## News\n\nSomething new, number {number}.\n", "utf-8")
    whole = seconds(twin, "refresh")
    killed(knowbot, whole, "refresh")
    knowbot.ok("refresh")
    assert content(knowbot.data_dir) == content(twin.data_dir)
    assert answers(knowbot) == answers(twin)
    assert "all is well" in knowbot.ok("doctor")


def test_switches_and_rollbacks_that_are_killed_leave_one_index_active_and_it_answers(knowbot: KnowbotCommand) -> None:
    before = answers(knowbot)
    knowbot.ok("reindex", "--encoder", "hashing:256")
    after = answers(knowbot)
    whole = seconds(knowbot, "index", "rollback")
    for turn in range(KILLS // 2):
        for command in (("index", "rollback"), ("reindex", "--encoder", ("hashing", "hashing:256")[turn % 2])):
            killed(knowbot, whole, *command, times=1, seed=turn)
            assert answers(knowbot) in (before, after)
            with open_stores(knowbot.data_dir) as stores:
                assert sorted(g.state for g in stores.generations.live("default")) in (
                    ["active", "retired"],
                    ["active", "building"],
                )
    knowbot.ok("reindex", "--encoder", "hashing")
    assert answers(knowbot) == before
    assert "all is well" in knowbot.ok("doctor")


def test_a_backup_that_is_killed_is_whole_or_not_there(tmp_path: Path, knowbot: KnowbotCommand) -> None:
    whole = seconds(knowbot, "backup", str(tmp_path / "first.db"))
    for turn in range(KILLS):
        target = tmp_path / f"{turn}.db"
        killed(knowbot, whole, "backup", str(target), times=1, seed=turn)
        if target.exists():
            restored = KnowbotCommand(tmp_path / f"restored-{turn}")
            restored.ok("restore", str(target))
            assert content(restored.data_dir) == content(knowbot.data_dir)
    knowbot.ok("backup", str(tmp_path / "last.db"))
    assert "all is well" in knowbot.ok("doctor")


def test_a_forget_that_is_killed_is_finished_by_doctor_and_leaves_nothing(
    tmp_path: Path, folder: Path, knowbot: KnowbotCommand
) -> None:
    (folder / "secret.md").write_text(f"# Secret\n\nThe {MARKER} lies under the stone.\n", encoding="utf-8")
    knowbot.ok("ingest", str(folder))
    pristine = Path(shutil.copytree(knowbot.data_dir, tmp_path / "pristine"))
    whole = seconds(knowbot, "forget", "secret.md")
    assert holding(knowbot.data_dir) == []
    interrupted = 0
    for turn in range(KILLS):
        each = KnowbotCommand(Path(shutil.copytree(pristine, tmp_path / f"turn-{turn}")))
        if turn % 2:
            killed(each, whole, "forget", "secret.md", times=1, seed=turn)
        else:
            killed_between_rows_and_files(each)
        with open_stores(each.data_dir) as stores:
            is_there = stores.documents.get("default", "secret.md") is not None
            is_unfinished = unfinished_since(stores) is not None
        interrupted += is_unfinished
        if is_there:
            each.ok("forget", "secret.md")
        elif is_unfinished:
            assert "run `knowbot doctor --fix`" in each.run("doctor").stdout
        assert "all is well" in each.ok("doctor", "--fix")
        assert holding(each.data_dir) == []
    assert interrupted, "no kill came between the rows and the files: it proves nothing"


def test_ingest_worker_and_questions_at_once_on_one_folder(
    tmp_path: Path, folder: Path, knowbot: KnowbotCommand
) -> None:
    for file in sorted(folder.rglob("*.md"))[::3]:
        file.write_text(f"{file.read_text('utf-8')}\n\n## News\n\nSomething new.\n", "utf-8")
    twin = KnowbotCommand(tmp_path / "twin")
    twin.ok("ingest", str(folder))
    commands = [
        ("ingest", str(folder)),
        ("ingest", str(folder)),
        ("jobs", "run", "refresh"),
        ("ask", QUESTIONS[0]),
        ("ask", QUESTIONS[1]),
        ("backup", str(tmp_path / "meanwhile.db")),
        ("forget", "--member", "5"),
    ]
    started = [knowbot.start(*command) for command in commands]
    for command, process in zip(commands, started, strict=True):
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, f"{command}: {errors}"
    knowbot.ok("ingest", str(folder))
    assert texts(knowbot.data_dir) == texts(twin.data_dir)
    assert "all is well" in knowbot.ok("doctor")


def test_index_files_that_are_missing_or_of_another_generation_change_no_answer(knowbot: KnowbotCommand) -> None:
    knowbot.ok("reindex", "--encoder", "hashing:256")
    before = answers(knowbot)
    index = knowbot.data_dir / "index"
    for file in list(index.iterdir()):
        if file.name.startswith("2"):
            file.unlink()
    for file in list(index.iterdir()):
        shutil.copy(file, index / f"2{file.name[1:]}")
    assert answers(knowbot) == before
    assert "run `knowbot doctor --fix`" in knowbot.run("doctor").stdout
    knowbot.ok("doctor", "--fix")
    assert "all is well" in knowbot.ok("doctor")
    shutil.rmtree(index)
    assert answers(knowbot) == before
    assert "nothing is wrong; 2 index files were written anew" in knowbot.ok("jobs", "run", "check_index")


def killed(knowbot: KnowbotCommand, whole: float, *arguments: str, times: int = KILLS, seed: int = 0) -> None:
    """Starts a command that takes ``whole`` seconds and kills it, mostly in its second half, where it writes."""
    moment = random.Random(seed)
    for _ in range(times):
        process = knowbot.start(*arguments)
        time.sleep(moment.uniform(0.4, 1.1) * whole)
        process.kill()
        process.communicate(timeout=60)
        with open_stores(knowbot.data_dir) as stores:
            assert stores.integrity_problems() == []


def killed_between_rows_and_files(knowbot: KnowbotCommand) -> None:
    """Kills a forget as soon as its rows are gone."""
    with open_stores(knowbot.data_dir) as stores:
        process = knowbot.start("forget", "secret.md")
        while unfinished_since(stores) is None and process.poll() is None:
            time.sleep(0.001)
        process.kill()
        process.communicate(timeout=60)


def seconds(knowbot: KnowbotCommand, *arguments: str) -> float:
    started = time.monotonic()
    knowbot.ok(*arguments)
    return time.monotonic() - started


def holding(data_dir: Path) -> list[str]:
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    return [path.name for path in files if MARKER.encode() in path.read_bytes()]


def content(data_dir: Path) -> list[tuple[object, ...]]:
    with open_stores(data_dir) as stores:
        return stores.db.rows(
            "SELECT generation_id, chunk.location, ordinal, chunk.text, kind, data "
            "FROM chunk JOIN vector ON vector.chunk_id = chunk.id ORDER BY 1, 2, 3, 5"
        )


def texts(data_dir: Path) -> list[tuple[object, ...]]:
    with open_stores(data_dir) as stores:
        return stores.db.rows("SELECT location, ordinal, text FROM chunk ORDER BY 1, 2, 3")


def answers(knowbot: KnowbotCommand) -> list[object]:
    given = [json.loads(knowbot.ok("ask", question, "--json")) for question in QUESTIONS]
    return [(answer["decision"], answer["sources"]) for answer in given]
