"""The nightly exam: questions whose document is known, and what is told where answers became worse."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.gate import GATE
from retrieval.reviewing.exam import BEFORE, FEWEST, FEWEST_BEFORE, QUESTIONS, Exam
from retrieval.settings import RetrievalSettings
from retrieval.space import NothingIndexedError
from storage.exams import KEPT
from tests.command_line import EXAMPLE

SPACE = "default"
NOW = 1_000.0
GOOD = Exam(SPACE, NOW, "pseudo", QUESTIONS, right=0.8, silent=0.1, refused=0.6)


HASHING = RetrievalSettings(encoder="hashing")


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    with Engine(folder, HASHING) as engine:
        engine.library.ingest(EXAMPLE, SPACE)
    return folder


@pytest.fixture
def example(ingested: Path, tmp_path: Path) -> Iterator[Engine]:
    with Engine(shutil.copytree(ingested, tmp_path / "example"), HASHING, clock=lambda: NOW) as engine:
        yield engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "data", HASHING, clock=lambda: NOW) as engine:
        yield engine


def taken(engine: Engine, *exams: Exam) -> None:
    """The exams as if they had been taken, oldest first."""
    for each in exams:
        engine.stores.exams.add(SPACE, asdict(each), each.taken_at)


def test_it_tells_how_many_first_documents_are_right_and_how_many_questions_without_theirs_are_refused(
    example: Engine,
) -> None:
    exam = example.exams.take(SPACE)
    assert (exam.questions, exam.basis) == (QUESTIONS, "pseudo")
    assert 0.4 < exam.right < 1
    assert exam.silent < exam.refused
    assert example.exams.of_space(SPACE) == [exam]
    assert f"{exam.right:.0%}" in exam.outcome


def test_a_threshold_that_nothing_reaches_silences_all(example: Engine) -> None:
    example.stores.tunables.set(SPACE, GATE, {"answer": 1.0}, "test", NOW)
    exam = example.exams.take(SPACE)
    assert exam.silent == exam.refused == 1.0


def test_a_space_without_an_index_has_no_exam(engine: Engine) -> None:
    with pytest.raises(NothingIndexedError):
        engine.exams.take("elsewhere")


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (GOOD, []),
        (replace(GOOD, right=0.75, refused=0.5), []),
        (replace(GOOD, right=0.6), ["the right document comes first for 60%"]),
        (replace(GOOD, right=0.6, refused=0.3), ["the right document comes first", "without the document 30%"]),
        (replace(GOOD, right=1.0, refused=1.0), []),
        (replace(GOOD, right=0.1, questions=FEWEST - 1), []),
        (replace(GOOD, right=0.1, basis="golden"), []),
    ],
)
def test_only_what_fell_by_more_than_chance_is_told(engine: Engine, last: Exam, told: list[str]) -> None:
    taken(engine, *[GOOD] * FEWEST_BEFORE, last)
    worse = engine.exams.worse(SPACE)
    assert len(worse) == len(told)
    assert all(sentence.startswith(start) for sentence, start in zip(worse, told, strict=True))


def test_one_bad_night_before_is_no_measure_and_a_first_night_is_held_against_nothing(engine: Engine) -> None:
    taken(engine, replace(GOOD, right=0.1))
    assert engine.exams.worse(SPACE) == []
    taken(engine, *[GOOD] * FEWEST_BEFORE, replace(GOOD, right=0.1), replace(GOOD, right=0.5))
    assert len(engine.exams.worse(SPACE)) == 1


def test_after_a_week_what_was_worse_is_how_it_is(engine: Engine) -> None:
    taken(engine, *[GOOD] * BEFORE, *[replace(GOOD, right=0.4)] * (BEFORE + 1))
    assert engine.exams.worse(SPACE) == []


def test_the_oldest_goes_when_there_are_too_many(engine: Engine) -> None:
    taken(engine, *[replace(GOOD, taken_at=float(night)) for night in range(KEPT + 5)])
    kept = engine.exams.of_space(SPACE, 1_000)
    assert [kept[0].taken_at, kept[-1].taken_at, len(kept)] == [KEPT + 4, 5.0, KEPT]
