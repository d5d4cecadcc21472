"""Passages: the rows, the full-text search over them, and who may see them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storage.database import Connection, write_block
from storage.records import Chunk, ChunkDraft, Generation

_PUT = """
INSERT INTO chunk (document_id, chunking_id, ordinal, heading, text, context, title, segmented, location, start, "end",
                   token_count)
VALUES (:document_id, :chunking_id, :ordinal, :heading, :text, :context, :title, :segmented, :location, :start, :end,
        :token_count)
"""
_CHUNK = """
SELECT chunk.id, document_id, ordinal, heading, chunk.text, context, chunk.location, start, "end", token_count,
       chunk.title, document.title, document.location, visibility
FROM chunk JOIN document ON document.id = chunk.document_id
"""
_OF_SPACE = _CHUNK + "WHERE chunking_id = ? AND space = ? ORDER BY chunk.id"
_GET = _CHUNK + "JOIN json_each(?) AS wanted ON wanted.value = chunk.id"
_OF_DOCUMENT = _CHUNK + "WHERE document_id = ? AND chunking_id = ? ORDER BY ordinal"
# What readers may see, by document: it is worked out once and not for every passage that contains a word.
_VISIBLE = """
WITH readable AS MATERIALIZED (
    SELECT id FROM document
    WHERE space = :space AND visibility IN (SELECT value FROM json_each(:visible_to))
      AND (expires_at IS NULL OR expires_at > :now)
)
"""
# CROSS JOIN keeps the order: first the full-text index, then a look at each passage that it found.
_LEXICAL = (
    _VISIBLE
    + """
SELECT chunk.id, -bm25(chunk_fts, :heading_weight, 1.0) AS score
FROM chunk_fts CROSS JOIN chunk ON chunk.id = chunk_fts.rowid
WHERE chunk_fts MATCH :query AND chunking_id = :chunking_id AND document_id IN readable
ORDER BY score DESC, chunk.id LIMIT :limit
"""
)
_VISIBLE_VECTORS = (
    _VISIBLE
    + """
SELECT vector.id FROM chunk CROSS JOIN vector ON vector.chunk_id = chunk.id
WHERE chunking_id = :chunking_id AND document_id IN readable AND generation_id = :generation_id ORDER BY vector.id
"""
)
_HIDES_ANY = """
SELECT EXISTS (
    SELECT 1 FROM document
    WHERE space = :space AND (visibility NOT IN (SELECT value FROM json_each(:visible_to)) OR expires_at <= :now)
)
"""
_TOKENS = """
SELECT COALESCE(sum(COALESCE(raw_tokens, tokens)), 0), COALESCE(sum(tokens), 0)
FROM document JOIN (
    SELECT document_id, sum(token_count) AS tokens FROM chunk WHERE chunking_id = ? GROUP BY document_id
) ON document_id = document.id
WHERE space = ?
"""
_LEAST_RARITY = 1e-6
_SPREAD = """
SELECT value, (SELECT count(*) FROM chunk_fts WHERE chunk_fts MATCH wanted.value) FROM json_each(?) AS wanted
"""
_STAMP = "SELECT (SELECT max(sequence) FROM vector_change), (SELECT max(id) FROM chunk)"
_MOST_TERMS = 50_000


@dataclass(frozen=True)
class _Spread:
    """How many passages there are, and how many of them have each of the words that were asked for."""

    stamp: tuple[int | None, int | None]
    total: int
    having: dict[str, int]


class Chunks:
    """The passages of every document, by chunking."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._spread: _Spread | None = None

    def put(self, document_id: int, chunking_id: int, drafts: Sequence[ChunkDraft]) -> list[int]:
        """Stores the passages of a document and returns their ids in order; what this chunking had of it goes."""
        owner = {"document_id": document_id, "chunking_id": chunking_id}
        with write_block(self._db):
            self._db.execute("DELETE FROM chunk WHERE document_id = :document_id AND chunking_id = :chunking_id", owner)
            return [int(self._db.execute(_PUT, {**asdict(draft), **owner}).lastrowid or 0) for draft in drafts]

    def get(self, ids: Iterable[int]) -> dict[int, Chunk]:
        """Passages by id, joined with their documents as these are now; ids of deleted ones are left out."""
        return {row[0]: Chunk(*row) for row in self._db.rows(_GET, (json.dumps(list(ids)),))}

    def of_document(self, document_id: int, chunking_id: int) -> list[Chunk]:
        """The passages of one document in reading order."""
        return [Chunk(*row) for row in self._db.rows(_OF_DOCUMENT, (document_id, chunking_id))]

    def texts_of(self, document_id: int) -> list[str]:
        """The texts of a document's passages, in every chunking."""
        return [text for (text,) in self._db.rows("SELECT text FROM chunk WHERE document_id = ?", (document_id,))]

    def of_space(self, generation: Generation) -> list[Chunk]:
        """Every passage that the generation covers, by id."""
        return [Chunk(*row) for row in self._db.rows(_OF_SPACE, (generation.chunking_id, generation.space))]

    def lexical(
        self,
        generation: Generation,
        rarities: Mapping[str, float],
        visible_to: frozenset[str],
        now: float,
        limit: int,
        heading_weight: float = 1.0,
    ) -> dict[int, float]:
        """Bm25 (positive, higher is better) by chunk id, best first, of passages with at least one of the terms.

        ``rarities`` are the terms, as ``rarities`` gives them. Only unexpired documents that ``visible_to`` may read.
        A word of the heading counts ``heading_weight`` times one of the body; at 0 the bodies alone are searched.
        """
        # A word of more than half the passages adds nothing to a score, but would have all of them ranked.
        terms = [term for term, rarity in rarities.items() if rarity > _LEAST_RARITY] or list(rarities)
        if not terms:
            return {}
        scope = _scope(generation, visible_to, now)
        values = {**scope, "query": _any_of(terms), "heading_weight": heading_weight, "limit": limit}
        return {chunk_id: score for chunk_id, score in self._db.rows(_LEXICAL, values) if score > 0}

    def rarities(self, terms: Iterable[str]) -> dict[str, float]:
        """The inverse document frequency of each term, as bm25 weighs it; largest for one that occurs nowhere.

        Terms may be any text; they are no query language.
        """
        spread = self._spread_now()
        wanted = list(dict.fromkeys(terms))
        missing = {term: _any_of([term]) for term in wanted if term not in spread.having}
        found = dict(self._db.rows(_SPREAD, (json.dumps(list(missing.values())),))) if missing else {}
        having = {term: found[missing[term]] if term in missing else spread.having[term] for term in wanted}
        if not self._db.unfinished and len(spread.having) < _MOST_TERMS:
            spread.having.update(having)
        return {term: _rarity(spread.total, count) for term, count in having.items()}

    def _spread_now(self) -> _Spread:
        """What is known of words, as long as no passage has come or gone: counting reads all that have a word."""
        stamp = self._db.rows(_STAMP)[0]
        known = self._spread
        if known is None or known.stamp != stamp or self._db.unfinished:
            known = _Spread(stamp, self._db.rows("SELECT count(*) FROM chunk")[0][0], {})
            self._spread = None if self._db.unfinished else known
        return known

    def visible_vectors(
        self, generation: Generation, visible_to: frozenset[str], now: float
    ) -> NDArray[np.int64] | None:
        """The vectors of unexpired documents that ``visible_to`` may read, ascending: the mask of a search.

        None where nothing is hidden from them.
        """
        scope = _scope(generation, visible_to, now)
        if not self._db.rows(_HIDES_ANY, scope)[0][0]:
            return None
        ids = [vector_id for (vector_id,) in self._db.rows(_VISIBLE_VECTORS, scope)]
        return np.array(ids, dtype=np.int64)

    def tokens(self, generation: Generation) -> tuple[int, int]:
        """The tokens of the documents that a generation covers: with all their markup, and as they were cut."""
        with_markup, cut = self._db.rows(_TOKENS, (generation.chunking_id, generation.space))[0]
        return with_markup, cut

    def rebuild_full_text(self) -> None:
        """Writes the full-text index anew from the passages."""
        with write_block(self._db):
            self._db.execute("INSERT INTO chunk_fts (chunk_fts) VALUES ('rebuild')")


def _scope(generation: Generation, visible_to: frozenset[str], now: float) -> dict[str, Any]:
    return {
        "space": generation.space,
        "chunking_id": generation.chunking_id,
        "generation_id": generation.id,
        "visible_to": json.dumps(sorted(visible_to)),
        "now": now,
    }


def _any_of(terms: Sequence[str]) -> str:
    """A full-text query. In quotes nothing has a meaning of its own, neither AND nor a bracket; NUL would end it."""
    return " OR ".join('"' + term.replace('"', '""').replace("\0", " ") + '"' for term in terms)


def _rarity(total: int, having: int) -> float:
    """FTS5's own formula, with its floor for terms that more than half of the passages have."""
    return max(math.log((total - having + 0.5) / (having + 0.5)), _LEAST_RARITY)
