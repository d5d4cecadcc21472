"""What is mere small talk: thanks and greetings, which are neither answered nor flagged."""

from __future__ import annotations

from retrieval.banks import small_talk_lines
from retrieval.embed import Embedder, Purpose
from retrieval.query import PreparedQuery
from retrieval.search import Found
from storage.records import Matrix

MOST_WORDS = 9
SIMILARITY = 0.62
LEAD = 0.1
"""How much nearer to small talk than to any passage a message must be."""


class SmallTalk:
    """The bank of small talk as vectors, encoded once for each encoder."""

    def __init__(self) -> None:
        self._banks: dict[str, Matrix] = {}

    def has(self, space: str, embedder: Embedder, query: PreparedQuery, vector: Matrix, found: Found) -> bool:
        """True for a message without a word, and for a short one that is nearer to small talk than to any passage."""
        if not query.terms:
            return True
        if len(query.text.split()) > MOST_WORDS:
            return False
        similarity = float((self._bank(space, embedder) @ vector).max())
        nearest = max(found.nearest, default=0.0)
        return similarity >= SIMILARITY and similarity >= nearest + LEAD

    def _bank(self, space: str, embedder: Embedder) -> Matrix:
        digest = embedder.fingerprint.digest
        if digest not in self._banks:
            purpose = Purpose("judge", space, "query", keep="reference")
            self._banks[digest] = embedder.embed(small_talk_lines(), purpose)
        return self._banks[digest]
