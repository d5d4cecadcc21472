"""Why a document was not first: where it lost, and its scores beside the winner's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval import answers
from retrieval.engine import Engine
from retrieval.handed_in.channel_documents import ChannelDocument
from retrieval.settings import RetrievalSettings
from retrieval.types import Answer, Question

SPACE = "default"
PAGES = {
    "boats.md": "# Harbour\n\n## When do the boats leave?\n\nThe boats leave at noon.\n",
    "tickets.md": "# Tickets\n\nA ticket for the boats costs four euros.\n",
    "garden.md": "# Garden\n\nRoses want water in the evening.\n",
}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: 1_000.0) as engine:
        engine.library.ingest(folder, SPACE)
        yield engine


@pytest.fixture
def answer(engine: Engine) -> Answer:
    return engine.answers.answer(Question("when do the boats leave"))


def test_the_winner_won_and_every_other_lost_at_some_stage(engine: Engine, answer: Answer) -> None:
    won = engine.why_nots.explain(answer, "boats.md")
    assert (won.lost_at, {stage.chosen_rank for stage in won.stages}) == ("won", {1})
    lost = engine.why_nots.explain(answer, "tickets.md")
    assert lost.lost_at in ("heading", "vector", "lexical")
    fused = lost.stages[-1]
    assert (fused.stage, fused.winner_rank, fused.chosen_rank) == ("fused", 1, 2)
    assert fused.winner > fused.chosen
    assert lost.documents == len(engine.why_nots.confidences(answer))


def test_confidence_never_rises_down_the_list_for_documents_alike(engine: Engine, answer: Answer) -> None:
    first, *_ = engine.why_nots.confidences(answer).values()
    assert first == pytest.approx(answer.confidence)


def test_a_document_that_no_leg_brought_gets_the_scores_it_would_have_had(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = engine.answers.answer(Question("when do the boats leave"))
    wanted = next(each for each in everything.candidates if each.chunk.document_location == "garden.md")
    monkeypatch.setattr(answers, "POOL", 1)
    few = engine.answers.answer(Question("when do the boats leave"))
    told = engine.why_nots.explain(few, "garden.md")
    assert (told.lost_at, {stage.chosen_rank for stage in told.stages}) == ("pool", {None})
    scores = {stage.stage: stage.chosen for stage in told.stages}
    assert scores["vector"] == pytest.approx(wanted.vector, abs=1e-5)
    assert scores["lexical"] == pytest.approx(wanted.lexical, abs=1e-5)


def test_what_readers_may_not_see_what_has_expired_and_what_is_unknown_is_told_apart(
    engine: Engine, answer: Answer
) -> None:
    hidden = ChannelDocument("hidden", "When do the boats leave?", "At night.", "channel:5")
    expired = ChannelDocument("expired", "When do the boats leave?", "Never.", "public", expires_at=999.0)
    engine.library.add_documents(SPACE, "messages", [hidden, expired])
    again = engine.answers.answer(answer.question)
    assert engine.why_nots.explain(again, "hidden").lost_at == "hidden"
    assert engine.why_nots.explain(again, "expired").lost_at == "expired"
    assert engine.why_nots.explain(again, "nowhere").lost_at == "unknown"
