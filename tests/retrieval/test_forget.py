"""What is forgotten is in no answer and in no file any more; what has to stay is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from retrieval.engine import Engine
from retrieval.forget import NoSuchDocumentError
from retrieval.settings import RetrievalSettings
from retrieval.types import Asked, Question
from storage.backup import backup, daily_backup
from storage.forgetting import NOTE
from storage.message_documents import MessagePart
from storage.records import Matrix
from storage.vectors import from_blob
from tests.command_line import KnowbotCommand

SPACE = "default"
MARKER = "zyxquorl"
SECRET = (
    f"# The {MARKER} vault\n\n## Where is the {MARKER} key?\n\nThe {MARKER} key lies under the third {MARKER} stone.\n"
)
QUESTION = "where is the key under the stone"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "secret.md").write_text(SECRET, encoding="utf-8")
    for number in range(30):
        (folder / f"{number}.md").write_text(
            f"# Page {number}\n\nBoat {number} leaves at {number}.\n", encoding="utf-8"
        )
    return folder


@pytest.fixture
def engine(tmp_path: Path, folder: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: 1_000.0) as engine:
        engine.library.ingest(folder, SPACE)
        yield engine


def holding(data_dir: Path, *needles: bytes) -> list[str]:
    files = [path for path in data_dir.rglob("*") if path.is_file() and "backups" not in path.parts]
    return [path.name for path in files if any(needle in path.read_bytes() for needle in needles)]


def vectors_of(engine: Engine, location: str) -> list[bytes]:
    """Each of its vectors as the database keeps it, and rounded to bf16 as the index file does."""
    rows = engine.stores.db.rows(
        "SELECT data FROM vector JOIN chunk ON chunk.id = chunk_id JOIN document ON document.id = document_id "
        "WHERE document.location = ?",
        (location,),
    )
    assert rows
    return [needle for (data,) in rows for needle in (data, as_bf16(from_blob(data)))]


def as_bf16(vector: Matrix) -> bytes:
    """Rounded to the nearest, ties to even."""
    bits = vector.view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2").tobytes()


def test_a_forgotten_document_is_in_no_file_of_the_data_folder(engine: Engine, tmp_path: Path, folder: Path) -> None:
    """Two generations, a changed document, a cached question, an answer that quotes it, and kept index files."""
    (folder / "secret.md").write_text(f"# Old\n\n{MARKER} was elsewhere once.\n", encoding="utf-8")
    engine.library.ingest(folder, SPACE)
    (folder / "secret.md").write_text(SECRET, encoding="utf-8")
    engine.library.ingest(folder, SPACE)
    engine.library.reindex(SPACE, "hashing:64", None)
    engine.library.rollback(SPACE)
    answer = engine.answers.answer(Question(QUESTION))
    assert any(MARKER in source.quote for source in answer.sources)
    asked = engine.conversations.record(answer, Asked("test"))
    assert asked is not None
    needles = (MARKER.encode(), *vectors_of(engine, "secret.md"))
    before = holding(tmp_path / "data", *needles)
    assert any(name.startswith("knowbot.db") for name in before)
    assert any(name.endswith(".usearch") for name in before), "the needle for index files finds nothing"
    done = engine.forgetting.document(SPACE, "secret.md")
    engine.close()
    assert holding(tmp_path / "data", *needles) == []
    counts = {place.name: place.found for place in done.places}
    assert (counts["documents"], counts["past answers"], counts["quotes in past answers"]) == (1, 1, 1)
    assert counts["passages"] >= 1
    assert done.erased.index_files == 2
    assert done.source == str(folder)
    with Engine(tmp_path / "data", clock=lambda: 2_000.0) as again:
        kept = again.stores.interactions.get(asked)
        assert (kept.question, kept.answer) == (QUESTION, NOTE)
        assert [s.quote for s in kept.sources if s.document_location == "secret.md"] == [NOTE]
        assert all(MARKER not in c.chunk.text for c in again.answers.answer(Question(QUESTION)).candidates)
        assert again.upkeep.problems() == []


def test_a_refresh_does_not_bring_it_back_until_it_is_let_in_again(engine: Engine) -> None:
    engine.forgetting.document(SPACE, "secret.md")
    (result,) = engine.refresher.refresh(SPACE).sources
    assert result.report is not None
    assert (result.report.excluded, result.report.new, result.report.gone) == (["secret.md"], [], [])
    assert engine.stores.documents.get(SPACE, "secret.md") is None
    assert engine.forgetting.excluded(SPACE) == ["secret.md"]
    engine.forgetting.let_in_again(SPACE, "secret.md")
    engine.refresher.refresh(SPACE)
    assert engine.stores.documents.get(SPACE, "secret.md") is not None
    with pytest.raises(NoSuchDocumentError, match="is not kept away"):
        engine.forgetting.let_in_again(SPACE, "secret.md")


def test_the_name_of_a_forgotten_document_is_given_to_no_document_of_another_source(
    engine: Engine, tmp_path: Path
) -> None:
    engine.forgetting.document(SPACE, "secret.md")
    other = tmp_path / "other"
    other.mkdir()
    (other / "secret.md").write_text("# Lighthouse\n\nThe lighthouse is red.\n", encoding="utf-8")
    engine.library.ingest(other, SPACE)
    engine.refresher.refresh(SPACE)
    locations = set(engine.stores.documents.hashes(SPACE))
    assert "other/secret.md" in locations
    assert not {"secret.md", "docs/secret.md"} & locations


def test_a_document_that_is_not_there_is_named_with_the_nearest(engine: Engine) -> None:
    with pytest.raises(NoSuchDocumentError, match=r"holds no document 'secrets.md': did you mean secret\.md"):
        engine.forgetting.document(SPACE, "secrets.md")


def test_backups_that_hold_it_are_named_and_others_are_not(engine: Engine, tmp_path: Path) -> None:
    first = daily_backup(engine.stores, 7, 1_000.0)
    by_hand = backup(engine.stores, tmp_path / "data" / "by-hand.db")
    done = engine.forgetting.document(SPACE, "secret.md")
    assert {copy.path: copy.is_scheduled for copy in done.copies} == {first: True, by_hand: False}
    clean = daily_backup(engine.stores, 7, 2_000.0)
    assert MARKER.encode() not in clean.read_bytes()
    assert {copy.path for copy in engine.forgetting.document(SPACE, "0.md").copies} == {first, by_hand, clean}


def test_an_erasure_that_was_interrupted_is_named_by_doctor_and_finished_by_fix(engine: Engine, tmp_path: Path) -> None:
    needles = vectors_of(engine, "secret.md")
    engine.stores.forgetting.document(SPACE, "secret.md", [], 1_000.0)  # and here the process was killed
    assert engine.upkeep.problems() == [
        "what was to be forgotten answers nothing, but may still be in a file: run `knowbot doctor --fix`"
    ]
    engine.upkeep.mend()
    assert engine.upkeep.problems() == []
    engine.close()
    assert holding(tmp_path / "data", MARKER.encode(), *needles) == []


def test_a_forgotten_member_leaves_nothing_and_others_keep_theirs(engine: Engine, tmp_path: Path) -> None:
    ann, ben = 4711, 4712
    for number, member in enumerate((ann, ben)):
        answer = engine.answers.answer(Question(f"when does boat {number} leave"))
        asked = Asked("discord", author_id=member, channel_id=5, message_id=100 + number)
        question = engine.conversations.record(answer, asked)
        assert question is not None
        flag = engine.conversations.flag(question, answer, asked)
        engine.conversations.decide(flag.id, "out", engine.conversations.hashed(ben))
        engine.conversations.vote(question, ann, True)
    hashed = engine.conversations.hashed(ann)
    engine.stores.message_documents.link([MessagePart(1, SPACE, "secret.md", 5, hashed)])
    engine.members.audit("1", ann, "pause")
    engine.members.opt_out(ann)
    done = engine.forgetting.member(ann)
    counts = {place.name: place.found for place in done.places}
    assert (counts["questions with their answers"], counts["flags"], counts["taught examples"]) == (1, 1, 1)
    assert (counts["votes"], counts["lines of the audit"], counts["documents"]) == (2, 1, 1)
    assert done.documents == ("secret.md",)
    (kept,) = engine.stores.interactions.list(SPACE, 10)
    assert (kept.question, kept.helpful) == ("when does boat 1 leave", 0)
    assert [example.text for example in engine.stores.taught.list(SPACE, "out")] == ["when does boat 1 leave"]
    assert engine.members.is_opted_out(ann), "who wants nothing recorded still wants it"
    engine.close()
    assert holding(tmp_path / "data", b"when does boat 0 leave", MARKER.encode()) == []


def test_the_command_prints_where_it_looked_and_exits_with_zero(tmp_path: Path, folder: Path) -> None:
    knowbot = KnowbotCommand(tmp_path / "data")
    knowbot.ok("ingest", str(folder))
    knowbot.ok("backup", str(tmp_path / "data" / "backups" / "by-hand.db"))
    printed = knowbot.ok("forget", "secret.md")
    assert "documents: 1" in printed
    assert "by-hand.db still holds it, until somebody deletes it" in printed
    assert "forget --undo secret.md" in printed
    assert MARKER not in printed
    assert holding(tmp_path / "data", MARKER.encode()) == []
    assert "secret.md" in knowbot.ok("ingest", str(folder))
    assert "name a DOCUMENT" in knowbot.run("forget").stderr
    assert "holds no document" in knowbot.refused("forget", "secret.md")
    assert "questions with their answers: none" in knowbot.ok("forget", "--member", "12")


def test_a_running_process_uses_neither_what_another_deleted_nor_what_it_edited(
    engine: Engine, tmp_path: Path, folder: Path
) -> None:
    """Its index, its cached question and the sentences that it remembers are all warm."""
    with Engine(tmp_path / "data", clock=lambda: 1_000.0) as running:
        assert any(MARKER in source.quote for source in running.answers.answer(Question(QUESTION)).sources)
        (folder / "secret.md").write_text(SECRET.replace(MARKER, "glimmer"), encoding="utf-8")
        engine.library.ingest(folder, SPACE)
        edited = running.answers.answer(Question(QUESTION))
        assert "glimmer" in edited.sources[0].quote
        assert all(MARKER not in candidate.chunk.text for candidate in edited.candidates)
        engine.forgetting.document(SPACE, "secret.md")
        gone = running.answers.answer(Question(QUESTION))
        assert gone.candidates
        assert all("glimmer" not in candidate.chunk.text for candidate in gone.candidates)
        assert all("glimmer" not in source.quote for source in gone.sources)
