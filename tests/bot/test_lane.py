"""The answer lane with an engine that can be held up."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import pytest_asyncio

from bot.lane import MOST_WAITING, AnswerLane, LaneBusyError
from retrieval.engine import Engine, NothingIndexedError
from retrieval.query import EmptyQuestionError
from retrieval.settings import RetrievalSettings
from retrieval.types import Answer, Question
from storage.records import Matrix
from tests.bot.server import ANSWERED

pytestmark = pytest.mark.asyncio


class HeldAnswers:
    """Stands in for ``engine.answers``: encoding waits until it is let go; ``batches`` are the sizes it saw."""

    def __init__(self) -> None:
        self.gate, self.batches = threading.Event(), list[int]()
        self.search_gate = threading.Event()
        self.search_gate.set()

    def encode(self, questions: Sequence[Question]) -> list[Matrix | None]:
        self.batches.append(len(questions))
        self.gate.wait(10)
        return [None] * len(questions)

    def answer(self, question: Question, vector: Matrix | None) -> Answer:
        if question.text == "boom":
            raise EmptyQuestionError("there is no question")
        self.search_gate.wait(10)
        return Answer(question, "unsure", "", 0.1, 0.1)


@pytest.fixture
def answers() -> HeldAnswers:
    return HeldAnswers()


@pytest_asyncio.fixture
async def lane(answers: HeldAnswers) -> AsyncIterator[AnswerLane]:
    lane = AnswerLane(cast(Engine, SimpleNamespace(answers=answers)))
    yield lane
    answers.gate.set()
    await lane.close()


async def test_what_waits_together_is_encoded_together(lane: AnswerLane, answers: HeldAnswers) -> None:
    first = asyncio.create_task(lane.answer(Question("first")))
    await until(lambda: answers.batches == [1])
    others = [asyncio.create_task(lane.answer(Question(str(number)))) for number in range(9)]
    await asyncio.sleep(0.05)
    answers.gate.set()
    texts = [answer.question.text for answer in await asyncio.gather(first, *others)]
    assert texts == ["first", *map(str, range(9))]
    assert answers.batches == [1, 9]


async def test_one_bad_question_fails_alone(lane: AnswerLane, answers: HeldAnswers) -> None:
    answers.gate.set()
    good, bad = await asyncio.gather(
        lane.answer(Question("good")), lane.answer(Question("boom")), return_exceptions=True
    )
    assert isinstance(good, Answer)
    assert isinstance(bad, EmptyQuestionError)


async def test_the_event_loop_goes_on_while_the_lane_is_held_up(lane: AnswerLane, answers: HeldAnswers) -> None:
    waiting = asyncio.create_task(lane.answer(Question("slow")))
    await until(lambda: answers.batches == [1])
    started = time.perf_counter()
    for _ in range(20):
        await asyncio.sleep(0.005)
    assert time.perf_counter() - started < 1.0
    assert not waiting.done()
    answers.gate.set()
    await waiting


@pytest.mark.parametrize("held", ["encoding", "searching"])
async def test_beyond_its_limit_the_lane_refuses_and_recovers(
    lane: AnswerLane, answers: HeldAnswers, held: str
) -> None:
    gate = answers.gate if held == "encoding" else answers.search_gate
    answers.gate.set()
    gate.clear()
    waiting = [asyncio.create_task(lane.answer(Question(str(n)))) for n in range(MOST_WAITING)]
    await until(lambda: sum(answers.batches) == (MOST_WAITING if held == "searching" else 32))
    with pytest.raises(LaneBusyError, match="in a minute"):
        await lane.answer(Question("one too many"))
    gate.set()
    assert len(await asyncio.gather(*waiting)) == MOST_WAITING


async def test_what_is_short_waits_behind_no_question(lane: AnswerLane, answers: HeldAnswers) -> None:
    answers.gate.set()
    answers.search_gate.clear()
    waiting = [asyncio.create_task(lane.answer(Question(str(n)))) for n in range(9)]
    await until(lambda: sum(answers.batches) == 9)
    assert await lane.run(lambda: "noted") == "noted"
    answers.search_gate.set()
    await asyncio.gather(*waiting)


async def test_closing_drops_what_waits_and_ends(lane: AnswerLane, answers: HeldAnswers) -> None:
    first = asyncio.create_task(lane.answer(Question("first")))
    await until(lambda: answers.batches == [1])
    second = asyncio.create_task(lane.answer(Question("second")))
    await asyncio.sleep(0)
    answers.gate.set()
    await lane.close()
    done = await asyncio.gather(first, second, return_exceptions=True)
    assert isinstance(done[1], asyncio.CancelledError)


async def test_the_real_engine_answers_many_at_once_as_it_answers_each_alone(data_dir: Path) -> None:
    questions = [Question(f"{ANSWERED} {number}") for number in range(8)] + [Question("🎉"), Question("thanks!")]
    with Engine(data_dir, RetrievalSettings(encoder="hashing")) as engine:
        lane = AnswerLane(engine)
        together = await asyncio.gather(*(lane.answer(question) for question in questions))
        await lane.close()
        for question, answer in zip(questions, together, strict=True):
            alone = engine.answers.answer(question)
            assert (answer.decision, answer.text, answer.sources) == (alone.decision, alone.text, alone.sources)


async def test_a_start_loads_the_model_and_encodes_nothing(data_dir: Path) -> None:
    with Engine(data_dir, RetrievalSettings(encoder="hashing")) as engine:
        before = engine.stores.ledger.by_day_and_model(0.0)
        engine.answers.warm_up("default")
        assert engine.stores.ledger.by_day_and_model(0.0) == before
        with pytest.raises(NothingIndexedError):
            engine.answers.warm_up("nowhere")


async def test_an_empty_space_and_an_empty_question_say_so(tmp_path: Path) -> None:
    with Engine(tmp_path, RetrievalSettings(encoder="hashing")) as engine:
        lane = AnswerLane(engine)
        with pytest.raises(NothingIndexedError):
            await lane.answer(Question("anything"))
        await lane.close()


async def until(condition: object, seconds: float = 5.0) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that in time"
        await asyncio.sleep(0.005)
