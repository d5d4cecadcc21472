"""Documents: their texts and what is known of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from storage.database import Connection, write_block
from storage.records import Document, DocumentDraft, DocumentSummary

_PUT = """
INSERT INTO document (space, source_id, location, title, text, headings, format, content_hash, visibility, language,
                      modified_at, expires_at, stored_at, raw_tokens)
VALUES (:space, :source_id, :location, :title, :text, :headings, :format, :content_hash, :visibility, :language,
        :modified_at, :expires_at, :now, :raw_tokens)
ON CONFLICT (space, location) DO UPDATE SET
    source_id = excluded.source_id, title = excluded.title, text = excluded.text, headings = excluded.headings,
    format = excluded.format, content_hash = excluded.content_hash, visibility = excluded.visibility,
    language = excluded.language, modified_at = excluded.modified_at, expires_at = excluded.expires_at,
    stored_at = excluded.stored_at, raw_tokens = excluded.raw_tokens, etag = '', last_modified = ''
RETURNING id
"""
_DELETE_CHUNKS = """
DELETE FROM chunk WHERE document_id = (SELECT id FROM document WHERE space = :space AND location = :location)
"""
_DOCUMENT = """
SELECT id, space, source_id, location, title, text, format, content_hash, visibility, language, modified_at,
       expires_at, stored_at, headings, raw_tokens
FROM document
"""
_GET = _DOCUMENT + "WHERE space = ? AND location = ?"
_LIST = """
SELECT id, space, source_id, location, title, format, content_hash, visibility, language, modified_at, expires_at,
       stored_at, length(text)
FROM document WHERE space = :space AND (:source_id IS NULL OR source_id = :source_id) ORDER BY location
"""
_HASHES = """
SELECT location, content_hash
FROM document WHERE space = :space AND (:source_id IS NULL OR source_id = :source_id) ORDER BY location
"""
_WITHOUT_CHUNKS = """
SELECT location FROM document
WHERE space = ? AND NOT EXISTS (SELECT 1 FROM chunk WHERE document_id = document.id AND chunking_id = ?)
ORDER BY id
"""
_COUNTS = """
SELECT (SELECT count(*) FROM source WHERE space = :space), count(*) FROM document WHERE space = :space
"""
_CHARACTERS = "SELECT COALESCE(sum(length(text)), 0) FROM document WHERE space = ?"


@dataclass(frozen=True)
class SpaceCounts:
    """How much a space holds."""

    sources: int
    documents: int


class Documents:
    """The documents of every space; a location names at most one of them in its space."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def put(self, space: str, draft: DocumentDraft, now: float) -> int:
        """Stores a document and returns its id, which it keeps when it is replaced.

        All chunks of the document that was there before are deleted, with their vectors and their full-text rows.
        """
        values = {**asdict(draft), "headings": json.dumps(draft.headings), "space": space, "now": now}
        with write_block(self._db):
            self._db.execute(_DELETE_CHUNKS, {"space": space, "location": draft.location})
            return int(self._db.rows(_PUT, values)[0][0])

    def get(self, space: str, location: str) -> Document | None:
        """The document at ``location``, with its text."""
        rows = self._db.rows(_GET, (space, location))
        return _document(rows[0]) if rows else None

    def hashes(self, space: str, source_id: int | None = None) -> dict[str, str]:
        """Content hashes by location: what a refresh compares with what it finds."""
        return dict(self._db.rows(_HASHES, {"space": space, "source_id": source_id}))

    def without_chunks(self, space: str, chunking_id: int) -> Iterator[Document]:
        """The documents that were not cut by this chunking yet, one at a time; they may be cut on the way."""
        for (location,) in self._db.rows(_WITHOUT_CHUNKS, (space, chunking_id)):
            document = self.get(space, location)
            if document is not None:
                yield document

    def delete(self, space: str, location: str) -> bool:
        """Removes a document with its chunks, vectors and full-text rows; False where there was none."""
        with write_block(self._db):
            gone = self._db.execute("DELETE FROM document WHERE space = ? AND location = ?", (space, location))
            return gone.rowcount > 0

    def counts(self, space: str) -> SpaceCounts:
        """How many sources and documents a space holds."""
        return SpaceCounts(*self._db.rows(_COUNTS, {"space": space})[0])

    def characters(self, space: str) -> int:
        """How many characters the documents of a space have; reads all of them."""
        return int(self._db.rows(_CHARACTERS, (space,))[0][0])

    def spaces(self) -> list[str]:
        """Every space that has a source or a document, in alphabetical order."""
        return [space for (space,) in self._db.rows("SELECT space FROM source UNION SELECT space FROM document")]

    def list(self, space: str, source_id: int | None = None) -> list[DocumentSummary]:
        """The documents of a space, or of one of its sources, by location and without their texts."""
        return [DocumentSummary(*row) for row in self._db.rows(_LIST, {"space": space, "source_id": source_id})]


def _document(row: tuple[Any, ...]) -> Document:
    *fields, headings, raw_tokens = row
    document = Document(*fields)
    return replace(document, headings=tuple(map(tuple, json.loads(headings))), raw_tokens=raw_tokens)
