"""Chunkings and generations: which vectors there are, which of them answer, and which are kept for a return."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storage.database import Connection, write_block
from storage.errors import KnowbotError
from storage.records import Generation

_CHUNKING = """
INSERT INTO chunking (digest, spec) VALUES (?, ?) ON CONFLICT (digest) DO UPDATE SET digest = digest RETURNING id
"""
_CREATE = """
INSERT INTO generation (space, chunking_id, fingerprint, encoder, dimensions, state, created_at)
VALUES (:space, :chunking_id, :fingerprint, :encoder, :dimensions, 'building', :now)
ON CONFLICT (space, chunking_id, fingerprint) DO UPDATE SET state = 'building', retired_at = NULL
WHERE state = 'retired'
"""
_GENERATION = """
SELECT id, space, chunking_id, fingerprint, encoder, dimensions, state, created_at, activated_at, retired_at
FROM generation
"""
_LIVE = _GENERATION + "WHERE :space IS NULL OR space = :space ORDER BY id"
_BY_ID = _GENERATION + "WHERE id = ?"
_ACTIVE = _GENERATION + "WHERE space = ? AND state = 'active'"
_BY_TRIPLE = _GENERATION + "WHERE space = ? AND chunking_id = ? AND fingerprint = ?"
_LAST_RETIRED = _GENERATION + "WHERE space = ? AND state = 'retired' ORDER BY retired_at DESC, id DESC LIMIT 1"
_RETIRE = "UPDATE generation SET state = 'retired', retired_at = :now WHERE space = :space AND state = 'active'"
_ACTIVATE = "UPDATE generation SET state = 'active', activated_at = :now, retired_at = NULL WHERE id = :id"
# A chunking may serve other generations of the space; only when the last of them goes, its passages go with it.
_DROP_CHUNKS = """
DELETE FROM chunk WHERE chunking_id = :chunking_id
    AND document_id IN (SELECT id FROM document WHERE space = :space)
    AND NOT EXISTS (SELECT 1 FROM generation WHERE space = :space AND chunking_id = :chunking_id)
"""
_DROP_CHUNKING = """
DELETE FROM chunking WHERE id = :chunking_id
    AND NOT EXISTS (SELECT 1 FROM generation WHERE chunking_id = :chunking_id)
    AND NOT EXISTS (SELECT 1 FROM chunk WHERE chunking_id = :chunking_id)
"""
_LACKING = """
SELECT chunk.id FROM chunk JOIN document ON document.id = chunk.document_id
WHERE chunking_id = :chunking_id AND space = :space AND NOT EXISTS (
    SELECT 1 FROM vector WHERE chunk_id = chunk.id AND generation_id = :id AND kind = 'passage'
)
ORDER BY chunk.id LIMIT :limit
"""
_COUNTS = """
SELECT (SELECT count(*) FROM generation JOIN chunk USING (chunking_id) JOIN document
        ON document.id = document_id AND document.space = generation.space WHERE generation.id = :id),
       count(*) FILTER (WHERE kind = 'passage'), count(*) FILTER (WHERE kind = 'title')
FROM vector WHERE generation_id = :id
"""
_STAMP = """
SELECT (SELECT max(sequence) FROM vector_change), (SELECT max(id) FROM chunk), (SELECT count(*) FROM document)
"""


class UnknownGenerationError(KnowbotError):
    """There is no generation with that number."""


class GenerationInUseError(KnowbotError):
    """The generation answers questions."""


class NothingToRollBackToError(KnowbotError):
    """The space has no retired generation."""


@dataclass(frozen=True)
class GenerationCounts:
    """How far a generation is: it is complete when as many passages as ``chunks`` have their vector."""

    chunks: int
    passages: int
    titles: int

    @property
    def missing(self) -> int:
        """Passages that lack their vector."""
        return self.chunks - self.passages


@dataclass(frozen=True)
class Chunking:
    """How passages were cut, and the digest of that."""

    digest: str
    spec: Mapping[str, Any]


class Generations:
    """The generations of every space, of which at most one a space is active."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._counted: dict[int, tuple[tuple[int | None, ...], GenerationCounts]] = {}

    def chunking(self, digest: str, spec: Mapping[str, Any]) -> int:
        """The id of the chunking with this digest, which is added where it is new."""
        with write_block(self._db):
            return int(self._db.rows(_CHUNKING, (digest, json.dumps(spec, sort_keys=True)))[0][0])

    def chunking_of(self, generation: Generation) -> Chunking:
        """How the passages of a generation were cut."""
        digest, spec = self._db.rows("SELECT digest, spec FROM chunking WHERE id = ?", (generation.chunking_id,))[0]
        return Chunking(digest, json.loads(spec))

    def create(
        self, space: str, chunking_id: int, fingerprint: str, encoder: Mapping[str, Any], dimensions: int, now: float
    ) -> Generation:
        """The generation of this space, chunking and fingerprint: building where it is new or was retired.

        An active one stays active.
        """
        values = {"encoder": json.dumps(encoder, sort_keys=True), "dimensions": dimensions, "now": now}
        triple = {"space": space, "chunking_id": chunking_id, "fingerprint": fingerprint}
        with write_block(self._db):
            self._db.execute(_CREATE, {**values, **triple})
            return _generation(self._db.rows(_BY_TRIPLE, tuple(triple.values()))[0])

    def get(self, generation_id: int) -> Generation:
        """One generation; raises UnknownGenerationError."""
        rows = self._db.rows(_BY_ID, (generation_id,))
        if not rows:
            raise UnknownGenerationError(
                f"there is no generation {generation_id}: knowbot index list shows those that there are"
            )
        return _generation(rows[0])

    def active(self, space: str) -> Generation | None:
        """The generation that answers the questions of a space."""
        rows = self._db.rows(_ACTIVE, (space,))
        return _generation(rows[0]) if rows else None

    def live(self, space: str | None) -> list[Generation]:
        """All generations of a space, or of all, oldest first: each of them has to receive every change."""
        return [_generation(row) for row in self._db.rows(_LIVE, {"space": space})]

    def activate(self, generation_id: int, now: float) -> Generation:
        """Lets a generation answer and retires the one that did; nothing happens where it does already."""
        with write_block(self._db):
            generation = self.get(generation_id)
            if generation.state != "active":
                self._db.execute(_RETIRE, {"space": generation.space, "now": now})
                self._db.execute(_ACTIVATE, {"id": generation_id, "now": now})
            return self.get(generation_id)

    def former(self, space: str) -> Generation:
        """The generation that was retired last, to go back to; raises NothingToRollBackToError."""
        rows = self._db.rows(_LAST_RETIRED, (space,))
        if not rows:
            raise NothingToRollBackToError(
                f"the space {space} has no earlier generation to go back to: knowbot reindex builds another"
            )
        return _generation(rows[0])

    def drop(self, generation_id: int) -> None:
        """Deletes a generation: its vectors, their change log, and the passages that no other generation uses.

        Raises GenerationInUseError for the active one.
        """
        with write_block(self._db):
            generation = self.get(generation_id)
            if generation.state == "active":
                raise GenerationInUseError(
                    f"generation {generation_id} answers the questions of the space {generation.space}: "
                    "activate another one first"
                )
            values = {"chunking_id": generation.chunking_id, "space": generation.space}
            self._db.execute("DELETE FROM generation WHERE id = ?", (generation_id,))
            self._db.execute("DELETE FROM vector_change WHERE generation_id = ?", (generation_id,))
            self._db.execute(_DROP_CHUNKS, values)
            self._db.execute(_DROP_CHUNKING, values)

    def chunks_without_vector(self, generation: Generation, limit: int) -> list[int]:
        """Up to ``limit`` passages that lack their vector, ascending: where an interrupted build goes on."""
        values = {"chunking_id": generation.chunking_id, "space": generation.space, "id": generation.id, "limit": limit}
        return [chunk_id for (chunk_id,) in self._db.rows(_LACKING, values)]

    def counts(self, generation_id: int, anew: bool = True) -> GenerationCounts:
        """How many passages the generation has to cover, and the vectors it has.

        Counting reads an index entry for each of them. Where not ``anew``, what was counted stands until passages,
        documents or vectors come or vectors go; a passage that goes alone before it had a vector is noticed with the
        next change. That is for screens that look every few seconds, not for decisions.
        """
        stamp = self._db.rows(_STAMP)[0]
        known = self._counted.get(generation_id)
        if anew or known is None or known[0] != stamp or self._db.unfinished:
            known = stamp, GenerationCounts(*self._db.rows(_COUNTS, {"id": generation_id})[0])
            if not self._db.unfinished:
                self._counted[generation_id] = known
        return known[1]


def _generation(row: tuple[Any, ...]) -> Generation:
    number, space, chunking_id, fingerprint, encoder, *rest = row
    return Generation(number, space, chunking_id, fingerprint, json.loads(encoder), *rest)
