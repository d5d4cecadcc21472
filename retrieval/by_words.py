"""What is left of the read path when nothing may be encoded: full-text search and the sentences that share words.

The ladder: a question whose vector is known is answered as ever; any other one by its words, and where those are not
enough, with the nearest documents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrieval.answer import Wanted, cite
from retrieval.api.retrying import ApiUnavailableError
from retrieval.costs.budget import BudgetExhaustedError
from retrieval.embed import normalised
from retrieval.encoders.hashing import HashingEncoder
from retrieval.fitting.fit import kept_weights
from retrieval.fuse import lexical_scale
from retrieval.gate import decide, kept_thresholds
from retrieval.query import PreparedQuery
from retrieval.types import Answer, Candidate, Citation, Question
from storage.records import Generation, Matrix
from storage.stores import Stores

NOT_NOW = (BudgetExhaustedError, ApiUnavailableError)
"""What an encoder raises that may work again tomorrow."""

_POOL = 40
_SPELLING = HashingEncoder()


def answer_by_words(
    stores: Stores, generation: Generation, question: Question, query: PreparedQuery, now: float
) -> Answer:
    """The answer that costs nothing, which says so in its notes.

    Its confidence is the share of what the question's words could score that the best passage does score, weighted by
    their rarity; the off-topic judge, who compares vectors, abstains.
    """
    rarities = stores.chunks.rarities(query.terms)
    candidates = find_by_words(stores, generation, rarities, question.visible_to, now)
    confidence = min(1.0, candidates[0].lexical) if candidates else 0.0
    thresholds = kept_thresholds(stores, question.space)
    decision = decide(confidence, 0.0, not query.terms, question.addressed, thresholds)
    sources = cite_by_words(candidates, query.text, rarities) if decision in ("answer", "unsure") else ()
    return Answer(
        question=question,
        decision=decision,
        text=sources[0].quote if decision == "answer" else "",
        confidence=confidence,
        off_topic_score=0.0,
        sources=sources,
        candidates=candidates,
        notes=(*query.notes, "by_words"),
    )


def find_by_words(
    stores: Stores, generation: Generation, rarities: Mapping[str, float], visible_to: frozenset[str], now: float
) -> tuple[Candidate, ...]:
    """Passages with any of the words that ``rarities`` weighs, best first, of documents that ``visible_to`` allows."""
    heading = kept_weights(stores, generation.space).heading
    bm25 = stores.chunks.lexical(generation, rarities, visible_to, now, _POOL, heading)
    scale = lexical_scale(max(bm25.values(), default=0.0), list(rarities.values()))
    chunks = stores.chunks.get(bm25)
    scored = [(bm25[number] / scale, chunk) for number, chunk in chunks.items()]
    scored.sort(key=lambda pair: (-pair[0], pair[1].id))
    return tuple(Candidate(chunk, 0.0, 0.0, lexical=score, fused=score) for score, chunk in scored)


def cite_by_words(
    candidates: Sequence[Candidate], question: str, rarities: Mapping[str, float]
) -> tuple[Citation, ...]:
    """As ``cite``, by spelling instead of meaning."""
    return cite(candidates, Wanted(_spelt([question])[0], rarities), _spelt)


def _spelt(texts: Sequence[str]) -> Matrix:
    return normalised(_SPELLING.encode(texts, "query"))
