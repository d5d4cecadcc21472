"""A model that reads question and passage together puts the best passages in another order.

It costs a good deal of time and is never needed: whatever goes wrong with it, the order of before stands. What it does
for quality was not measured here.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial

import numpy as np

from retrieval.encoders.pair_scores import RerankerUnavailableError, Score
from retrieval.types import Candidate
from storage.errors import KnowbotError

logger = logging.getLogger(__name__)

_Scoring = Callable[[], Sequence[float]]

DEPTH = 20
"""Passages that are read; the others keep their places behind them."""

REST_SECONDS = 60.0
"""After a failure nothing is re-ranked for so long."""


class Reranker:
    """Re-ranks one question at a time. May be shared between threads.

    Where somebody waits, not ``patient``, a question that finds it loading or at work, or that takes longer than
    ``seconds``, keeps its order. Otherwise it takes the time that it takes, so that the same question always gets the
    same answer.
    """

    def __init__(self, score: Score, seconds: float = 1.0, patient: bool = True) -> None:
        self._score, self._seconds, self._patient = score, seconds, patient
        self._under_way: Future[Sequence[float]] | None = None
        self._turn = threading.Lock()
        self._rests_until = 0.0

    def warm_up(self) -> None:
        """Has the model loaded in the background."""
        if not self._patient:
            self._begin(partial(self._score, "a question", ["a passage"], ""))

    def reranked(self, question: str, candidates: Sequence[Candidate], space: str) -> tuple[Candidate, ...]:
        """The candidates in their final order; as they were wherever that cannot be had, which the log says.

        ``space`` is where the question is asked.
        """
        best, rest = candidates[:DEPTH], candidates[DEPTH:]
        if len(best) < 2 or time.monotonic() < self._rests_until:
            return tuple(candidates)
        passages = [each.chunk.embedded_text for each in best]
        scores = self._scores(partial(self._score, question, passages, space), len(passages))
        return tuple(candidates) if scores is None else (*in_order(best, scores), *rest)

    def problem(self) -> str:
        """What is wrong with it, in a sentence with a remedy; "" where it does what it should. Loads the model."""
        try:
            _checked(self._score("a question", ["a passage", "another"], ""), 2)
        except Exception as error:  # noqa: BLE001 - a model may raise anything, and the operator is to read what
            return f"answers are not re-ranked ({_said(error)}): mend or remove the setting 'reranker'"
        return ""

    def _scores(self, score: _Scoring, count: int) -> Sequence[float] | None:
        try:
            if self._patient:
                return _checked(score(), count)
            begun = self._begin(score)
            return _checked(begun.result(self._seconds), count) if begun else None
        except TimeoutError:
            logger.warning("re-ranking took longer than %.1f s: an answer keeps its order", self._seconds)
        except Exception as error:  # noqa: BLE001 - a model may raise anything, and the answer matters more
            logger.warning("nothing is re-ranked for %.0f s: %s", REST_SECONDS, _said(error))
            self._rests_until = time.monotonic() + REST_SECONDS
        return None

    def _begin(self, score: _Scoring) -> Future[Sequence[float]] | None:
        """In a thread that no stop waits for; None where one is at work still."""
        with self._turn:
            if self._under_way is not None and not self._under_way.done():
                return None
            future: Future[Sequence[float]] = Future()
            self._under_way = future
        threading.Thread(target=_work, args=(future, score), name="rerank", daemon=True).start()
        return future


def _work(future: Future[Sequence[float]], score: _Scoring) -> None:
    try:
        future.set_result(score())
    except Exception as error:  # noqa: BLE001 - whoever waits for it is told
        future.set_exception(error)


def in_order(candidates: Sequence[Candidate], scores: Sequence[float]) -> list[Candidate]:
    """Candidates by descending score, ties as they were.

    ``reranked`` is the fused score of the place that each takes: fits, and how far behind a passage is, go by the scale
    of fused scores, which that of a re-ranker is not.
    """
    order = sorted(range(len(candidates)), key=lambda place: -scores[place])
    return [replace(candidates[place], reranked=taken.fused) for place, taken in zip(order, candidates, strict=True)]


def _checked(scores: Sequence[float], count: int) -> Sequence[float]:
    if len(scores) != count or not all(np.isfinite(scores)):
        raise RerankerUnavailableError("the re-ranker gives no finite score for each passage: choose another one")
    return scores


def _said(error: Exception) -> str:
    """A library's message may quote what members write."""
    return str(error) if isinstance(error, KnowbotError) else type(error).__name__
