"""A question becomes an answer: the read path from end to end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from retrieval.answer import cite
from retrieval.calibrate import confidence_features
from retrieval.embed import Purpose, RecentVectors
from retrieval.fit import kept_fit, kept_weights
from retrieval.gate import decide, kept_thresholds
from retrieval.judge import Judge
from retrieval.query import EmptyQuestionError, PreparedQuery, prepare_query
from retrieval.search import Found, Query, search
from retrieval.space import Clock, FingerprintMismatchError, NothingIndexedError, OpenSpace, Spaces
from retrieval.types import Answer, Citation, Question
from storage.records import Matrix
from storage.stores import Stores


class Stopwatch:
    """Milliseconds by stage, in the order in which the stages ended."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times the block under ``name``."""
        started = time.perf_counter()
        yield
        self.milliseconds[name] = round((time.perf_counter() - started) * 1000, 3)


@dataclass(frozen=True)
class _Searched:
    space: OpenSpace
    query: PreparedQuery
    vector: Matrix
    found: Found


class Answers:
    """Answers questions. Every front end and the evaluation come through here."""

    def __init__(self, stores: Stores, spaces: Spaces, judge: Judge, clock: Clock) -> None:
        self._stores, self._spaces, self._judge, self._clock = stores, spaces, judge, clock
        self._sentences: dict[int, RecentVectors] = {}

    def warm_up(self, space: str) -> None:
        """Loads a space's encoder, so that the first question does not wait for it; raises what ``answer`` does."""
        self._spaces.active(space).embedder.embed(["knowbot starts"], Purpose("warm up", space, "query"))

    def encode(self, questions: Sequence[Question]) -> list[Matrix | None]:
        """The vectors of questions that wait together, in one batch a space; None for one that cannot be answered.

        Each goes to ``answer`` with its question, which says what is wrong with those that have none.
        """
        vectors: list[Matrix | None] = [None] * len(questions)
        for space in dict.fromkeys(question.space for question in questions):
            with suppress(NothingIndexedError, FingerprintMismatchError):
                opened = self._spaces.active(space)
                prepared = {
                    place: query
                    for place, question in enumerate(questions)
                    if question.space == space and (query := _prepared(question, opened))
                }
                encoded = _encoded(opened, [query.text for query in prepared.values()])
                for place, vector in zip(prepared, encoded, strict=True):
                    vectors[place] = vector
        return vectors

    def answer(self, question: Question, vector: Matrix | None = None) -> Answer:
        """What to tell whoever asked; ``vector`` is what ``encode`` gave for the question, if it was asked before.

        Raises EmptyQuestionError, NothingIndexedError, FingerprintMismatchError.
        """
        watch = Stopwatch()
        searched = self._search(question, vector, watch)
        fit = kept_fit(self._stores, searched.space.generation)
        found, space = searched.found, searched.space
        with watch.stage("judge"):
            confidence = fit.confidence.probability(confidence_features(found.candidates))
            verdict = self._judge.verdict(question.space, space.embedder, searched.vector, found, fit)
            small_talk = self._judge.is_small_talk(
                question.space, space.embedder, searched.query, searched.vector, found
            )
        thresholds = kept_thresholds(self._stores, question.space)
        decision = decide(confidence, verdict.score, small_talk, question.addressed, thresholds)
        with watch.stage("extract"):
            sources = self._cite(searched) if decision in ("answer", "unsure") else ()
        return Answer(
            question=question,
            decision=decision,
            text=sources[0].quote if decision == "answer" else "",
            confidence=confidence,
            off_topic_score=verdict.score,
            off_topic_signal=verdict.signal or "",
            sources=sources,
            candidates=found.candidates,
            milliseconds=watch.milliseconds,
            note=searched.query.note,
        )

    def _search(self, question: Question, vector: Matrix | None, watch: Stopwatch) -> _Searched:
        space = self._spaces.active(question.space)
        encoder = space.embedder.encoder
        query = prepare_query(question.text, encoder.tokenizer, encoder.max_tokens)
        with watch.stage("encode"):
            if vector is None or vector.shape != (space.embedder.dimensions,):  # an index was switched to meanwhile
                vector = _encoded(space, [query.text])[0]
        with watch.stage("search"):
            wanted = Query(vector, query.terms, question.visible_to)
            found = search(self._stores, space, wanted, kept_weights(self._stores, question.space), self._clock())
        if not found.candidates and not self._stores.documents.counts(question.space).documents:
            raise NothingIndexedError(question.space)
        return _Searched(space, query, vector, found)

    def _cite(self, searched: _Searched) -> tuple[Citation, ...]:
        generation = searched.space.generation
        if generation.id not in self._sentences:
            purpose = Purpose("extract", generation.space, "query")
            self._sentences[generation.id] = RecentVectors(searched.space.embedder, purpose)
        return cite(searched.found.candidates, searched.vector, self._sentences[generation.id].embed)


def _prepared(question: Question, space: OpenSpace) -> PreparedQuery | None:
    encoder = space.embedder.encoder
    try:
        return prepare_query(question.text, encoder.tokenizer, encoder.max_tokens)
    except EmptyQuestionError:
        return None


def _encoded(space: OpenSpace, texts: Sequence[str]) -> Matrix:
    return space.embedder.embed(texts, Purpose("ask", space.generation.space, "query", keep="query"))
