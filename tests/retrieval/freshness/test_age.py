"""Answers from what could not be read for days say so; all others say nothing of the kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.handed_in.channel_documents import ChannelDocument
from retrieval.settings import RetrievalSettings
from retrieval.types import Answer, Question

SPACE = "default"
HOUR, DAY = 3_600.0, 86_400.0
BOATS = "# Boats\n\nThe boats leave at noon.\n"


@pytest.fixture
def now() -> list[float]:
    return [1_000_000.0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "boats.md").write_text(BOATS, "utf-8")
    (folder / "parking.md").write_text("# Parking\n\nThe garage closes at ten.\n", "utf-8")
    return folder


@pytest.fixture
def engine(tmp_path: Path, folder: Path, now: list[float]) -> Iterator[Engine]:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: now[0]) as engine:
        engine.library.ingest(folder, SPACE)
        yield engine


def asked(engine: Engine, text: str = "when do the boats leave") -> Answer:
    answer = engine.answers.answer(Question(text))
    assert answer.decision == "answer", "there is nothing to warn of otherwise"
    return answer


def refreshed(engine: Engine, now: list[float], seconds: float) -> None:
    now[0] += seconds
    engine.refresher.refresh(SPACE)


def test_a_source_that_could_not_be_looked_at_for_days_is_named_with_its_days(
    engine: Engine, folder: Path, now: list[float]
) -> None:
    refreshed(engine, now, HOUR)
    folder.rename(folder.parent / "elsewhere")
    for hours in (1, 24, 22):
        refreshed(engine, now, hours * HOUR)
        assert asked(engine).notes == ()
    refreshed(engine, now, 10 * DAY)
    answer = asked(engine)
    assert answer.notes == ("not_read_lately",)
    assert answer.note_figures == {"number": 1, "days": 11}
    (folder.parent / "elsewhere").rename(folder)
    assert asked(engine).notes == ("not_read_lately",), "nobody has looked yet"
    refreshed(engine, now, HOUR)
    assert asked(engine).notes == ()


def test_of_a_document_that_cannot_be_read_others_of_its_source_say_nothing(
    engine: Engine, folder: Path, now: list[float]
) -> None:
    refreshed(engine, now, HOUR)
    (folder / "boats.md").write_text("\n", "utf-8")
    for _ in range(3):
        refreshed(engine, now, DAY)
    answer = asked(engine)
    assert answer.notes == ("not_read_lately",)
    assert answer.note_figures["days"] == 3
    assert answer.sources[0].quote in BOATS
    assert asked(engine, "when does the garage close").notes == ()
    (folder / "boats.md").write_text(BOATS.replace("noon", "one"), "utf-8")
    engine.library.ingest(folder / "boats.md", SPACE)
    assert asked(engine).notes == ()


def test_a_downtime_alone_is_no_failed_look(engine: Engine, now: list[float]) -> None:
    now[0] += 30 * DAY
    assert asked(engine).notes == ()
    refreshed(engine, now, HOUR)
    assert asked(engine).notes == ()


def test_a_document_says_so_before_it_expires(engine: Engine, now: list[float]) -> None:
    last_day = now[0] + 10 * DAY
    text = "The zebra quota is exactly forty-one stripes for every member of the herd."
    saved = ChannelDocument(
        "https://example.org/1", "How large is the zebra quota?", text, "public", (), None, last_day
    )
    engine.channel_documents.put(SPACE, "saved answers", [saved])
    question = "how large is the zebra quota"
    assert asked(engine, question).notes == ()
    now[0] = last_day - HOUR
    assert asked(engine, question).notes == ("expires_soon",)
    assert asked(engine).notes == ()
    now[0] = last_day + HOUR
    assert not any("zebra" in each.quote for each in engine.answers.answer(Question(question)).sources)
