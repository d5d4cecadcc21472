"""The real model over the example: what a member would read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from retrieval.types import Answer, Question
from tests.command_line import EXAMPLE, ROOT

pytestmark = [pytest.mark.model, pytest.mark.timeout(180)]

QUESTIONS = [json.loads(line) for line in (ROOT / "examples" / "questions.jsonl").read_text("utf-8").splitlines()]
MESSAGES = [json.loads(line) for line in (ROOT / "examples" / "offtopic.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Engine]:
    with Engine(tmp_path_factory.mktemp("example"), RetrievalSettings(models=models)) as engine:
        report = engine.library.ingest(EXAMPLE, "default")
        assert not report.skipped
        yield engine


@pytest.fixture(scope="module")
def answers(engine: Engine) -> list[Answer]:
    return [engine.answers.answer(Question(question["text"])) for question in QUESTIONS]


def test_four_questions_in_five_find_their_document_among_the_first_three(answers: list[Answer]) -> None:
    found = 0
    for question, answer in zip(QUESTIONS, answers, strict=True):
        documents = dict.fromkeys(candidate.chunk.document_location for candidate in answer.candidates)
        found += question["location"].split("#")[0] in list(documents)[:3]
    assert found >= 48


def test_every_quote_stands_word_for_word_in_its_document(engine: Engine, answers: list[Answer]) -> None:
    for answer in answers:
        for source in answer.sources:
            document = engine.stores.documents.get("default", source.chunk.document_location)
            assert document is not None
            assert source.quote in document.text
            assert 0 < len(source.quote) <= 600


def test_confident_answers_are_right_more_often_than_the_rest(answers: list[Answer]) -> None:
    right: dict[bool, list[bool]] = {True: [], False: []}
    for question, answer in zip(QUESTIONS, answers, strict=True):
        first = answer.candidates[0].chunk.document_location
        right[answer.decision == "answer"].append(first == question["location"].split("#")[0])
    assert len(right[True]) >= 20, "the bot answers too little of what its documents tell"
    assert sum(right[True]) / len(right[True]) > sum(right[False]) / max(len(right[False]), 1)
    assert sum(right[True]) / len(right[True]) >= 0.75


def test_most_off_topic_messages_are_told_apart_and_few_questions_are_taken_for_one(
    engine: Engine, answers: list[Answer]
) -> None:
    decisions = [engine.answers.answer(Question(m["text"])).decision for m in MESSAGES if m["label"] == "out"]
    assert decisions.count("off_topic") >= 0.6 * len(decisions)
    assert decisions.count("answer") <= 0.05 * len(decisions)
    assert sum(answer.decision == "off_topic" for answer in answers) <= 0.15 * len(answers)


@pytest.mark.parametrize("text", ["thanks, that helped!", "good morning everyone", "🎉", "lol ok"])
def test_small_talk_gets_no_documents(engine: Engine, text: str) -> None:
    answer = engine.answers.answer(Question(text))
    assert (answer.decision, answer.sources) == ("small_talk", ())


def test_a_message_nobody_addressed_to_the_bot_needs_more_confidence(engine: Engine) -> None:
    asked = [engine.answers.answer(Question(question["text"])) for question in QUESTIONS]
    unasked = [engine.answers.answer(Question(question["text"], addressed=False)) for question in QUESTIONS]
    assert sum(a.decision == "answer" for a in unasked) < sum(a.decision == "answer" for a in asked)


def test_a_second_ingest_calls_the_encoder_for_nothing(engine: Engine) -> None:
    before = sum(day.texts for day in engine.stores.ledger.by_day_and_model(0))
    report = engine.library.ingest(EXAMPLE, "default")
    assert (report.unchanged, report.chunks) == (44, 0)
    assert sum(day.texts for day in engine.stores.ledger.by_day_and_model(0)) == before


def test_vectors_are_of_length_one_and_complete(engine: Engine) -> None:
    assert engine.upkeep.verify("default") == []
    generation = engine.spaces.active("default").generation
    for _, matrix in engine.stores.vectors.stored(generation.id):
        assert abs((matrix**2).sum(axis=1) - 1).max() < 1e-5


def test_the_real_model_is_the_one_that_was_meant(engine: Engine) -> None:
    generation = engine.spaces.active("default").generation
    assert generation.encoder["model"] == "sentence-transformers/all-MiniLM-L6-v2"
    assert generation.dimensions == 384
