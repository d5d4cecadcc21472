"""A tune: what it fits, what it shows, that its thresholds keep to the rates, and that it can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.fitting.fit import FUSION, kept_weights
from retrieval.fitting.rates import Rates
from retrieval.gate import GATE, GateThresholds
from retrieval.settings import RetrievalSettings
from retrieval.tune import TUNED, TooLittleToTuneError, Tuning, keep, tune, undo
from storage.tunables import NothingToUndoError

HERE = "here"
NOON = 1_000_000.0
SUBJECTS = ("garden", "kitchen", "harbour", "library", "station", "market", "bridge", "castle", "forest", "bakery")
VERBS = ("open", "clean", "paint", "rent")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A space of forty documents, each about one thing that is done to one place."""
    folder = tmp_path_factory.mktemp("documents")
    for subject in SUBJECTS:
        for verb in VERBS:
            text = (
                f"# How do I {verb} the {subject}?\n\nWhoever wants to {verb} the {subject} asks the keeper for "
                f"the {verb} form, fills in every field about the {subject} and waits a week for the {verb} permit.\n"
            )
            (folder / f"{verb}-{subject}.md").write_text(text, encoding="utf-8")
    settings = RetrievalSettings(encoder="hashing:256")
    with Engine(tmp_path_factory.mktemp("data"), settings, lambda: NOON) as opened:
        opened.library.ingest(folder, HERE)
        yield opened


def tuned(engine: Engine, rates: Rates | None = None) -> Tuning:
    return tune(engine.stores, engine.spaces.active(HERE), rates, NOON)


@pytest.fixture(scope="module")
def tuning(engine: Engine) -> Tuning:
    return tuned(engine)


def tick() -> float:
    return NOON


def test_nothing_is_stored_until_it_is_kept(engine: Engine, tuning: Tuning) -> None:
    before = [engine.stores.tunables.history(HERE, name) for name in TUNED]
    assert tuned(engine) == tuning, "the same corpus gives the same tune"
    assert [engine.stores.tunables.history(HERE, name) for name in TUNED] == before
    assert tuning.basis == "pseudo"


def test_pseudo_questions_never_move_what_words_count(tuning: Tuning) -> None:
    assert tuning.after[0].weights == tuning.before[0].weights


def test_thresholds_keep_to_the_rates_and_fewer_wrong_answers_cost_silence(engine: Engine, tuning: Tuning) -> None:
    strict, mild = tuned(engine, Rates(asked=0.02, unasked=0.01)), tuning
    for each in (strict, mild):
        state, figures = each.after
        assert figures.wrong_asked <= each.rates.asked
        assert figures.wrong_unasked <= each.rates.unasked
        assert state.thresholds.unasked >= state.thresholds.answer
    assert strict.after[1].silence_asked >= mild.after[1].silence_asked


def test_what_was_kept_counts_and_is_taken_back_whole(engine: Engine, tuning: Tuning) -> None:
    before = engine.lab.thresholds(HERE)
    keep(engine.stores, HERE, tuning, tick)
    assert engine.lab.thresholds(HERE) == tuning.after[0].thresholds
    assert undo(engine.stores, HERE, tick) == list(TUNED)
    assert engine.lab.thresholds(HERE) == before


def test_what_somebody_changed_since_is_left_alone(engine: Engine, tuning: Tuning) -> None:
    keep(engine.stores, HERE, tuning, tick)
    theirs = GateThresholds(answer=0.4, unasked=0.9)
    engine.lab.set_thresholds(HERE, theirs, "somebody")
    assert GATE not in undo(engine.stores, HERE, tick)
    assert engine.lab.thresholds(HERE) == theirs
    engine.lab.undo_thresholds(HERE)
    undo(engine.stores, HERE, tick)


def test_without_a_tune_there_is_nothing_to_take_back(engine: Engine) -> None:
    with pytest.raises(NothingToUndoError, match="knowbot tune"):
        undo(engine.stores, "elsewhere", tick)


def test_golden_questions_move_what_words_count_part_of_the_way(engine: Engine) -> None:
    """By hashed spelling, words count more than the prior thinks; forty questions weigh as much as it does."""
    rows = [(f"the {subject} I {verb}", f"{verb}-{subject}.md") for subject in SUBJECTS for verb in VERBS]
    addresses = {d.location.rsplit("/", 1)[-1]: d.location for d in engine.stores.documents.list(HERE)}
    with engine.stores.write():
        for text, name in rows:
            engine.stores.db.execute(
                "INSERT INTO golden_question (space, question, location, origin, added_at) VALUES (?, ?, ?, 'test', 0)",
                (HERE, text, addresses[name]),
            )
    tuning = tuned(engine)
    assert (tuning.basis, tuning.questions) == ("golden", len(rows))
    assert tuning.after[1].ndcg >= tuning.before[1].ndcg
    assert 0.1 <= tuning.after[0].weights.lexical <= 0.7
    keep(engine.stores, HERE, tuning, tick)
    assert kept_weights(engine.stores, HERE) == tuning.after[0].weights
    assert FUSION in undo(engine.stores, HERE, tick)


def test_a_space_of_two_lines_is_too_small(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("Two words.", encoding="utf-8")
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing:64"), tick) as engine:
        engine.library.ingest(tmp_path / "one.md", HERE)
        with pytest.raises(TooLittleToTuneError, match="golden questions"):
            tuned(engine)


def test_golden_questions_are_what_the_confidence_goes_by(engine: Engine, tuning: Tuning) -> None:
    """All of them name the wrong document: whoever believes them promises less."""
    asked = [(f"how do I {verb} the {subject}", "rent-bakery.md") for verb in VERBS[:3] for subject in SUBJECTS[:9]]
    with engine.stores.write():
        engine.stores.db.execute("DELETE FROM golden_question")
        engine.stores.db.conn.executemany(
            "INSERT INTO golden_question (space, question, location, origin, added_at) VALUES (?, ?, ?, 'test', 0)",
            [(HERE, text, location) for text, location in asked],
        )
    golden = tuned(engine)
    engine.stores.db.execute("DELETE FROM golden_question")
    assert (golden.basis, golden.questions) == ("golden", len(asked))
    assert golden.after[0].fit.adapter == tuning.after[0].fit.adapter
    before, after = tuning.after[0].fit.confidence, golden.after[0].fit.confidence
    assert after.examples == before.examples + 2 * len(asked)
    assert after.probability((0.9, 0.2, 0.2)) < before.probability((0.9, 0.2, 0.2))
