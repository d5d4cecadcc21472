"""Documents that may be edited where they are read: files that were handed in, and answers that people wrote."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import uuid4

from retrieval.handed_in.channel_documents import ChannelDocument
from retrieval.handed_in.saved_answers import SAVED
from retrieval.ingest import IngestReport
from retrieval.library import Library, settle
from retrieval.sources.offers import FOLDER, NothingToIngestError, SourceMissingError, place_of
from retrieval.space import Clock, Spaces
from storage.errors import KnowbotError
from storage.records import Document, Source
from storage.stores import Stores

UPLOADS = "uploads"
"""The folder, in the data folder, of files that moderators handed in."""

_TEXTS = frozenset({".md", ".markdown", ".txt", ".rst", ".html", ".htm"})

Kind = Literal["file", "answer"]


class NotEditableError(KnowbotError):
    """The document's source is somewhere else, where it has to be edited."""


class ChangedMeanwhileError(KnowbotError):
    """Somebody else has changed the document since it was opened."""


@dataclass(frozen=True)
class Editable:
    """A document as it is edited: a file's content as it is, or an answer's words. ``version`` tells of a change."""

    space: str
    location: str
    title: str
    text: str
    kind: Kind
    version: str
    path: Path | None = None


class Editor:
    """Opens and saves documents, and forgets whole sources. What was saved answers the next question."""

    def __init__(self, stores: Stores, spaces: Spaces, library: Library, clock: Clock) -> None:
        self._stores, self._spaces, self._library, self._clock = stores, spaces, library, clock

    def open(self, space: str, location: str) -> Editable:
        """The document at ``location``, to be edited; raises NotEditableError, which says where it is edited."""
        document = self._stores.documents.get(space, location)
        if document is None:
            raise NotEditableError(f"'{location}' is gone: it was forgotten, or its source does not offer it any more")
        if (source := self._source_of(document)) is None:
            raise NotEditableError(f"'{location}' has no source that could be edited: add a file with its text instead")
        if source.location == SAVED:
            return Editable(space, location, document.title, _without_title(document), "answer", document.content_hash)
        return self._file(document, source)

    def save(self, edited: Editable, text: str, title: str | None = None) -> IngestReport:
        """Stores the new text and takes it in at once; a file is replaced as a whole, or not at all.

        Raises ChangedMeanwhileError where somebody else was quicker, and what an ingest raises.
        """
        if self.open(edited.space, edited.location).version != edited.version:
            raise ChangedMeanwhileError(
                f"'{edited.location}' was changed by somebody else since you opened it: open it again"
            )
        if edited.path is not None:
            aside = edited.path.parent / f".{uuid4().hex}"
            aside.write_text(text, encoding="utf-8")
            aside.replace(edited.path)
            return self._library.ingest(edited.path, edited.space)
        document = self._stores.documents.get(edited.space, edited.location)
        assert document is not None, "it was there a moment ago"
        answer = ChannelDocument(
            edited.location, title or edited.title, text, document.visibility, (), self._clock(), document.expires_at
        )
        return self._library.add_documents(edited.space, SAVED, [answer])

    def drop_source(self, source: Source) -> int:
        """Forgets a source with its documents: no refresh looks at it again; how many documents went.

        Their bytes stay in free pages of the database until it is compacted; ``Forgetter`` is for what must be gone.
        """
        gone = self._stores.sources.forget(source.id)
        settle(self._stores, self._spaces.live(source.space), self._clock, touched=bool(gone))
        return gone

    def _file(self, document: Document, source: Source) -> Editable:
        path = self._path_of(document, source)
        uploads = (self._stores.data_dir / UPLOADS).resolve()
        if path is None or not path.is_relative_to(uploads) or path.suffix.lower() not in _TEXTS:
            raise NotEditableError(
                f"'{document.location}' comes from {source.location}: edit it there, and the next refresh takes it in"
            )
        text = path.read_text(encoding="utf-8", errors="replace")
        version = str(path.stat().st_mtime_ns)
        return Editable(document.space, document.location, document.title, text, "file", version, path)

    def _path_of(self, document: Document, source: Source) -> Path | None:
        if source.kind != FOLDER:
            return None
        try:
            files = place_of(self._stores, Path(source.location), source.space).files
        except (SourceMissingError, NothingToIngestError):
            return None
        return next((file.path.resolve() for file in files if file.location == document.location), None)

    def _source_of(self, document: Document) -> Source | None:
        sources = self._stores.sources.list(document.space)
        return next((source for source in sources if source.id == document.source_id), None)


def _without_title(document: Document) -> str:
    """What follows the heading that a saved answer begins with."""
    return document.text.removeprefix(f"# {document.title}").strip()
