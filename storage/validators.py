"""What servers said of the pages that are stored, to be told when they are asked whether a page has changed."""

from __future__ import annotations

from collections.abc import Mapping

from storage.database import Connection, write_block
from storage.records import Validators

_OF_SOURCE = """
SELECT location, etag, last_modified FROM document
WHERE space = ? AND source_id = ? AND (etag <> '' OR last_modified <> '')
"""
_REMEMBER = "UPDATE document SET etag = ?, last_modified = ? WHERE space = ? AND location = ?"


class PageValidators:
    """Validators belong to a document as it is stored; storing another content forgets them."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def of_source(self, space: str, source_id: int) -> dict[str, Validators]:
        """By location; pages of which the server said nothing are left out."""
        rows = self._db.rows(_OF_SOURCE, (space, source_id))
        return {location: Validators(*said) for location, *said in rows}

    def remember(self, space: str, said: Mapping[str, Validators]) -> None:
        """Notes what was said of pages that are stored just so; locations that are not stored are passed over."""
        with write_block(self._db):
            for location, each in said.items():
                self._db.execute(_REMEMBER, (each.etag, each.last_modified, space, location))
