"""What a source offers now, whatever its kind: a folder or file, a table of questions, a page or a sitemap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from retrieval.extract import Extract
from retrieval.sources.folder import FoundFile, walk
from retrieval.sources.incoming import Incoming
from retrieval.sources.limits import WebLimits
from retrieval.sources.tables import is_table, rows_of
from storage.errors import KnowbotError
from storage.records import Source, Validators
from storage.stores import Stores

FOLDER = "folder"
"""The kind of a source that is a folder or a file."""
TABLE = "table"
WEB = "web"
KINDS = frozenset({FOLDER, TABLE, WEB})
"""Those that a refresh looks at again."""

_NO_VALIDATORS: Mapping[str, Validators] = {}


class NothingToIngestError(KnowbotError):
    """The source offers no document."""


class SourceMissingError(KnowbotError):
    """A remembered source is not where it was."""


@dataclass(frozen=True)
class Offer:
    """The documents of one source; ``complete``: they are all it has, so what it no longer offers is gone.

    ``location`` is the root as it is remembered. ``validators`` fills while documents are read.
    """

    space: str
    kind: str
    location: str
    documents: Sequence[Incoming]
    complete: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)
    validators: Mapping[str, Validators] = field(default_factory=dict)


class SourceReader:
    """Looks at sources. Documents are read by ``extractor``, the web within ``limits``, private hosts by name only."""

    def __init__(
        self, stores: Stores, extractor: Extract, allow_hosts: frozenset[str], limits: WebLimits | None = None
    ) -> None:
        self._stores, self._extractor = stores, extractor
        self._allow_hosts, self._limits = allow_hosts, limits or WebLimits()

    def offer(self, space: str, location: Path | str, ignore: Sequence[str] | None = None) -> Offer:
        """What is at a path or a URL. ``ignore`` are patterns of files, by default those that are remembered.

        Raises SourceMissingError, NothingToIngestError, and what reading a table or a server raises.
        """
        if is_url(location):
            return self._web(space, str(location))
        path = Path(location).resolve()
        if path.is_file() and is_table(path):
            return self._table(space, path)
        place = place_of(self._stores, path, space, ignore)
        files = [replace(file, extractor=self._extractor) for file in place.files]
        options = {"ignore": list(place.ignore)} if place.ignore else {}
        return Offer(space, FOLDER, str(place.root), files, place.complete, options)

    def again(self, source: Source) -> Offer:
        """What a remembered source offers now. Raises SourceMissingError and what ``offer`` raises."""
        if source.kind != WEB and not Path(source.location).exists():
            raise SourceMissingError(
                f"{source.location} is not there any more and its documents are kept: bring it back, or mount it again"
            )
        return self.offer(source.space, source.location)

    def _web(self, space: str, url: str) -> Offer:
        # A tenth of a second, which nobody who asks a question shall wait.
        from retrieval.sources.http import Fetcher  # noqa: PLC0415
        from retrieval.sources.web import Visit, canonical, pages_at  # noqa: PLC0415

        url = canonical(url)
        own = _source_id(self._stores, space, url)
        known = self._stores.validators.of_source(space, own) if own else _NO_VALIDATORS
        visit = Visit(Fetcher(self._limits, self._allow_hosts), known)
        taken = self._taken(space, own)
        found = pages_at(url, visit, self._extractor)
        if not found:
            raise NothingToIngestError(f"{url} is a sitemap without a page: name another address")
        # A page that another source brought stays with that source.
        pages = [page for page in found if page.location not in taken]
        return Offer(space, WEB, url, pages, validators=visit.validators)

    def _table(self, space: str, path: Path) -> Offer:
        rows = rows_of(path)
        taken = self._taken(space, _source_id(self._stores, space, str(path)))
        if any(row.location in taken for row in rows):
            rows = [replace(row, location=f"{path.parent.name}/{row.location}") for row in rows]
        return Offer(space, TABLE, str(path), rows)

    def _taken(self, space: str, own: int) -> set[str]:
        return _addresses_of_others(self._stores, space, own)


@dataclass(frozen=True)
class Place:
    """A path on disk as a source: its remembered root, the files wanted, and whether that is all it has."""

    root: Path
    files: list[FoundFile]
    complete: bool
    ignore: tuple[str, ...] = ()


def place_of(stores: Stores, path: Path, space: str, ignore: Sequence[str] | None = None) -> Place:
    """Where ``path`` belongs: a part of a folder that is remembered already stays a part of it.

    Raises SourceMissingError or NothingToIngestError.
    """
    path = path.resolve()
    if not path.exists():
        raise SourceMissingError(f"{path} does not exist: name a folder or a file that does")
    folders = {Path(each.location): each for each in stores.sources.list(space) if each.kind == FOLDER}
    root = next((root for root in folders if root != path and path.is_relative_to(root)), path)
    remembered = folders[root].options.get("ignore", ()) if root in folders else ()
    patterns = tuple(remembered if ignore is None else ignore)
    files = [file for file in walk(root, patterns) if file.path.is_relative_to(path)]
    if not files:
        raise NothingToIngestError(
            f"{path} holds no document that knowbot reads (Markdown, text, HTML, reStructuredText, PDF, DOCX, PPTX): "
            "name a folder or a file that does"
        )
    return Place(root, _addressed(stores, space, root, files), root == path, patterns)


def is_url(location: Path | str) -> bool:
    """Whether it is to be asked of a server."""
    return isinstance(location, str) and location.strip().lower().startswith(("http://", "https://"))


def _addressed(stores: Stores, space: str, root: Path, files: list[FoundFile]) -> list[FoundFile]:
    """Two folders may hold a file of the same name: the later one's is addressed with its folder in front."""
    taken = _addresses_of_others(stores, space, _source_id(stores, space, str(root)))
    return [
        replace(file, location=f"{root.name}/{file.location}") if file.location in taken else file for file in files
    ]


def _addresses_of_others(stores: Stores, space: str, own: int) -> set[str]:
    """Those that other sources' documents have, or had before they were forgotten."""
    held = stores.documents.hashes(space).keys() - stores.documents.hashes(space, own).keys()
    return held | {location for location, source_id in stores.excluded.of(space).items() if source_id != own}


def _source_id(stores: Stores, space: str, location: str) -> int:
    """0 where no source is remembered there."""
    return next((source.id for source in stores.sources.list(space) if source.location == location), 0)
