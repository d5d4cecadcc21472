"""Answers whose sources have changed or gone since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from retrieval.types import Asked, Question

SPACE = "default"


@pytest.fixture
def now() -> list[float]:
    return [1_000.0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "boats.md").write_text("# Boats\n\nThe boats leave at noon.\n\n# Fares\n\nA fare is free.\n", "utf-8")
    (folder / "other.md").write_text("# Parking\n\nThe garage closes at ten.\n", "utf-8")
    return folder


@pytest.fixture
def engine(tmp_path: Path, folder: Path, now: list[float]) -> Iterator[Engine]:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: now[0]) as engine:
        engine.library.ingest(folder, SPACE)
        now[0] += 1
        answer = engine.answers.answer(Question("when do the boats leave"))
        assert answer.sources[0].location == "boats.md#boats"
        number = engine.conversations.record(answer, Asked("discord", channel_id=5, message_id=6))
        assert number is not None
        engine.stores.interactions.note_reply(number, 7)
        # Which documents an answer cites beside the first is not what this is about.
        engine.stores.db.execute("UPDATE interaction SET decision = 'answer'")
        engine.stores.db.execute("DELETE FROM citation WHERE number > 1")
        now[0] += 1
        yield engine


def recalled(engine: Engine) -> list[tuple[tuple[str, ...], str]]:
    return [(each.documents, each.link(9)) for each in engine.conversations.recalled(SPACE)]


def test_nothing_is_recalled_as_long_as_nothing_changes(engine: Engine, folder: Path) -> None:
    engine.library.reindex(SPACE, "hashing:64", None)
    (folder / "other.md").write_text("# Parking\n\nThe garage closes at nine.\n", "utf-8")
    engine.library.ingest(folder, SPACE)
    assert recalled(engine) == []


def test_an_answer_whose_passage_changed_is_listed_with_its_link(engine: Engine, folder: Path) -> None:
    (folder / "boats.md").write_text("# Boats\n\nThe boats leave at one.\n\n# Fares\n\nA fare is free.\n", "utf-8")
    engine.library.ingest(folder, SPACE)
    assert recalled(engine) == [(("boats.md",), "https://discord.com/channels/9/5/7")]


def test_a_change_elsewhere_in_the_document_recalls_nothing(engine: Engine, folder: Path) -> None:
    (folder / "boats.md").write_text("# Boats\n\nThe boats leave at noon.\n\n# Fares\n\nTwo euros.\n", "utf-8")
    engine.library.ingest(folder, SPACE)
    assert recalled(engine) == []


def test_an_answer_whose_document_went_or_was_forgotten_is_listed(engine: Engine) -> None:
    assert [each.interaction_id for each in engine.forgetting.document(SPACE, "boats.md").posted] == [1]
    assert recalled(engine) == [(("boats.md",), "https://discord.com/channels/9/5/7")]


def test_a_withdrawn_answer_is_not_listed_again(engine: Engine, folder: Path) -> None:
    (folder / "boats.md").unlink()
    engine.library.ingest(folder, SPACE)
    engine.conversations.withdraw(1, 99)
    assert recalled(engine) == []


def test_what_changed_is_told_with_what_stands_there_now(engine: Engine, folder: Path) -> None:
    (folder / "boats.md").write_text("# Boats\n\nThe boats leave at one.\n\n# Fares\n\nA fare is free.\n", "utf-8")
    engine.library.ingest(folder, SPACE)
    (change,) = engine.review.explain(1).changes
    assert (change.document_location, change.quote, change.now) == (
        *("boats.md", "The boats leave at noon.", "The boats leave at one."),
    )
    (folder / "boats.md").unlink()
    engine.library.ingest(folder, SPACE)
    (change,) = engine.review.explain(1).changes
    assert (change.now, change.version) == ("", "")


def test_an_answer_that_is_still_right_counts_again_when_its_document_changes_again(
    engine: Engine, folder: Path, now: list[float]
) -> None:
    texts = [f"# Boats\n\nThe boats leave at {time}.\n" for time in ("one", "two")]
    for text in texts:
        (folder / "boats.md").write_text(text, "utf-8")
        engine.library.ingest(folder, SPACE)
        seen = engine.review.explain(1).changes
        assert len(recalled(engine)) == 1
        engine.review.still_right(1, seen)
        assert recalled(engine) == []
        assert engine.review.explain(1).changes == ()
        now[0] += 1
    (folder / "boats.md").unlink()
    engine.library.ingest(folder, SPACE)
    engine.review.still_right(1, seen)
    assert len(recalled(engine)) == 1, "what was looked at was another version"
    engine.review.still_right(1, engine.review.explain(1).changes)
    assert recalled(engine) == []


def test_an_answer_that_is_withdrawn_from_afar_is_owed_to_discord_once(engine: Engine) -> None:
    assert engine.review.withdraw(1, "console")
    assert not engine.review.withdraw(1, "console")
    assert engine.review.explain(1).owed
    assert [(each.channel_id, each.reply_id) for each in engine.stores.second_looks.owed()] == [(5, 7)]
    assert recalled(engine) == []
    engine.stores.second_looks.done(7)
    assert not engine.review.explain(1).owed
