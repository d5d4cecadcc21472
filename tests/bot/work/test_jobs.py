"""What each job does and says, in this process; the worker's own tests run them in another."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.commands.setup import _show_exam
from bot.settings import Settings
from bot.work.jobs import JobArgumentError, NothingRefreshedError, ProblemsFoundError, UnknownJobError, run_job
from retrieval import upkeep
from retrieval.engine import Engine
from storage.errors import KnowbotError
from storage.jobs import Job
from storage.stores import open_stores
from tests.command_line import EXAMPLE, KnowbotCommand

SPACE = "default"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", encoder="hashing", keep_backups=2)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    with Engine(settings.data_dir, settings.retrieval) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "cats.md").write_text("# Cats\n\nA cat sleeps fifteen hours a day.\n", encoding="utf-8")
    (folder / "dogs.md").write_text("# Dogs\n\nA dog needs a walk twice a day.\n", encoding="utf-8")
    return folder


class Doing:
    """Does jobs at once and remembers the progress they told."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine, self._settings = engine, settings
        self.told: list[tuple[int, int]] = []

    def __call__(self, name: str, space: str = "", arguments: Mapping[str, Any] | None = None) -> str:
        job: Job = self._engine.stores.jobs.add(name, space, time.time(), arguments)
        return run_job(self._engine, self._settings, job, lambda *told: self.told.append(told)).sentence


@pytest.fixture
def do(engine: Engine, settings: Settings) -> Doing:
    return Doing(engine, settings)


def test_an_ingest_says_what_it_took_in_and_what_it_could_not_read(do: Doing, folder: Path) -> None:
    (folder / "blank.md").write_text("\n", encoding="utf-8")
    outcome = do("ingest", SPACE, {"path": str(folder)})
    assert "2 new, 0 changed, 0 unchanged, 0 gone, 1 skipped; blank.md: " in outcome
    assert do.told == [(1, 3), (2, 3), (3, 3)]


def test_a_refresh_takes_up_what_changed_in_every_space(do: Doing, folder: Path) -> None:
    do("ingest", SPACE, {"path": str(folder)})
    do("ingest", "other", {"path": str(folder / "cats.md")})
    (folder / "cats.md").write_text("# Cats\n\nA cat sleeps all day.\n", encoding="utf-8")
    assert do("refresh").startswith("2 sources: 0 new, 2 changed, 1 unchanged, 0 gone, 0 expired")
    assert do("refresh", "other").startswith("1 source: 0 new, 0 changed, 1 unchanged")


def test_a_refresh_that_can_read_nothing_has_failed(do: Doing, folder: Path) -> None:
    do("ingest", SPACE, {"path": str(folder)})
    folder.rename(folder.with_name("away"))
    with pytest.raises(NothingRefreshedError, match=r"1 source could not be read: .*its documents are kept"):
        do("refresh")
    with pytest.raises(KnowbotError, match="no source 9"):
        do("refresh", "", {"source": 9})


def test_a_refresh_of_nothing_is_no_failure(do: Doing) -> None:
    assert do("refresh") == "0 sources: 0 new, 0 changed, 0 unchanged, 0 gone, 0 expired"


def test_a_reindex_switches_to_the_encoder_it_is_told(do: Doing, folder: Path) -> None:
    do("ingest", SPACE, {"path": str(folder)})
    assert do("reindex", SPACE, {"encoder": "hashing:64"}) == (
        "switched to generation 2: hashing:64, 64 dimensions, 2 chunks, 2 of them encoded now"
    )
    assert "already on generation 2" in do("reindex", SPACE)


def test_a_check_mends_a_damaged_index_file_and_says_so(do: Doing, folder: Path, settings: Settings) -> None:
    do("ingest", SPACE, {"path": str(folder)})
    assert do("check_index") == "nothing is wrong; 0 index files were written anew, 0 retired indexes deleted"
    for file in (settings.data_dir / "index").iterdir():
        file.write_bytes(b"rubbish")
    with Engine(settings.data_dir, settings.retrieval) as fresh:
        assert (
            Doing(fresh, settings)("check_index")
            == "nothing is wrong; 1 index files were written anew, 0 retired indexes deleted"
        )


def test_a_check_readies_the_encoder_that_answers_for_documents_which_compiles_it(
    do: Doing, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    do("ingest", SPACE, {"path": str(folder)})
    readied: list[str] = []
    monkeypatch.setattr(upkeep, "load_model", lambda encoder, meter, kind: readied.append(kind))
    do("check_index")
    assert readied == ["document"]


def test_a_check_that_finds_what_it_cannot_mend_has_failed(do: Doing, folder: Path) -> None:
    do("ingest", SPACE, {"path": str(folder)})
    folder.rename(folder.with_name("away"))
    with pytest.raises(ProblemsFoundError, match="is not there any more"):
        do("check_index")


def test_backups_are_written_and_the_oldest_go(do: Doing, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(3):
        monkeypatch.setattr(time, "time", lambda day=day: day * 86_400.0)
        assert "was written" in do("backup")
    assert len(list((settings.data_dir / "backups").iterdir())) == 2


def test_old_lines_and_old_jobs_are_forgotten_and_no_sum_changes(do: Doing, engine: Engine, folder: Path) -> None:
    do("ingest", SPACE, {"path": str(folder)})
    costs = engine.stores.ledger.by_day_and_model(0.0)
    engine.stores.db.execute("UPDATE ledger SET at = at - 8 * 86400 WHERE operation = 'ingest'")
    engine.stores.db.execute("UPDATE job SET state = 'done', ended_at = 1.0")
    (lines,) = engine.stores.db.rows("SELECT count(*) FROM ledger WHERE operation = 'ingest'")[0]
    assert lines > 0
    assert do("roll_up") == f"{lines} old lines of the ledger went, their sums a day stay; 1 ended jobs forgotten"
    rolled_up = engine.stores.ledger.by_day_and_model(0.0)
    assert rolled_up == costs


def test_vectors_that_nobody_asked_for_are_forgotten(do: Doing, engine: Engine) -> None:
    assert do("evict").startswith("0 vectors")
    engine.stores.db.execute("INSERT INTO embedding_cache VALUES ('f', 'h', 'query', x'00000000', 1.0)")
    assert do("evict").startswith("1 vectors")


def test_an_unknown_job_and_a_job_without_its_argument_are_named(do: Doing) -> None:
    with pytest.raises(UnknownJobError, match="no job 'dance': those that there are are ingest, refresh"):
        do("dance")
    with pytest.raises(JobArgumentError, match="a path"):
        do("ingest", SPACE)


def test_jobs_are_run_and_listed_from_the_command_line(tmp_path: Path) -> None:
    knowbot = KnowbotCommand(tmp_path / "data")
    assert "no job was queued yet" in knowbot.ok("jobs")
    knowbot.ok("ingest", str(EXAMPLE / "faq.md"))
    assert knowbot.ok("jobs", "run", "refresh").startswith("refresh: 1 source: 0 new, 0 changed, 1 unchanged")
    listed = " ".join(knowbot.ok("jobs").split())
    assert "1 refresh done 1 of 1 command 1 source: 0 new" in listed
    assert "job 1 (refresh) is done" in knowbot.refused("jobs", "cancel", "1")
    with open_stores(tmp_path / "data") as stores:
        stores.jobs.add("evict", "", 0.0)
    assert knowbot.ok("jobs", "cancel", "2") == "job 2 (evict) is cancelled\n"
    assert "2 evict cancelled" in " ".join(knowbot.ok("jobs").split())
    wrong = knowbot.run("jobs", "run", "dance")
    assert wrong.returncode == 2
    assert "'refresh', 'reindex', 'evict', 'roll_up', 'check_index', 'backup'" in wrong.stderr


def test_a_job_that_failed_is_the_commands_failure(tmp_path: Path) -> None:
    knowbot = KnowbotCommand(tmp_path / "data")
    assert "nothing has been ingested into the space 'lost'" in knowbot.refused(
        "jobs", "run", "reindex", "--space", "lost"
    )


def test_a_backup_is_restored_from_the_command_line(tmp_path: Path) -> None:
    knowbot, again = KnowbotCommand(tmp_path / "data"), KnowbotCommand(tmp_path / "again")
    assert "has no database yet" in knowbot.refused("backup", str(tmp_path / "copy.db"))
    knowbot.ok("ingest", str(EXAMPLE / "faq.md"))
    assert "knowbot restore" in knowbot.ok("backup", str(tmp_path / "copy.db"))
    assert "was left alone" in knowbot.refused("backup", str(tmp_path / "copy.db"))
    assert "1 index files were rebuilt" in again.ok("restore", str(tmp_path / "copy.db"))
    assert "all is well" in again.ok("doctor")
    assert "--yes" in again.refused("restore", str(tmp_path / "copy.db"))
    assert "the former database is kept as" in again.ok("restore", str(tmp_path / "copy.db"), "--yes")
    assert "all is well" in again.ok("doctor")


def test_an_exam_asks_every_space_that_has_documents_and_the_doctor_tells_of_it(
    engine: Engine, do: Doing, capsys: pytest.CaptureFixture[str]
) -> None:
    assert do("exam") == "there is nothing to ask about yet"
    do("ingest", SPACE, {"path": str(EXAMPLE)})
    told = do("exam")
    assert told.startswith(f"{SPACE}: of 150 questions made from the documents the right document came first for ")
    _show_exam(engine.exams, SPACE)
    assert " ".join(capsys.readouterr().out.split()) == f"last exam: {told.removeprefix(f'{SPACE}: ')}"
