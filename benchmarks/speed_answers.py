"""Full answers: fusion, gate, extraction and record included, against the textbook's encode and dot product alone."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.harness import ROUNDS, Row, compared, scaled, seconds
from benchmarks.workload import QUESTIONS, Folder, textbook_model, textbook_search
from bot.lane import AnswerLane
from bot.work.starting import start_worker
from retrieval.encoders.registry import DEFAULT_ENCODER
from retrieval.engine import Engine
from retrieval.types import Asked, Question
from storage.stores import Stores, open_stores

_TEXTBOOK = "encode and dot product"
_A_ROUND = 60
_FEWEST = 30
_ASKERS = (1, 8, 64)


def rows(folder: Folder) -> list[Row]:
    """Answers one after the other, then many askers at once, then while the worker re-indexes."""
    texts = _questions()
    with folder.engine() as engine:
        _answered(engine, texts, 2 * len(QUESTIONS))  # what passages say is known by then, as in a bot that runs
        return [*_one_by_one(engine, texts), *_once_more(engine), *_many(engine, texts), *_meanwhile(folder, texts)]


def _questions() -> Iterator[str]:
    """Never the same twice: none of them is answered from the cache."""
    return (f"{QUESTIONS[number % len(QUESTIONS)]} ({number})" for number in count())


def _answered(engine: Engine, texts: Iterator[str], wanted: int) -> list[float]:
    """Seconds of each answer."""
    return [seconds(lambda: _answer(engine, next(texts))) for _ in range(wanted)]


def _answer(engine: Engine, text: str) -> None:
    engine.conversations.record(engine.answers.answer(Question(text)), Asked("ask"))


def _one_by_one(engine: Engine, texts: Iterator[str]) -> list[Row]:
    textbook = textbook_model()
    generation = engine.spaces.active("default").generation
    matrix = np.concatenate([part for _, part in engine.stores.vectors.stored(generation.id)])

    def by_the_book(text: str) -> None:
        textbook_search(matrix, np.asarray(textbook.encode(text, normalize_embeddings=True)))

    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_answered(engine, texts, _A_ROUND))
        theirs.append([seconds(lambda: by_the_book(next(texts))) for _ in range(_A_ROUND)])
    shares: dict[int, tuple[list[float], list[float]]] = {
        share: (_quantiles(ours, share), _quantiles(theirs, share)) for share in (50, 95, 99)
    }
    thrice = (shares[99][0], scaled(shares[50][0], 3))
    return [
        *(
            compared(f"full answer, p{share}", _TEXTBOOK, pairs, "ms", 1.0 if share == 50 else None)
            for share, pairs in shares.items()
        ),
        compared("p99 of a full answer", "three times its p50", thrice, "ms", 1.0),
    ]


def _quantiles(rounds: Sequence[Sequence[float]], share: int) -> list[float]:
    """Milliseconds, a round each."""
    return scaled([float(np.percentile(each, share)) for each in rounds], 1000)


def _once_more(engine: Engine) -> list[Row]:
    """A question that was just asked: its vector is known, the rest is done again, since anything may have changed."""
    question, many = Question(QUESTIONS[0]), 200
    known: list[float] = []
    answered: list[float] = []
    for _ in range(ROUNDS + 1):
        known.append(seconds(lambda: [engine.answers.encode([question]) for _ in range(many)]))
        answered.append(seconds(lambda: [engine.answers.answer(question) for _ in range(many)]))
    vector, answer = (scaled(taken[1:], 1000 / many) for taken in (known, answered))
    return [
        compared("the vector of a question asked before", "1 ms", (vector, [1.0] * ROUNDS), "ms", 1.0),
        compared("the answer to a question asked before", "1 ms", (answer, [1.0] * ROUNDS), "ms"),
    ]


def _many(engine: Engine, texts: Iterator[str]) -> list[Row]:
    rates: dict[int, list[float]] = {askers: [] for askers in _ASKERS}
    for _ in range(ROUNDS):
        for askers, measured in rates.items():
            measured.append(_rate(engine, texts, askers))
    made = [
        compared(f"answers a second, {askers} askers", "one", (rates[askers], rates[1]), "/s", more_is_better=True)
        for askers in _ASKERS[1:]
    ]
    enough = (rates[64], [150.0] * ROUNDS)
    return [*made, compared("answers a second, 64 askers", "150", enough, "/s", 1.0, more_is_better=True)]


def _rate(engine: Engine, texts: Iterator[str], askers: int) -> float:
    """Answers a second."""
    wanted = max(_A_ROUND, 4 * askers)
    return wanted / seconds(lambda: asyncio.run(_asked(engine, texts, askers, wanted)))


async def _asked(engine: Engine, texts: Iterator[str], askers: int, wanted: int) -> None:
    lane = AnswerLane(engine)

    async def ask() -> None:
        for _ in range(wanted // askers):
            answer = await lane.answer(Question(next(texts)))
            await lane.run(engine.conversations.record, answer, Asked("ask"))

    await asyncio.gather(*(ask() for _ in range(askers)))
    await lane.close()


def _meanwhile(folder: Folder, texts: Iterator[str]) -> list[Row]:
    """In a copy, since afterwards another index answers."""
    with TemporaryDirectory() as name:
        copy = Folder(Path(shutil.copytree(folder.data_dir, Path(name) / "data")))
        with copy.engine() as engine, open_stores(copy.data_dir) as stores:
            _answered(engine, texts, 2 * len(QUESTIONS))
            idle = _answered(engine, texts, 2 * _A_ROUND)
            stores.jobs.add("reindex", "default", time.time(), {"encoder": f"{DEFAULT_ENCODER}@int8"}, origin="console")
            worker = start_worker(copy.data_dir)
            busy: list[float] = []
            while worker.poll() is None and (len(busy) < _FEWEST or _is_busy(stores)):
                busy += _answered(engine, texts, 1)
                time.sleep(0.05)
            worker.terminate()
            worker.wait()
    note, idly = f"{len(busy)} answers", "with nothing else to do"
    return [
        compared(
            f"full answer during a re-index, p{share}",
            idly,
            (_quantiles([busy], share), _quantiles([idle], share)),
            "ms",
            note=note,
        )
        for share in (50, 95)
    ]


def _is_busy(stores: Stores) -> bool:
    running = any(job.state == "running" for job in stores.jobs.recent(5))
    return running or stores.queue_watch.is_work_waiting(time.time())
