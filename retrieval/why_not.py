"""Why not this one? A document beside the one that won, stage by stage, and the stage at which it lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from retrieval.embed import Purpose
from retrieval.fitting.fit import kept_fit, kept_ranking
from retrieval.fuse import FusionWeights, fuse, lexical_scale, nearness
from retrieval.gate import kept_thresholds
from retrieval.query import PreparedQuery, prepare_query
from retrieval.reading import confidence
from retrieval.search import best_of_documents
from retrieval.space import Clock, OpenSpace, Spaces
from retrieval.types import Answer, Candidate, Question
from storage.records import Document, Matrix
from storage.stores import Stores

Lost = Literal["won", "vector", "heading", "lexical", "pool", "hidden", "expired", "no vector", "unknown"]
"""The stage at which a document lost: ``pool``: no leg brought it among the candidates."""

LEGS: tuple[tuple[str, Callable[[Candidate], float]], ...] = (
    ("vector", lambda candidate: candidate.vector),
    ("heading", lambda candidate: candidate.title),
    ("lexical", lambda candidate: candidate.lexical),
    ("fused", lambda candidate: candidate.fused),
)
"""Every stage's score of a candidate, in the order in which they are made."""

_EVERY_PASSAGE = 1_000_000


@dataclass(frozen=True)
class StageScores:
    """One stage: its score of the winner and of the chosen document, and their ranks among the documents found.

    A rank is None for a document that was not among the candidates.
    """

    stage: str
    winner: float
    winner_rank: int
    chosen: float
    chosen_rank: int | None


@dataclass(frozen=True)
class WhyNot:
    """A document beside the winner; ``lost_at`` is where it lost.

    ``winner`` and ``chosen`` are the best passage of either; ``chosen`` is None for a document that has none to show.
    ``confidence`` is that of the chosen document if all before it were not there.
    """

    location: str
    lost_at: Lost
    winner: Candidate | None
    chosen: Candidate | None = None
    stages: tuple[StageScores, ...] = ()
    documents: int = 0
    confidence: float | None = None


class WhyNots:
    """Looks at a search once more. Encodes only what is not remembered of the question and of sentences to be read."""

    def __init__(self, stores: Stores, spaces: Spaces, clock: Clock) -> None:
        self._stores, self._spaces, self._clock = stores, spaces, clock

    def confidences(self, answer: Answer) -> dict[int, float]:
        """By document id, the probability that each would answer if all before it were not there, best first."""
        space = self._spaces.active(answer.question.space)
        model = kept_fit(self._stores, space.generation).confidence
        # As it was when it was answered; a vector that must be paid for may not be had just now.
        is_read = answer.off_topic_score < kept_thresholds(self._stores, answer.question.space).off_topic
        vector = _asked(space, answer.question)[1] if is_read and not space.embedder.is_paid else None
        left, found = list(answer.candidates), {}
        while left:
            first = left[0].chunk.document_id
            found[first] = confidence(space, model, vector, left)
            left = [candidate for candidate in left if candidate.chunk.document_id != first]
        return found

    def explain(self, answer: Answer, location: str) -> WhyNot:
        """Why the document at ``location`` was not first, for what ``answer`` was asked."""
        winner = answer.candidates[0] if answer.candidates else None
        document = self._stores.documents.get(answer.question.space, location)
        if document is None or winner is None:
            return WhyNot(location, "unknown", winner)
        chosen = next((each for each in answer.candidates if each.chunk.document_id == document.id), None)
        if chosen is None:
            return self._outside(answer, document, winner)
        weights = kept_ranking(self._stores, self._spaces.present(answer.question.space)).weights
        lost_at = "won" if chosen.chunk.document_id == winner.chunk.document_id else _lost_at(winner, chosen, weights)
        alone = self.confidences(answer)[document.id]
        return self._compared(answer, WhyNot(location, lost_at, winner, chosen, confidence=alone))

    def _outside(self, answer: Answer, document: Document, winner: Candidate) -> WhyNot:
        """A document that is not among the candidates: hidden, expired, without a vector, or too far from all legs."""
        if document.visibility not in answer.question.visible_to:
            return WhyNot(document.location, "hidden", winner)
        if document.expires_at is not None and document.expires_at <= self._clock():
            return WhyNot(document.location, "expired", winner)
        space = self._spaces.active(answer.question.space)
        scored = self._scored(space, answer, document)
        if not scored:
            return WhyNot(document.location, "no vector", winner)
        return self._compared(answer, WhyNot(document.location, "pool", winner, scored[0]))

    def _scored(self, space: OpenSpace, answer: Answer, document: Document) -> list[Candidate]:
        """Every passage of a document with every leg's score, best first."""
        query, vector = _asked(space, answer.question)
        chunks = {c.id: c for c in self._stores.chunks.of_document(document.id, space.generation.chunking_id)}
        owned, rows = self._stores.vectors.of_chunks(space.generation.id, chunks)
        if not owned:
            return []
        ranking = kept_ranking(self._stores, space.generation)
        weights = ranking.weights
        cosines = dict(zip(owned, (rows @ ranking.adapted(vector)).tolist(), strict=True))
        lexical = self._lexical(space, query, answer.question.visible_to, weights)
        found = []
        for number, chunk in chunks.items():
            scores = (
                cosines.get((number, "passage"), 0.0),
                cosines.get((number, "title"), 0.0),
                lexical.get(number, 0.0),
            )
            found.append(Candidate(chunk, *scores, fuse(*scores, weights)))
        return sorted(found, key=lambda candidate: -candidate.fused)

    def _lexical(
        self, space: OpenSpace, query: PreparedQuery, visible_to: frozenset[str], weights: FusionWeights
    ) -> dict[int, float]:
        """The lexical score of every passage that has a word of the query, as a search scales it."""
        rarities = self._stores.chunks.rarities(query.terms)
        everything = self._stores.chunks.lexical(
            space.generation, rarities, visible_to, self._clock(), _EVERY_PASSAGE, weights.heading
        )
        scale = lexical_scale(max(everything.values(), default=0.0), list(rarities.values()))
        return {number: score / scale for number, score in everything.items()}

    def _compared(self, answer: Answer, told: WhyNot) -> WhyNot:
        assert told.winner is not None
        assert told.chosen is not None
        chosen_id, winner_id = told.chosen.chunk.document_id, told.winner.chunk.document_id
        stages = []
        for stage, score in LEGS:
            best = best_of_documents(answer.candidates, score)
            ranks = {document: rank for rank, document in enumerate(sorted(best, key=lambda d: -best[d]), start=1)}
            mine = best.get(chosen_id, score(told.chosen))
            stages.append(StageScores(stage, best[winner_id], ranks[winner_id], mine, ranks.get(chosen_id)))
        documents = len(best_of_documents(answer.candidates, LEGS[-1][1]))
        return WhyNot(told.location, told.lost_at, told.winner, told.chosen, tuple(stages), documents, told.confidence)


def _asked(space: OpenSpace, question: Question) -> tuple[PreparedQuery, Matrix]:
    """What the question was searched with, and its unit vector, which is mostly remembered."""
    encoder = space.embedder.encoder
    query = prepare_query(question.text, encoder.tokenizer, encoder.max_tokens, question.context)
    purpose = Purpose("ask", question.space, "query", keep="query")
    return query, space.embedder.embed([query.text], purpose)[0]


def _lost_at(winner: Candidate, chosen: Candidate, weights: FusionWeights) -> Lost:
    """The leg that makes most of the difference between the two fused scores."""
    by_meaning = nearness(winner.vector, winner.title) - nearness(chosen.vector, chosen.title)
    by_words = weights.lexical * (winner.lexical - chosen.lexical)
    if by_words > by_meaning:
        return "lexical"
    return "heading" if winner.title > winner.vector else "vector"
