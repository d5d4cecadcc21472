"""The re-ranker changes the order of the best passages and nothing else, and whatever befalls it costs no answer."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from retrieval.calibrate import confidence_features
from retrieval.costs.metering import LOADING, RERANK, Meter
from retrieval.encoders.pair_scores import PairScore, Score, max_sim
from retrieval.engine import Engine
from retrieval.rerank import DEPTH, REST_SECONDS, Reranker
from retrieval.settings import RetrievalSettings
from retrieval.types import Candidate, Question
from storage.ledger import LedgerDay
from storage.records import DEFAULT_SPACE as HERE
from storage.stores import open_stores
from tests.fakes import a_candidate, a_chunk
from tests.tiny_models import write_bare_model, write_cross_encoder, write_multi_vector_encoder

FOUND = tuple(a_candidate(a_chunk(f"passage {n:02}", n, number=n), fused=1.0 - n / 100) for n in range(DEPTH + 5))
QUESTION = Question("how do I pay for a year")


def numbers(candidates: Sequence[Candidate]) -> list[int]:
    return [each.chunk.id for each in candidates]


def backwards(question: str, passages: Sequence[str], space: str) -> list[float]:
    """The last passage is the best."""
    return [float(place) for place in range(len(passages))]


@pytest.fixture
def meter(tmp_path: Path) -> Iterator[Meter]:
    with open_stores(tmp_path / "ledger") as stores:
        yield Meter.of(stores, lambda: 1000.0)


def reranking(meter: Meter) -> list[LedgerDay]:
    return [line for line in meter.ledger.by_space(0.0) if line.operation == RERANK]


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cross_encoder(tmp_path_factory.mktemp("cross"))


def test_only_the_best_change_places_and_keep_the_scale_of_fused_scores() -> None:
    done = Reranker(backwards).reranked("q", FOUND, HERE)
    assert numbers(done) == [*range(DEPTH - 1, -1, -1), *range(DEPTH, DEPTH + 5)]
    assert [each.final for each in done] == [each.fused for each in FOUND]
    assert confidence_features(done)[:2] == confidence_features(FOUND)[:2]
    assert Reranker(backwards).reranked("q", FOUND[:1], HERE) == FOUND[:1], "one passage has no order"


def test_ties_stay_as_they_were() -> None:
    assert numbers(Reranker(lambda _, passages, space: [0.5] * len(passages)).reranked("q", FOUND, HERE)) == numbers(
        FOUND
    )


def refuses(question: str, passages: Sequence[str], space: str) -> list[float]:
    raise RuntimeError(f"no kernel for: {question}")


def gives_too_few(question: str, passages: Sequence[str], space: str) -> list[float]:
    return [1.0]


def gives_none(question: str, passages: Sequence[str], space: str) -> list[float]:
    return [float("nan")] * len(passages)


@pytest.mark.parametrize("patient", [True, False])
@pytest.mark.parametrize("score", [refuses, gives_too_few, gives_none])
def test_a_failing_one_costs_the_order_only_and_rests(
    score: Score, patient: bool, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[str] = []

    def counted(question: str, passages: Sequence[str], space: str) -> Sequence[float]:
        calls.append(question)
        return score(question, passages, space)

    reranker = Reranker(counted, seconds=5.0, patient=patient)
    with caplog.at_level(logging.WARNING):
        assert [reranker.reranked("a secret", FOUND, HERE) for _ in range(3)] == [FOUND] * 3
    assert len(calls) == 1, "it rests after the first failure"
    assert f"nothing is re-ranked for {REST_SECONDS:.0f} s" in caplog.text
    assert "secret" not in caplog.text
    assert "answers are not re-ranked" in reranker.problem()


def test_a_slow_one_is_not_waited_for_nor_queued_up_behind(caplog: pytest.LogCaptureFixture) -> None:
    go_on = threading.Event()

    def waits(question: str, passages: Sequence[str], space: str) -> list[float]:
        go_on.wait(10)
        return backwards(question, passages, space)

    reranker = Reranker(waits, seconds=0.02, patient=False)
    with caplog.at_level(logging.WARNING):
        assert [reranker.reranked("q", FOUND, HERE) for _ in range(3)] == [FOUND] * 3
    assert caplog.text.count("took longer than") == 1, "the others found it at work"
    go_on.set()
    patient = Reranker(waits, seconds=0.02, patient=True)
    assert numbers(patient.reranked("q", FOUND, HERE)) != numbers(FOUND)


def test_one_that_is_not_there_is_named_and_the_question_answered(tmp_path: Path) -> None:
    settings = RetrievalSettings(encoder="hashing", reranker=str(tmp_path / "nothing here"))
    with Engine(tmp_path / "data", settings) as engine:
        engine.saved_answers.write("default", "pay.md", "How do I pay?", "Pay by the year, with shells.")
        engine.saved_answers.write("default", "else.md", "Where is it?", "It is in the other room.")
        assert engine.answers.answer(QUESTION).candidates
        assert engine.reranker is not None
        assert "nothing here" in engine.reranker.problem()


def test_a_cross_encoder_orders_what_is_found_as_it_scores_it(
    cross_encoder: Path, tmp_path: Path, meter: Meter
) -> None:
    folder = tmp_path / "data"
    for reranker in ("", str(cross_encoder)):
        with Engine(folder, RetrievalSettings(encoder="hashing", reranker=reranker)) as engine:
            if not reranker:
                for text in ("year", "i pay", "how how how", "a question", "do passage"):
                    engine.saved_answers.write("default", f"{text}.md", f"{text}?", f"Pay for a year: {text}.")
                before = engine.answers.answer(QUESTION)
            else:
                after = engine.answers.answer(QUESTION)
                assert engine.reranker is not None
                counted = reranking(engine.meter)
                assert engine.reranker.problem() == ""
    score = PairScore(str(cross_encoder), meter)
    scores = score("how do I pay for a year", [each.chunk.embedded_text for each in before.candidates], HERE)
    assert len(set(np.round(scores, 6))) > 2, "the model tells passages apart"
    by_score = [before.candidates[place] for place in np.argsort(-np.asarray(scores), kind="stable")]
    assert numbers(after.candidates) == numbers(by_score) != numbers(before.candidates)
    assert "rerank" in after.milliseconds
    assert [(line.space, line.calls, line.texts) for line in counted] == [(HERE, 1, len(before.candidates))]
    assert "rerank" not in before.milliseconds


def test_a_model_of_several_scores_a_passage_is_refused(tmp_path: Path, meter: Meter) -> None:
    path = write_cross_encoder(tmp_path, labels=3)
    assert "gives 3 scores a pair" in Reranker(PairScore(str(path), meter)).problem()


def test_a_bare_encoder_is_refused_rather_than_given_a_layer_by_chance(tmp_path: Path, meter: Meter) -> None:
    bare = write_bare_model(tmp_path / "bare")
    assert "bare is no re-ranker" in Reranker(PairScore(str(bare), meter)).problem()


def test_a_former_cross_encoder_is_known_by_its_classifier(cross_encoder: Path, meter: Meter) -> None:
    bare = cross_encoder.parent / "bare"
    assert PairScore(str(bare), meter)("how do i pay", ["a year"], HERE) == pytest.approx(
        PairScore(str(cross_encoder), meter)("how do i pay", ["a year"], HERE)
    )


def test_a_multi_vector_encoder_scores_by_late_interaction(tmp_path: Path, meter: Meter) -> None:
    from sentence_transformers import MultiVectorEncoder

    path = str(write_multi_vector_encoder(tmp_path))
    passages = ["a passage", "pay i do how", "year year year year a question"]
    model = MultiVectorEncoder(path, device="cpu")
    wanted = model.similarity(model.encode_query(["how do i pay"]), model.encode_document(passages))
    scores = PairScore(path, meter)("how do i pay", passages, HERE)
    assert scores == pytest.approx(np.asarray(wanted)[0].tolist(), abs=1e-4)
    read = [model.tokenizer(text)["input_ids"] for text in ["how do i pay", *passages]]
    (line,) = reranking(meter)
    assert (line.texts, line.prompt_tokens) == (3, sum(map(len, read)))


def test_every_call_is_counted_once_with_what_the_model_read(cross_encoder: Path, meter: Meter) -> None:
    score = PairScore(str(cross_encoder), meter)
    score("how do i pay", ["a year", "year " * 100], "garden")
    (line,) = reranking(meter)
    assert (line.space, line.model, line.calls, line.texts) == ("garden", "whole", 1, 2)
    assert line.prompt_tokens == (3 + 4 + 2) + 64, "special tokens, question and passage; a long one is cut"
    assert (line.price, line.unpriced_calls) == (0.0, 0)
    assert line.latency > 0
    assert [each.calls for each in meter.ledger.by_space(0.0) if each.operation == LOADING] == [1]
    score("how do i pay", ["a year"], "garden")
    (line,) = reranking(meter)
    assert (line.calls, line.texts, line.prompt_tokens) == (2, 3, 9 + 64 + 9)


def test_a_call_that_nobody_waits_for_any_more_is_counted_when_it_is_done(cross_encoder: Path, meter: Meter) -> None:
    reranker = Reranker(PairScore(str(cross_encoder), meter), seconds=1e-6, patient=False)
    assert reranker.reranked("how do i pay", FOUND, "garden") == FOUND
    until = time.monotonic() + 10
    while not reranking(meter) and time.monotonic() < until:
        time.sleep(0.01)
    assert [(line.space, line.calls, line.texts) for line in reranking(meter)] == [("garden", 1, DEPTH)]


def test_each_token_of_the_question_finds_its_nearest_of_the_passage() -> None:
    asked = np.eye(3)[:2]
    passages = [np.eye(3)[:1], np.eye(3), np.eye(3)[2:], np.zeros((0, 3))]
    assert max_sim(asked, passages) == [1.0, 2.0, 0.0, 0.0]
