"""A question becomes an answer: the read path from end to end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from retrieval.answer import cite
from retrieval.calibrate import confidence_features
from retrieval.embed import Purpose, RecentVectors, text_hash
from retrieval.fit import kept_fit, kept_weights
from retrieval.gate import GateThresholds, decide
from retrieval.judge import Judge
from retrieval.query import PreparedQuery, prepare_query
from retrieval.search import Found, Query, search
from retrieval.space import Clock, NothingIndexedError, OpenSpace, Spaces
from retrieval.types import Answer, Citation, Question
from storage.records import InteractionDraft, Matrix, StoredCitation
from storage.stores import Stores

GATE = "gate"
"""The tunable that holds a space's thresholds."""


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

    def answer(self, question: Question) -> Answer:
        """What to tell whoever asked; raises EmptyQuestionError, NothingIndexedError, FingerprintMismatchError."""
        watch = Stopwatch()
        searched = self._search(question, watch)
        fit = kept_fit(self._stores, searched.space.generation)
        found, space = searched.found, searched.space
        with watch.stage("judge"):
            confidence = fit.confidence.probability(confidence_features(found.candidates))
            verdict = self._judge.verdict(question.space, space.embedder, searched.vector, found, fit)
            small_talk = self._judge.is_small_talk(
                question.space, space.embedder, searched.query, searched.vector, found
            )
        thresholds = self.thresholds(question.space)
        decision = decide(confidence, verdict.score, small_talk, question.addressed, thresholds)
        with watch.stage("extract"):
            sources = self._cite(searched) if decision in ("answer", "unsure") else ()
        return Answer(
            question=question,
            decision=decision,
            text=sources[0].quote if decision == "answer" else "",
            confidence=confidence,
            off_topic_score=verdict.score,
            sources=sources,
            candidates=found.candidates,
            milliseconds=watch.milliseconds,
            note=searched.query.note,
        )

    def record(self, answer: Answer, origin: str) -> int:
        """Keeps a question with what became of it, and returns its number. ``origin`` is the front end."""
        return self._stores.interactions.record(
            InteractionDraft(
                space=answer.question.space,
                asked_at=self._clock(),
                origin=origin,
                question=answer.question.text,
                decision=answer.decision,
                answer=answer.text,
                confidence=answer.confidence,
                off_topic_score=answer.off_topic_score,
                addressed=answer.question.addressed,
                visible_to=answer.question.visible_to,
                sources=tuple(_stored(source) for source in answer.sources),
                milliseconds=answer.milliseconds,
            )
        )

    def thresholds(self, space: str) -> GateThresholds:
        """What the gate decides by in ``space`` just now."""
        return GateThresholds(**self._stores.tunables.get(space, GATE, {}))

    def _search(self, question: Question, watch: Stopwatch) -> _Searched:
        space = self._spaces.active(question.space)
        encoder = space.embedder.encoder
        query = prepare_query(question.text, encoder.tokenizer, encoder.max_tokens)
        with watch.stage("encode"):
            vector = space.embedder.embed([query.text], Purpose("ask", question.space, "query", keep="query"))[0]
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


def _stored(source: Citation) -> StoredCitation:
    return StoredCitation(
        number=source.number,
        document_location=source.chunk.document_location,
        location=source.location,
        title=source.title,
        quote=source.quote,
        text_hash=text_hash(source.chunk.text),
        score=source.score,
    )
