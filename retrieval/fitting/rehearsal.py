"""Questions whose document is known, asked of an index as members would ask it: what fits and comparisons look at."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.embed import Purpose
from retrieval.fitting.pseudo_questions import pseudo_questions
from retrieval.query import prepare_query
from retrieval.search import POOL, Query, Ranking, search
from retrieval.space import OpenSpace
from retrieval.types import Candidate
from storage.records import PUBLIC, Matrix
from storage.stores import Stores

FEWEST_GOLDEN = 20
"""Fewer golden questions say nothing; the corpus is asked its own instead."""

Known = tuple[str, str]
"""A question with the location of the document that answers it, "" for none."""

Basis = Literal["golden", "pseudo"]
"""Whether somebody wrote the questions down, or the corpus made them itself."""

_READERS = frozenset({PUBLIC})


@dataclass(frozen=True)
class Rehearsed:
    """What was found for a question with this unit vector; ``nearest`` as in a search."""

    target: str
    vector: Matrix
    candidates: Sequence[Candidate]
    nearest: tuple[float, ...]

    @property
    def is_right(self) -> bool:
        """True where the document that answers came first."""
        return bool(self.candidates) and self.candidates[0].chunk.document_location == self.target

    @property
    def withheld(self) -> list[Candidate]:
        """What would have been found if the document had never been written."""
        return [each for each in self.candidates if each.chunk.document_location != self.target]


def golden_questions(stores: Stores, space: str, now: float, most: int) -> list[Known]:
    """Golden questions that name their document, if there are enough to say something, else []."""
    written = stores.known_questions.golden(space, _READERS, now, most)
    golden = [(text, location) for text, location in written if location]
    return golden if len(golden) >= FEWEST_GOLDEN else []


def questions_with_answers(stores: Stores, space: OpenSpace, now: float, most: int) -> tuple[Basis, list[Known]]:
    """Golden questions where there are enough, else the corpus's own, drawn alike each time."""
    if golden := golden_questions(stores, space.generation.space, now, most):
        return "golden", golden
    chunks = [chunk for chunk in stores.chunks.of_space(space.generation) if chunk.visibility == PUBLIC]
    addresses = {chunk.document_id: chunk.document_location for chunk in chunks}
    made = [(question.text, addresses[question.document_id]) for question in pseudo_questions(chunks)]
    return "pseudo", random.Random(0).sample(made, min(len(made), most))


def rehearse(
    stores: Stores,
    space: OpenSpace,
    asked: Sequence[Known],
    ranking: Ranking,
    now: float,
    operation: str,
    pool: int = POOL,
) -> list[Rehearsed]:
    """Asks all of them; ``operation`` goes to the ledger. Vectors are cached, so that asking again encodes nothing."""
    encoder, name = space.embedder.encoder, space.generation.space
    queries = [prepare_query(text, encoder.tokenizer, encoder.max_tokens) for text, _ in asked]
    vectors = space.embedder.embed([query.text for query in queries], Purpose(operation, name, "query", keep="query"))
    found = [
        search(stores, space, Query(vector, query.terms, _READERS), ranking, now, pool)
        for query, vector in zip(queries, vectors, strict=True)
    ]
    return [
        Rehearsed(target, vector, each.candidates, each.nearest)
        for (_, target), vector, each in zip(asked, vectors, found, strict=True)
    ]
