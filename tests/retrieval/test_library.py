"""Documents in, answers out, through the engine: real SQLite, real index, the quick encoder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.library import SourceUnreadableError
from retrieval.settings import RetrievalSettings
from retrieval.space import NothingIndexedError
from retrieval.types import Answer, Question
from storage.records import DocumentDraft

SPACE = "default"
ANIMALS = {
    "cats.md": "# Cats\n\n## How long does a cat sleep?\n\nIt sleeps fifteen hours a day.\n\n## Food\n\nCats eat meat.",
    "dogs.md": "# Dogs\n\nA dog needs a walk twice a day.\n",
}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: 1_000.0) as engine:
        yield engine


@pytest.fixture
def animals(tmp_path: Path) -> Path:
    folder = tmp_path / "animals"
    folder.mkdir()
    for name, text in ANIMALS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def encoded(engine: Engine) -> int:
    """How many texts were encoded for documents until now."""
    return sum(day.texts for day in engine.stores.ledger.by_day_and_model(0) if day.operation in ("ingest", "reindex"))


def first_source(engine: Engine, text: str) -> str:
    answer = engine.answers.answer(Question(text))
    return answer.sources[0].location if answer.sources else ""


def test_an_ingest_reports_what_is_new_and_the_question_in_a_heading_gets_a_vector_of_its_own(
    engine: Engine, animals: Path
) -> None:
    report = engine.library.ingest(animals, SPACE)
    assert (report.new, report.unchanged, report.chunks) == (["cats.md", "dogs.md"], 0, 3)
    assert encoded(engine) == 4
    assert first_source(engine, "how long does a cat sleep") == "cats.md#how-long-does-a-cat-sleep"


def test_only_the_changed_chunk_of_a_changed_file_is_encoded(engine: Engine, animals: Path) -> None:
    engine.library.ingest(animals, SPACE)
    before = encoded(engine)
    (animals / "cats.md").write_text(ANIMALS["cats.md"].replace("eat meat", "eat fish"), encoding="utf-8")
    report = engine.library.ingest(animals, SPACE)
    assert (report.changed, report.unchanged) == (["cats.md"], 1)
    assert encoded(engine) == before + 1
    assert first_source(engine, "eat fish") == "cats.md#food"


def test_a_deleted_file_is_gone_from_answers_tables_and_index(engine: Engine, animals: Path) -> None:
    engine.library.ingest(animals, SPACE)
    (animals / "dogs.md").unlink()
    assert engine.library.ingest(animals, SPACE).gone == ["dogs.md"]
    answer = engine.answers.answer(Question("a dog needs a walk"))
    assert all("dogs.md" not in candidate.chunk.location for candidate in answer.candidates)
    assert engine.upkeep.problems() == []


def test_a_single_file_of_a_known_folder_stays_a_part_of_it(engine: Engine, animals: Path) -> None:
    engine.library.ingest(animals, SPACE)
    (animals / "dogs.md").write_text("# Dogs\n\nA dog barks at the postman.\n", encoding="utf-8")
    report = engine.library.ingest(animals / "dogs.md", SPACE)
    assert (report.changed, report.gone) == (["dogs.md"], [])
    assert len(engine.library.sources(SPACE)) == 1


def test_two_folders_with_a_file_of_the_same_name_keep_both(engine: Engine, animals: Path, tmp_path: Path) -> None:
    other = tmp_path / "wild"
    other.mkdir()
    (other / "cats.md").write_text("# Wild cats\n\nA lynx hunts at dusk.\n", encoding="utf-8")
    engine.library.ingest(animals, SPACE)
    for _ in range(2):
        engine.library.ingest(other, SPACE)
        assert first_source(engine, "lynx hunts at dusk") == "wild/cats.md#wild-cats"
        assert first_source(engine, "how long does a cat sleep") == "cats.md#how-long-does-a-cat-sleep"


def test_empty_and_missing_folders_are_refused_and_nothing_is_forgotten(
    engine: Engine, animals: Path, tmp_path: Path
) -> None:
    engine.library.ingest(animals, SPACE)
    (source,) = engine.library.sources(SPACE)
    for name in ANIMALS:
        (animals / name).rename(tmp_path / name)
    with pytest.raises(SourceUnreadableError, match="holds no document"):
        engine.library.refresh(source)
    animals.rmdir()
    with pytest.raises(SourceUnreadableError, match="kept"):
        engine.library.refresh(source)
    assert first_source(engine, "a walk twice a day") == "dogs.md#dogs"


def test_spaces_never_see_each_other(engine: Engine, animals: Path) -> None:
    engine.library.ingest(animals / "cats.md", "cats")
    engine.library.ingest(animals / "dogs.md", "dogs")
    answer = engine.answers.answer(Question("a dog needs a walk twice a day", space="cats"))
    assert {candidate.chunk.document_location for candidate in answer.candidates} == {"cats.md"}
    with pytest.raises(NothingIndexedError, match="'default'"):
        engine.answers.answer(Question("a dog needs a walk"))


def test_what_the_reader_may_not_see_is_neither_shown_nor_found(engine: Engine, animals: Path) -> None:
    engine.library.ingest(animals, SPACE)
    dogs = engine.stores.documents.get(SPACE, "dogs.md")
    assert dogs is not None
    bound = DocumentDraft(
        "dogs.md", dogs.title, dogs.text, dogs.format, "other", dogs.headings, dogs.source_id, visibility="channel:7"
    )
    engine.stores.documents.put(SPACE, bound, 1_000.0)
    engine.upkeep.mend()

    def ask(*visible: str) -> Answer:
        return engine.answers.answer(Question("a dog needs a walk twice a day", visible_to=frozenset(visible)))

    assert {c.chunk.document_location for c in ask("public").candidates} == {"cats.md"}
    assert ask("public", "channel:7").candidates[0].chunk.document_location == "dogs.md"


def test_an_expired_document_is_not_found_any_more(engine: Engine, animals: Path) -> None:
    engine.library.ingest(animals, SPACE)
    dogs = engine.stores.documents.get(SPACE, "dogs.md")
    assert dogs is not None
    old = DocumentDraft("dogs.md", dogs.title, dogs.text, dogs.format, "other", expires_at=999.0)
    engine.stores.documents.put(SPACE, old, 1_000.0)
    engine.upkeep.mend()
    assert first_source(engine, "a dog needs a walk twice a day") != "dogs.md"


def test_a_killed_ingest_is_mended_by_encoding_only_what_lacks(engine: Engine, animals: Path) -> None:
    engine.library.ingest(animals, SPACE)
    engine.stores.db.execute("DELETE FROM vector WHERE id = 1")
    assert "have no vector" in " ".join(engine.upkeep.problems())
    before = encoded(engine)
    engine.upkeep.mend()
    assert encoded(engine) == before + 1
    assert engine.upkeep.problems() == []


def test_a_dry_run_counts_what_the_ingest_will_do(engine: Engine, animals: Path) -> None:
    planned = engine.library.plan(animals, SPACE)
    assert engine.library.sources(SPACE) == []
    done = engine.library.ingest(animals, SPACE)
    assert (planned.new, planned.chunks, planned.tokens) == (done.new, done.chunks, done.tokens)


def test_a_file_that_vanishes_while_it_is_read_is_named_and_the_rest_goes_on(engine: Engine, animals: Path) -> None:
    files = engine.library.offer(animals, SPACE).documents
    (animals / "cats.md").unlink()
    report = engine.library.ingest_documents(SPACE, "animals", files)
    assert report.new == ["dogs.md"]
    assert [(skipped.location, skipped.reason) for skipped in report.skipped] == [
        ("cats.md", "No such file or directory")
    ]


def test_patterns_to_ignore_are_remembered_with_the_folder_until_others_are_given(
    engine: Engine, animals: Path
) -> None:
    (animals / "drafts").mkdir()
    (animals / "drafts" / "birds.md").write_text("# Birds\n\nThey sing.\n", encoding="utf-8")
    offer = engine.library.offer(animals, SPACE, ["drafts", "dogs.*"])
    assert engine.library.ingest(offer, SPACE).new == ["cats.md"]
    (source,) = engine.library.sources(SPACE)
    assert source.options == {"ignore": ["drafts", "dogs.*"]}
    assert engine.library.refresh(source).new == []
    assert engine.refresher.refresh(SPACE).sentence.startswith("1 source: 0 new")
    assert engine.upkeep.stale(SPACE) == []
    report = engine.library.ingest(engine.library.offer(animals, SPACE, ["drafts/*"]), SPACE)
    assert report.new == ["dogs.md"]
    assert engine.library.ingest(engine.library.offer(animals, SPACE, []), SPACE).new == ["drafts/birds.md"]
    assert engine.library.sources(SPACE)[0].options == {}
