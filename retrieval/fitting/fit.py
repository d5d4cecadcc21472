"""What the product fits by itself to a space's own corpus, and keeps: confidence, and where on topic ends."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from retrieval.anomaly import FEWEST_REFERENCES, NEAREST, Boundary, Similarities, fit_documents
from retrieval.banks import off_topic_lines
from retrieval.calibrate import PRIOR, Logistic, confidence_features, found_by_meaning, refined, scaled
from retrieval.embed import Purpose
from retrieval.fitting.adapt import adapter_for
from retrieval.fitting.pseudo_questions import pseudo_questions
from retrieval.fitting.query_adapter import QueryAdapter
from retrieval.fitting.rehearsal import golden_questions, rehearse
from retrieval.fuse import FusionWeights
from retrieval.query import query_terms
from retrieval.search import SMALL_POOL, Found, Query, Ranking, search
from retrieval.space import OpenSpace
from retrieval.types import Candidate
from storage.query_adapters import QueryAdapters
from storage.records import PUBLIC, Generation, Matrix
from storage.stores import Stores

FIT = "fit-6"
"""The tunable that holds a space's fit; the number moves with what is fitted, so that an older fit is not misread."""

FUSION = "fusion"
"""The tunable that holds a space's fusion weights."""

MOST_GOLDEN = 400

UNANSWERABLE = 0.1
"""The share of questions without a document that the confidence is refined for."""

REFIT_SHARE = 0.1
"""A fit is made anew once the number of passages has moved by this share."""


@dataclass(frozen=True)
class Fit:
    """Fitted parameters with what they were fitted on: they say nothing about another generation."""

    generation_id: int
    passages: int
    confidence: Logistic
    documents: Boundary | None
    adapter: QueryAdapter | None = None

    def serves(self, generation_id: int, passages: int) -> bool:
        """True if the corpus is still what this was fitted on, but for a tenth of it."""
        return self.generation_id == generation_id and abs(passages - self.passages) <= REFIT_SHARE * self.passages

    def to_json(self) -> dict[str, Any]:
        """As it is kept among the tunables; of the adapter only the digest."""
        rest = asdict(replace(self, adapter=None))
        return {**rest, "adapter": self.adapter.digest if self.adapter else ""}

    @staticmethod
    def from_json(kept: dict[str, Any], adapters: QueryAdapters) -> Fit:
        """The inverse of ``to_json``."""
        confidence, documents, digest = kept["confidence"], kept["documents"], kept["adapter"]
        return Fit(
            generation_id=kept["generation_id"],
            passages=kept["passages"],
            confidence=Logistic(**{**confidence, "weights": tuple(confidence["weights"])}),
            documents=Boundary(**documents) if documents else None,
            adapter=QueryAdapter(digest, adapters.get(kept["generation_id"], digest)) if digest else None,
        )


def kept_fit(stores: Stores, generation: Generation) -> Fit:
    """What was fitted to the generation; before that, or after a switch, the prior and a judge that abstains."""
    kept: dict[str, Any] = stores.tunables.get(generation.space, FIT, {})
    if kept and kept["generation_id"] == generation.id:
        return Fit.from_json(kept, stores.query_adapters)
    return Fit(generation.id, 0, PRIOR, None)


def kept_weights(stores: Stores, space: str) -> FusionWeights:
    """The fusion weights of a space."""
    return FusionWeights(**stores.tunables.get(space, FUSION, {}))


def kept_ranking(stores: Stores, generation: Generation) -> Ranking:
    """How the generation orders what it finds."""
    return Ranking(kept_weights(stores, generation.space), kept_fit(stores, generation).adapter)


def keep_fit(stores: Stores, space: str, fit: Fit, by: str, now: float) -> None:
    """Has the space answer by ``fit`` from now on."""
    with stores.write():
        if fit.adapter:
            stores.query_adapters.put(fit.generation_id, fit.adapter.digest, fit.adapter.matrix)
        stores.tunables.set(space, FIT, fit.to_json(), by, now)


def refit(stores: Stores, space: OpenSpace, now: float) -> None:
    """Fits a space anew where its corpus is no longer what it was fitted on, and was not before a switch either."""
    generation = space.generation
    passages = stores.generations.counts(generation.id).chunks
    if not kept_fit(stores, generation).serves(generation.id, passages):
        # After a rollback what was fitted before the switch is as good as ever, and costs nothing.
        former = (fit for fit in _former_fits(stores, generation) if fit.serves(generation.id, passages))
        fit = next(former, None) or fit_space(stores, space, kept_weights(stores, generation.space), now)
        keep_fit(stores, generation.space, fit, "knowbot", now)


def _former_fits(stores: Stores, generation: Generation) -> Iterator[Fit]:
    """Every fit that the generation ever had, the latest first."""
    for line in reversed(stores.tunables.history(generation.space, FIT)):
        if line.value and line.value["generation_id"] == generation.id:
            yield Fit.from_json(line.value, stores.query_adapters)


def fit_space(stores: Stores, space: OpenSpace, weights: FusionWeights, now: float) -> Fit:
    """Asks the corpus its own pseudo-questions and the built-in off-topic lines, and fits to how they score."""
    generation = space.generation
    chunks = stores.chunks.of_space(generation)
    if len(chunks) < FEWEST_REFERENCES:
        return Fit(generation.id, len(chunks), PRIOR, None)
    ranking = Ranking(weights, adapter_for(stores, space, chunks))
    asked = pseudo_questions(chunks)
    questions = [question.text for question in asked]
    wanted = space.embedder.embed(questions, Purpose("fit", generation.space, "query"))
    lines = off_topic_lines()
    unwanted = space.embedder.embed(lines, Purpose("fit", generation.space, "query", keep="reference"))

    queries = [Query(v, query_terms(text), frozenset({PUBLIC})) for v, text in zip(wanted, questions, strict=True)]
    found = [search(stores, space, query, ranking, now, SMALL_POOL).candidates for query in queries]
    withheld = [without(each, {question.document_id}) for each, question in zip(found, asked, strict=True)]
    confidence = scaled(
        [confidence_features(each) for each in found],
        [confidence_features(each) for each in withheld],
        _mean([found_by_meaning(each, question.document_id) for each, question in zip(found, asked, strict=True)]),
    )
    return Fit(
        generation_id=generation.id,
        passages=len(chunks),
        confidence=_after_golden(stores, space, ranking, confidence, now),
        documents=fit_documents(
            document_similarities(space, unwanted), document_similarities(space, wanted), len(chunks)
        ),
        adapter=ranking.adapter,
    )


def _after_golden(stores: Stores, space: OpenSpace, ranking: Ranking, before: Logistic, now: float) -> Logistic:
    """The confidence after the golden questions, to each of which belong a few that have no answer."""
    golden = golden_questions(stores, space.generation.space, now, MOST_GOLDEN)
    if not golden:
        return before
    asked = rehearse(stores, space, golden, ranking, now, "fit", SMALL_POOL)
    features = [confidence_features(candidates) for each in asked for candidates in (each.candidates, each.withheld)]
    outcomes = [right for each in asked for right in (each.is_right, False)]
    return refined(before, features, outcomes, np.tile([1 - UNANSWERABLE, UNANSWERABLE], len(asked)))


def without(candidates: Sequence[Candidate], documents: Collection[int]) -> list[Candidate]:
    """What would have been found if some documents had never been written, by their ids."""
    return [candidate for candidate in candidates if candidate.chunk.document_id not in documents]


def document_similarities(space: OpenSpace, vectors: Matrix) -> Similarities:
    """Mean cosine of each message to its nearest passages and question headings; 0.0 in an empty space."""
    found = space.index.search(vectors, NEAREST)
    return np.array([_mean([hit.similarity for hit in hits]) for hits in found], dtype=np.float32)


def document_similarity(found: Found) -> float:
    """The same for one message that was searched for already."""
    return _mean(found.nearest[:NEAREST])


def _mean(similarities: Sequence[float]) -> float:
    return float(np.mean(similarities)) if similarities else 0.0
