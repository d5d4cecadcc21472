"""Before a switch the new index is compared with the old one; whatever comes meanwhile goes into both."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.engine import Engine
from retrieval.fitting.compare import Comparison, LowerQualityError
from retrieval.settings import RetrievalSettings
from retrieval.types import Question
from tests.command_line import EXAMPLE, KnowbotCommand

SPACE = "default"
NOW = 1_000.0


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: NOW) as engine:
        engine.library.ingest(EXAMPLE, SPACE)
        yield engine


def encoded(engine: Engine) -> int:
    return sum(day.texts for day in engine.stores.ledger.by_day_and_model(0.0) if day.operation != "fit")


def active(engine: Engine) -> int:
    return engine.spaces.active(SPACE).generation.dimensions


def test_a_worse_index_is_not_switched_to_until_that_is_accepted_and_nothing_is_encoded_again(engine: Engine) -> None:
    with pytest.raises(LowerQualityError, match=r"finds less: nDCG@10 0\.\d+ where .* 0\.\d+, .*--accept-lower"):
        engine.library.reindex(SPACE, "hashing:16", None)
    assert active(engine) == 384
    before = encoded(engine)
    done = engine.library.reindex(SPACE, "hashing:16", None, accept_lower=True)
    assert (active(engine), done.encoded, encoded(engine)) == (16, 0, before)
    assert done.comparison is not None
    assert done.comparison.is_lower


def test_an_equal_index_is_switched_to_and_says_how_alike_it_is(engine: Engine) -> None:
    done = engine.library.reindex(SPACE, "hashing:256", None)
    assert done.comparison is not None
    assert (done.comparison.questions, done.comparison.basis) == (150, "pseudo")
    assert 0.5 < done.comparison.overlap < 1
    assert done.comparison.refusal_before > 0.6
    assert done.comparison.refusal_after > 0.6
    assert active(engine) == 256


def test_golden_questions_are_asked_where_there_are_enough(engine: Engine) -> None:
    engine.stores.db.conn.executemany(
        "INSERT INTO golden_question (space, question, location, origin, added_at) VALUES ('default', ?, ?, 'test', 0)",
        [(f"how do I reset the admin password {number}", "faq.md") for number in range(20)],
    )
    comparison = engine.library.reindex(SPACE, "hashing:256", None).comparison
    assert comparison is not None
    assert (comparison.questions, comparison.basis) == (20, "golden")


def test_few_questions_refuse_nothing() -> None:
    few = Comparison(questions=19, basis="pseudo", overlap=0.1, before=0.9, after=0.1)
    assert not few.is_lower
    assert "too few to tell" in few.sentence
    assert Comparison(20, "pseudo", 0.1, 0.9, 0.1).is_lower
    assert not Comparison(20, "pseudo", 0.9, 0.9, 0.881).is_lower


def test_an_index_that_no_longer_notices_what_is_missing_is_lower() -> None:
    blind = Comparison(150, "pseudo", 0.9, 0.9, 0.9, refusal_before=0.8, refusal_after=0.65)
    assert blind.is_lower
    assert "withheld documents noticed 0.65 where it has 0.80" in blind.sentence
    assert not Comparison(150, "pseudo", 0.9, 0.9, 0.9, refusal_before=0.8, refusal_after=0.75).is_lower


def test_the_command_refuses_with_figures_and_a_later_run_switches(tmp_path: Path) -> None:
    knowbot = KnowbotCommand(tmp_path)
    knowbot.ok("ingest", str(EXAMPLE))
    assert "--accept-lower" in knowbot.refused("reindex", "--encoder", "hashing:16")
    assert "0 of them encoded now" in knowbot.ok("reindex", "--encoder", "hashing:16", "--accept-lower")


def test_a_rollback_takes_less_than_a_second(engine: Engine) -> None:
    engine.library.reindex(SPACE, "hashing:256", None)
    started = time.perf_counter()
    engine.library.rollback(SPACE)
    assert time.perf_counter() - started < 1.0
    assert active(engine) == 384


def test_what_another_process_stored_without_knowing_of_the_new_index_is_in_it_before_it_answers(
    engine: Engine, tmp_path: Path
) -> None:
    """One ingest began before the new index was there, and ends after the switch."""
    page = tmp_path / "late.md"
    page.write_text("# Zebra crossing\n\nThe zebra crossing is painted on Mondays.\n", encoding="utf-8")
    with Engine(tmp_path / "data", clock=lambda: NOW) as other:

        def switched_meanwhile(_: str) -> None:
            engine.library.reindex(SPACE, "hashing:256", None)

        other.library.ingest(page, SPACE, switched_meanwhile)
        assert other.upkeep.problems() == []
    (candidate, *_) = engine.answers.answer(Question("when is the zebra crossing painted")).candidates
    assert candidate.chunk.document_location == "late.md"
    assert active(engine) == 256


NAMES = ("a", "b", "c")
STEPS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(NAMES), st.integers(0, 3)),
    st.tuples(st.just("delete"), st.sampled_from(NAMES), st.just(0)),
    st.tuples(st.just("switch"), st.sampled_from(("hashing", "hashing:64", "hashing:32")), st.just(0)),
    st.tuples(st.just("rollback"), st.just(""), st.just(0)),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=3, max_size=9))
def test_whatever_happens_in_whatever_order_no_document_is_lost_or_comes_back(
    steps: list[tuple[str, str, int]],
) -> None:
    root = Path(tempfile.mkdtemp())
    try:
        folder = root / "docs"
        folder.mkdir()
        (folder / "always.md").write_text("# Always\n\nAlways here.\n", encoding="utf-8")
        expected = {"always.md": "Always here."}
        with Engine(root / "data", RetrievalSettings(encoder="hashing"), clock=lambda: NOW) as engine:
            engine.library.ingest(folder, SPACE)
            for kind, name, number in steps:
                take(engine, folder, expected, (kind, name, number))
                assert stored(engine) == expected
                assert engine.upkeep.verify(SPACE) == []
    finally:
        shutil.rmtree(root)


def take(engine: Engine, folder: Path, expected: dict[str, str], step: tuple[str, str, int]) -> None:
    kind, name, number = step
    if kind == "switch":
        engine.library.reindex(SPACE, name, None)
    elif kind == "rollback":
        if len(engine.stores.generations.live(SPACE)) > 1:
            engine.library.rollback(SPACE)
    elif kind == "write":
        (folder / f"{name}.md").write_text(f"# {name}\n\nThing {number} of {name}.\n", encoding="utf-8")
        expected[f"{name}.md"] = f"Thing {number} of {name}."
        engine.library.ingest(folder, SPACE)
    else:
        (folder / f"{name}.md").unlink(missing_ok=True)
        expected.pop(f"{name}.md", None)
        engine.library.ingest(folder, SPACE)


def stored(engine: Engine) -> dict[str, str]:
    """What the active index finds, through its vectors, for a question that is near to everything."""
    space = engine.spaces.active(SPACE)
    ids = engine.stores.vectors.ids(space.generation.id)
    owners = engine.stores.vectors.chunks_of(ids.tolist()).values()
    return {c.document_location: c.text.strip() for c in engine.stores.chunks.get(owners).values()}
