"""The documents of a space as one looks through them: counts by source, a page at a time, where each was quoted."""

from __future__ import annotations

from dataclasses import dataclass

from storage.database import Connection

_COUNTS = """
SELECT source.id,
       (SELECT count(*) FROM document WHERE source_id = source.id),
       (SELECT count(*) FROM unread_document WHERE source_id = source.id),
       (SELECT count(*) FROM excluded_document WHERE source_id = source.id)
FROM source WHERE space = ?
"""
_FREE = "SELECT count(*) FROM document WHERE source_id IS NULL AND +space = ?"
_LINE = """
SELECT document.id, location, document.title, format, visibility, modified_at, expires_at, stored_at,
       (SELECT count(*) FROM chunk WHERE document_id = document.id AND chunking_id = :chunking_id)
FROM document
"""
_MATCHES = """
AND (:wanted = '' OR instr(lower(location || ' ' || document.title || ' ' || format), :wanted) > 0)
"""
# Two statements, so that each is answered by the index of documents by source.
_PAGE = _LINE + "WHERE source_id = :source_id" + _MATCHES + "ORDER BY location LIMIT :limit"
_FREE_PAGE = _LINE + "WHERE source_id IS NULL AND space = :space" + _MATCHES + "ORDER BY location LIMIT :limit"
_ONE = _LINE + "WHERE space = :space AND location = :location"
_MATCHING = (
    """
SELECT count(*) FROM document WHERE source_id IS :source_id AND space = :space
"""
    + _MATCHES
)
_QUOTED = """
SELECT citation.location, count(*) FROM citation JOIN interaction ON interaction.id = interaction_id
WHERE document_location = :location AND space = :space AND NOT shadow GROUP BY 1
"""
_VOTES = """
SELECT COALESCE(sum(helpful), 0), COALESCE(sum(NOT helpful), 0) FROM vote WHERE interaction_id IN (
    SELECT interaction_id FROM citation JOIN interaction ON interaction.id = interaction_id
    WHERE document_location = :location AND space = :space AND NOT shadow
)
"""
_LATEST = """
SELECT DISTINCT interaction.id, asked_at, question,
       (SELECT COALESCE(sum(helpful), 0) FROM vote WHERE interaction_id = interaction.id),
       (SELECT COALESCE(sum(NOT helpful), 0) FROM vote WHERE interaction_id = interaction.id)
FROM citation JOIN interaction ON interaction.id = interaction_id
WHERE document_location = :location AND space = :space AND NOT shadow ORDER BY interaction.id DESC LIMIT :limit
"""


@dataclass(frozen=True)
class ShelfCounts:
    """How many documents of a source are stored, could not be read, and were forgotten on purpose."""

    documents: int
    unread: int
    excluded: int


@dataclass(frozen=True)
class ShelfLine:
    """A document without its text; ``passages`` in the chunking that was asked for."""

    id: int
    location: str
    title: str
    format: str
    visibility: str
    modified_at: float | None
    expires_at: float | None
    stored_at: float
    passages: int


@dataclass(frozen=True)
class Quoting:
    """A question whose answer quoted the document, and its votes."""

    interaction_id: int
    asked_at: float
    question: str
    helpful: int
    not_helpful: int


@dataclass(frozen=True)
class Quoted:
    """Where a document was quoted: how often by passage, the votes on those answers, and the latest questions."""

    by_passage: dict[str, int]
    helpful: int
    not_helpful: int
    latest: tuple[Quoting, ...]


class Shelf:
    """Only reads, and never a document's text."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def counts(self, space: str) -> dict[int | None, ShelfCounts]:
        """By source id; documents that have no source stand under None, where there are any."""
        found: dict[int | None, ShelfCounts] = {
            number: ShelfCounts(*counts) for number, *counts in self._db.rows(_COUNTS, (space,))
        }
        free = self._db.rows(_FREE, (space,))[0][0]
        return {**found, None: ShelfCounts(free, 0, 0)} if free else found

    def page(
        self, space: str, source_id: int | None, chunking_id: int, limit: int, wanted: str = ""
    ) -> list[ShelfLine]:
        """The first ``limit`` documents of a source by location; only those that have ``wanted`` in their names."""
        values = {"source_id": source_id, "space": space, "chunking_id": chunking_id, "limit": limit}
        sql = _FREE_PAGE if source_id is None else _PAGE
        return [ShelfLine(*row) for row in self._db.rows(sql, {**values, "wanted": wanted.casefold()})]

    def matching(self, space: str, source_id: int | None, wanted: str) -> int:
        """How many documents of a source have ``wanted`` in address, title or format."""
        values = {"source_id": source_id, "space": space, "wanted": wanted.casefold()}
        return int(self._db.rows(_MATCHING, values)[0][0])

    def line(self, space: str, location: str, chunking_id: int) -> ShelfLine | None:
        """One document."""
        rows = self._db.rows(_ONE, {"space": space, "location": location, "chunking_id": chunking_id})
        return ShelfLine(*rows[0]) if rows else None

    def quoted(self, space: str, location: str, limit: int) -> Quoted:
        """Where a document was quoted, with the latest ``limit`` questions."""
        values = {"space": space, "location": location}
        helpful, not_helpful = self._db.rows(_VOTES, values)[0]
        latest = tuple(Quoting(*row) for row in self._db.rows(_LATEST, {**values, "limit": limit}))
        return Quoted(dict(self._db.rows(_QUOTED, values)), helpful, not_helpful, latest)
