"""What the bot knows: taking sources in, looking at them again, changing the model, and what there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from retrieval.fit import refit
from retrieval.ingest import Incoming, Ingest, IngestReport, Origin
from retrieval.migrate import Migration, fill, reindex
from retrieval.sources.folder import FoundFile, walk
from retrieval.space import Clock, OpenSpace, Spaces
from storage.documents import Documents
from storage.errors import KnowbotError
from storage.records import Source
from storage.stores import Stores

FOLDER = "folder"
"""The kind of a source that is a folder or a file."""

OnDocument = Callable[[str], None]
OnProgress = Callable[[int, int], None]


class NothingToIngestError(KnowbotError):
    """The source offers no document."""


class SourceMissingError(KnowbotError):
    """A remembered source is not where it was."""


@dataclass(frozen=True)
class Place:
    """A path on disk as a source: its remembered root, the files wanted, and whether that is all it has."""

    root: Path
    files: list[FoundFile]
    complete: bool


class Library:
    """Writes. Every change goes into every live generation of the space."""

    def __init__(self, stores: Stores, spaces: Spaces, clock: Clock) -> None:
        self._stores, self._spaces, self._clock = stores, spaces, clock

    def found(self, path: Path, space: str) -> list[FoundFile]:
        """The files that an ingest of ``path`` would look at."""
        return place_of(self._stores.documents, path, space).files

    def ingest(self, path: Path, space: str, on_document: OnDocument = lambda _: None) -> IngestReport:
        """Takes in a folder or a file and remembers it for the refresh.

        Raises NothingToIngestError where it holds no document; unreadable ones are skipped and reported.
        """
        place = place_of(self._stores.documents, path, space)
        return self._take_in(space, FOLDER, str(place.root), place.files, place.complete, on_document)

    def ingest_documents(
        self, space: str, name: str, documents: Iterable[Incoming], on_document: OnDocument = lambda _: None
    ) -> IngestReport:
        """Takes in documents that are at hand, all that the source ``name`` has."""
        return self._take_in(space, "documents", name, documents, True, on_document)

    def plan(self, path: Path, space: str, on_document: OnDocument = lambda _: None) -> IngestReport:
        """What an ingest of ``path`` would do; nothing is encoded and no document is stored."""
        place = place_of(self._stores.documents, path, space)
        known = {source.location: source.id for source in self.sources(space)}
        origin = Origin(space, known.get(str(place.root), 0), place.complete)
        run = Ingest(self._stores, [self._spaces.active_or_new(space)], origin, self._clock())
        return run.plan(place.files, on_document)

    def refresh(self, source: Source, on_document: OnDocument = lambda _: None) -> IngestReport:
        """Looks at a remembered folder again; raises where it is missing or empty, and then forgets nothing."""
        root = Path(source.location)
        if not root.exists():
            raise SourceMissingError(
                f"{root} is not there any more and its documents are kept: bring it back, or mount it again"
            )
        return self.ingest(root, source.space, on_document)

    def reindex(
        self, space: str, encoder: str | None, dimensions: int | None, on_progress: OnProgress = lambda *_: None
    ) -> Migration:
        """Builds a generation of ``encoder`` (by default the present one) beside the active one and switches to it."""
        name = encoder or str(self._spaces.present(space).encoder["name"])
        migration = reindex(self._stores, self._spaces, space, (name, dimensions), self._clock, on_progress)
        settle(self._stores, [migration.target], self._clock)
        return migration

    def rollback(self, space: str) -> OpenSpace:
        """Makes the generation that answered before answer again, completed first where anything passed it by."""
        former = self._spaces.open(self._stores.generations.former(space))
        fill(self._stores, former)
        self._stores.generations.activate(former.generation.id, self._clock())
        settle(self._stores, [self._spaces.active(space)], self._clock)
        return self._spaces.active(space)

    def sources(self, space: str | None = None) -> list[Source]:
        """What a refresh would look at, in one space or in all."""
        return [source for source in self._stores.documents.sources(space) if source.kind == FOLDER]

    def _take_in(
        self,
        space: str,
        kind: str,
        name: str,
        offered: Iterable[Incoming],
        complete: bool,
        on_document: OnDocument,
    ) -> IngestReport:
        run = self._ingest(space, kind, name, complete)
        report = run.run(offered, on_document)
        settle(self._stores, run.targets, self._clock, touched=report.touched)
        if complete:
            self._stores.documents.mark_refreshed(run.origin.source_id, self._clock())
        return report

    def _ingest(self, space: str, kind: str, name: str, complete: bool) -> Ingest:
        self._spaces.active_or_new(space)
        source = self._stores.documents.remember_source(space, kind, name, self._clock())
        origin = Origin(space, source.id, complete)
        return Ingest(self._stores, self._spaces.live(space), origin, self._clock())


def settle(stores: Stores, targets: Iterable[OpenSpace], clock: Clock, touched: bool = True) -> None:
    """After a change: the index files caught up, and the fit anew where the corpus is not what it was fitted on."""
    for target in targets:
        if touched and target.index.needs_saving():
            target.index.save()
        if target.generation.state == "active":
            refit(stores, target, clock())


def place_of(documents: Documents, path: Path, space: str) -> Place:
    """Where ``path`` belongs: a part of a folder that is remembered already stays a part of it."""
    path = path.resolve()
    if not path.exists():
        raise SourceMissingError(f"{path} does not exist: name a folder or a file that does")
    roots = (Path(source.location) for source in documents.sources(space) if source.kind == FOLDER)
    root = next((root for root in roots if root != path and path.is_relative_to(root)), path)
    files = [file for file in walk(root) if file.path.is_relative_to(path)]
    if not files:
        raise NothingToIngestError(
            f"{path} holds no document that knowbot reads (.md, .txt, .html): name a folder or a file that does"
        )
    return Place(root, _addressed(documents, space, root, files), complete=root == path)


def _addressed(documents: Documents, space: str, root: Path, files: list[FoundFile]) -> list[FoundFile]:
    """Two folders may hold a file of the same name: the later one's is addressed with its folder in front."""
    own = next((source.id for source in documents.sources(space) if source.location == str(root)), 0)
    taken = documents.hashes(space).keys() - documents.hashes(space, own).keys()
    return [
        replace(file, location=f"{root.name}/{file.location}") if file.location in taken else file for file in files
    ]
