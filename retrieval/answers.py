"""A question becomes an answer: the read path from end to end."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from retrieval.answer import Wanted, cite, near_the_best
from retrieval.by_words import NOT_NOW, answer_by_words, cite_by_words
from retrieval.embed import Purpose, load_model
from retrieval.fitting.fit import Fit, kept_fit, kept_weights
from retrieval.freshness.age import with_age
from retrieval.gate import decide, kept_thresholds
from retrieval.judge import Judge
from retrieval.query import EmptyQuestionError, PreparedQuery, prepare_query
from retrieval.reading import confidence
from retrieval.rerank import Reranker
from retrieval.search import POOL, READ, Found, Query, Ranking, search
from retrieval.small_talk import SmallTalk
from retrieval.space import Clock, FingerprintMismatchError, NothingIndexedError, OpenSpace, Spaces
from retrieval.types import Answer, Candidate, Citation, Decision, Note, Question
from storage.records import Matrix
from storage.stores import Stores

logger = logging.getLogger(__name__)


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
    fit: Fit


class Answers:
    """Answers questions. Every front end and the evaluation come through here."""

    def __init__(
        self, stores: Stores, spaces: Spaces, judge: Judge, clock: Clock, reranker: Reranker | None = None
    ) -> None:
        self._stores, self._spaces, self._judge, self._clock = stores, spaces, judge, clock
        self._small_talk, self._reranker = SmallTalk(), reranker

    def warm_up(self, space: str) -> None:
        """Loads a space's model, so that the first question does not wait for it; raises what ``answer`` does."""
        if self._reranker:
            self._reranker.warm_up()
        load_model(self._spaces.active(space).embedder.encoder, self._spaces.meter)

    def encode(self, questions: Sequence[Question]) -> list[Matrix | None]:
        """The vectors of questions that wait together, in one batch a space; None for one that cannot be answered.

        Each goes to ``answer`` with its question, which says what is wrong with those that have none.
        """
        vectors: list[Matrix | None] = [None] * len(questions)
        for space in dict.fromkeys(question.space for question in questions):
            # Who waits with others for a vector that cannot be had just now is answered alone, by words.
            with suppress(NothingIndexedError, FingerprintMismatchError, *NOT_NOW):
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

    def answer(self, question: Question, vector: Matrix | None = None, most: int | None = READ) -> Answer:
        """What to tell whoever asked; ``vector`` is what ``encode`` gave for the question, if it was asked before.

        ``most`` says how many candidates the answer lists, None all of them; nothing else depends on it. Raises
        EmptyQuestionError, NothingIndexedError, FingerprintMismatchError.
        """
        try:
            answer = self._answer(question, vector, most)
        except NOT_NOW as error:
            logger.warning("answered by words only: %s", error)
            answer = self._answer_by_words(question)
        return with_age(self._stores, answer, self._clock())

    def confidence(self, question: Question, candidates: Sequence[Candidate]) -> float:
        """The confidence in an answer to ``question`` by these candidates, best first, had only they been found."""
        space = self._spaces.active(question.space)
        vector = _encoded(space, [_query(question, space).text])[0]
        return confidence(space, kept_fit(self._stores, space.generation).confidence, vector, candidates)

    def _answer(self, question: Question, vector: Matrix | None, most: int | None) -> Answer:
        watch = Stopwatch()
        searched = self._search(question, vector, most, watch)
        found, space, fit = searched.found, searched.space, searched.fit
        with watch.stage("judge"):
            verdict = self._judge.verdict(question.space, space.embedder, searched.query, searched.vector, found, fit)
            small_talk = self._small_talk.has(question.space, space.embedder, searched.query, searched.vector, found)
        thresholds = kept_thresholds(self._stores, question.space)
        with watch.stage("read"):
            is_read = not small_talk and verdict.score < thresholds.off_topic
            sure = confidence(space, fit.confidence, searched.vector if is_read else None, found.candidates)
        decision = decide(sure, verdict.score, small_talk, question.addressed, thresholds)
        with watch.stage("extract"):
            sources, notes = self._cite(searched, decision)
        return Answer(
            question=question,
            decision=decision,
            text=sources[0].quote if decision == "answer" else "",
            confidence=sure,
            off_topic_score=verdict.score,
            off_topic_signal=verdict.signal or "",
            sources=sources,
            candidates=found.candidates,
            milliseconds=watch.milliseconds,
            notes=notes,
        )

    def _search(self, question: Question, vector: Matrix | None, most: int | None, watch: Stopwatch) -> _Searched:
        space = self._spaces.active(question.space)
        query = _query(question, space)
        with watch.stage("encode"):
            if vector is None or vector.shape != (space.embedder.dimensions,):  # an index was switched to meanwhile
                vector = _encoded(space, [query.text])[0]
        with watch.stage("search"):
            wanted = Query(vector, query.terms, question.visible_to)
            fit = kept_fit(self._stores, space.generation)
            ranking = Ranking(kept_weights(self._stores, question.space), fit.adapter)
            found = search(self._stores, space, wanted, ranking, self._clock(), POOL, most)
        self._refuse_empty(question.space, found.candidates)
        if self._reranker:
            with watch.stage("rerank"):
                found = replace(found, candidates=self._reranker.reranked(query.text, found.candidates, question.space))
        return _Searched(space, query, vector, found, fit)

    def _cite(self, searched: _Searched, decision: Decision) -> tuple[tuple[Citation, ...], tuple[Note, ...]]:
        """The sources and the notes. Sentences that may not be encoded are chosen by their words, which is noted."""
        candidates, query = searched.found.candidates, searched.query
        if decision not in ("answer", "unsure"):
            return (), query.notes
        if decision == "answer":  # who is unsure shows what is nearest, however far that is
            candidates = tuple(near_the_best(candidates))
        rarities = searched.found.rarities
        try:
            wanted = Wanted(searched.vector, rarities)
            return cite(candidates, wanted, searched.space.sentences.embed), query.notes
        except NOT_NOW as error:
            logger.warning("sentences chosen by words only: %s", error)
            return cite_by_words(candidates, query.text, rarities), (*query.notes, "sentences_by_words")

    def _answer_by_words(self, question: Question) -> Answer:
        space = self._spaces.active(question.space)
        query = _query(question, space)
        watch = Stopwatch()
        with watch.stage("search"):
            answer = answer_by_words(self._stores, space.generation, question, query, self._clock())
        self._refuse_empty(question.space, answer.candidates)
        return replace(answer, milliseconds=watch.milliseconds)

    def _refuse_empty(self, space: str, candidates: Sequence[Candidate]) -> None:
        if not candidates and not self._stores.documents.counts(space).documents:
            raise NothingIndexedError(space)


def _query(question: Question, space: OpenSpace) -> PreparedQuery:
    encoder = space.embedder.encoder
    return prepare_query(question.text, encoder.tokenizer, encoder.max_tokens, question.context)


def _prepared(question: Question, space: OpenSpace) -> PreparedQuery | None:
    try:
        return _query(question, space)
    except EmptyQuestionError:
        return None


def _encoded(space: OpenSpace, texts: Sequence[str]) -> Matrix:
    return space.embedder.embed(texts, Purpose("ask", space.generation.space, "query", keep="query"))
